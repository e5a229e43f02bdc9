// The instance's monitor: compares two looks at the volumes and says what to write to the log, and which changes are to
// be kept for pairmon.

internal import ReplicationCore

package struct StatusWatch: Sendable {
    /// What a look found.
    package struct Findings: Hashable, Sendable {
        package var lines: [DaemonLine] = []
        package var events: [StatusEvent] = []

        package init() {}
    }

    /// A volume may stand in several groups, and have pairs of both kinds.
    private struct Key: Hashable, Sendable {
        var group: String
        var name: String
        var mode: CopyMode

        init(_ view: VolumeView) {
            group = view.report.group
            name = view.name
            mode = view.mode
        }
    }

    private var last: [Key: VolumeView] = [:]
    /// What `last` was made of: thousands of idle pairs are to cost next to nothing.
    private var lastReports: [VolumeReport] = []
    private var wasReadable = true

    package init() {}

    /// - Parameter reports: all volumes of the instance; nil if an array did not answer.
    /// - Returns: the findings, in the order of `reports`.
    /// - Source: RAID Manager reference, section 7 (HORCM_009, HORCM_102).
    package mutating func look(_ reports: [VolumeReport]?) -> Findings {
        var findings = Findings()
        guard let reports else {
            if wasReadable { findings.lines = [DaemonMessage.notConnected.line("a command device does not answer.")] }
            wasReadable = false
            return findings
        }
        if !wasReadable { findings.lines = [DaemonMessage.connectionBack.line()] }
        wasReadable = true
        guard reports != lastReports else { return findings }
        lastReports = reports
        let views = reports.flatMap { report in CopyMode.allCases.map { VolumeView(report, $0) } }
        for view in views {
            guard let before = last[Key(view)] else { continue }
            compare(before, view, &findings)
        }
        last = Dictionary(views.map { (Key($0), $0) }) { first, _ in first }
        return findings
    }

    private func compare(_ before: VolumeView, _ after: VolumeView, _ findings: inout Findings) {
        guard before.attribute != after.attribute || before.word != after.word else { return }
        findings.lines.append(
            DaemonMessage.statusChanged.line(
                after.report.group, after.name, after.report.ldev?.description ?? "-",
                "\(before.attribute.rawValue) \(before.word.rawValue)",
                "\(after.attribute.rawValue) \(after.word.rawValue)"))
        if after.word == .psue && before.word != .psue {
            findings.lines.append(DaemonMessage.volumeSuspended.line(after.name, "4"))
        }
        if let event = StatusEvent(from: before, to: after) { findings.events.append(event) }
    }
}
