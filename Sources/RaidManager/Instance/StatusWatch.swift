// The instance's monitor: compares two looks at the volumes and says what to write to the log, and which changes are to
// be kept for pairmon.

internal import CommandDevice
package import ReplicationCore

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
    /// What the guards of volumes had refused at the last look.
    private var guardErrors: [VolumeNumber: UInt32] = [:]
    private var wasReadable = true

    package init() {}

    /// - Parameters:
    ///   - reports: all volumes of the instance; nil if an array did not answer.
    ///   - units: the serials of its arrays, in the order of their unit numbers.
    /// - Returns: the findings, in the order of `reports`.
    /// - Source: RAID Manager reference, section 7 (HORCM_009, HORCM_102, HORCM_103).
    package mutating func look(_ reports: [VolumeReport]?, units: [ArraySerial] = []) -> Findings {
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
        for report in reports { lookAtGuard(report, units, &findings) }
        return findings
    }

    /// A message for each volume whose guard has refused something since the last look, in however many groups it stands. An
    /// array that was started again counts from zero. What was refused before the first look is told by nobody.
    private mutating func lookAtGuard(_ report: VolumeReport, _ units: [ArraySerial], _ findings: inout Findings) {
        guard let number = report.number, let count = report.snapshot?.guardErrors else { return }
        guard let before = guardErrors.updateValue(count, forKey: number), count != before, count > 0 else { return }
        let unit = units.firstIndex(of: report.serial).map { "\($0)" } ?? "-"
        findings.lines.append(
            DaemonMessage.validationFailed.line(report.name, unit, report.ldev?.description ?? "-"))
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
