// The instance's monitor: compares two looks at the volumes and says what to write to the log.

internal import ReplicationCore

package struct StatusWatch: Sendable {
    private var last: [Volume: VolumeView] = [:]
    private var wasReadable = true

    private struct Volume: Hashable {
        var group: String
        var name: String
    }

    package init() {}

    /// - Parameter reports: all volumes of the instance; nil if an array did not answer.
    /// - Returns: lines for the daemon's log, without their time.
    /// - Source: RAID Manager reference, section 7 (HORCM_009, HORCM_102).
    package mutating func look(_ reports: [VolumeReport]?) -> [String] {
        guard let reports else {
            defer { wasReadable = false }
            return wasReadable ? [DaemonMessage.notConnected("a command device does not answer.")] : []
        }
        var lines = wasReadable ? [] : ["Connection to the array is back."]
        wasReadable = true
        let views = reports.map { VolumeView($0, .horc) }
        for view in views {
            guard let before = last[Volume(group: view.report.group, name: view.name)],
                before.attribute != view.attribute || before.word != view.word
            else { continue }
            lines.append(
                "\(view.report.group) \(view.name) LDEV \(view.report.ldev?.description ?? "-"): "
                    + "\(before.attribute.rawValue) \(before.word.rawValue) -> "
                    + "\(view.attribute.rawValue) \(view.word.rawValue)")
            if view.word == .psue {
                lines.append(DaemonMessage.volumeSuspended(view.name, "4"))
            }
        }
        last = Dictionary(views.map { (Volume(group: $0.report.group, name: $0.name), $0) }) { first, _ in first }
        return lines
    }
}
