// The command log: what is written for a call, and whether it is written at all.
//
// - Source: RAID Manager reference, sections 1.8 and 7 (field words confirmed, the entry's shape from memory).

package struct CommandLog: Hashable, Sendable {
    /// When a call began, in the host's local time.
    package struct Stamp: Hashable, Sendable {
        /// `Thu Nov 17 18:48:02 2005`
        package var long: String
        /// `18:48:02`
        package var clock: String
        package var microseconds: UInt32
        package init(long: String, clock: String, microseconds: UInt32) {
            self.long = long
            self.clock = clock
            self.microseconds = microseconds
        }
    }

    package static func fileName(_ host: String) -> String { "horcc_\(host).log" }
    package static func oldFileName(_ host: String) -> String { "horcc_\(host).oldlog" }
    package static func settingsFileName(_ host: String) -> String { "horcc_\(host).conf" }

    /// One normal exit that is not logged: a line such as `pairvolchk=22` of the settings file.
    private struct Mask: Hashable, Sendable {
        var command: String
        var status: Int32
    }

    /// 0: only failures are logged, and the file is never turned over.
    package let kilobytesMaximum: UInt32
    private var masks: [Mask] = []

    /// - Parameters:
    ///   - kilobytesMaximum: from the environment, where HORCC_LOGSZ is set; it goes before the settings file's.
    ///   - settings: `horcc_<host>.conf`, if there is one. Lines that say nothing are left out.
    package init(kilobytesMaximum: UInt32?, settings: String?) {
        var fromFile: UInt32 = 0
        for line in (settings ?? "").split(separator: "\n") {
            let parts = line.prefix { $0 != "#" }.filter { $0 != " " && $0 != "\t" && $0 != "\r" }.split(separator: "=")
            guard parts.count == 2 else { continue }
            if parts[0] == "HORCC_LOGSZ" {
                fromFile = decimal(parts[1]) ?? fromFile
            } else if let status = decimal(parts[1], as: Int32.self) {
                masks.append(Mask(command: String(parts[0]), status: status))
            }
        }
        self.kilobytesMaximum = kilobytesMaximum ?? fromFile
    }

    /// Failures always are. Masks are for normal exits; those of inqraid do not count.
    package func records(_ command: String, _ outcome: CommandOutcome) -> Bool {
        if outcome.failure != nil { return true }
        guard kilobytesMaximum > 0 else { return false }
        return command == InqRaid.name || !masks.contains(Mask(command: command, status: outcome.status))
    }

    package func mustTurnOver(bytes: Int) -> Bool { kilobytesMaximum > 0 && bytes >= Int(kilobytesMaximum) * 1024 }

    package static func entry(_ command: String, _ call: Call) -> String {
        let (outcome, stamp) = (call.outcome, call.stamp)
        let kind = outcome.failure == nil ? "NORMAL" : "ERROR"
        let mode = call.mode == .horc ? "HORC" : "MRCF"
        let place =
            "\(stamp.clock)-\(hexadecimal(UInt64(stamp.microseconds), digits: 5).lowercased())-\(padded(call.process))-"
        var lines = [
            "COMMAND \(kind) : EUserId for \(mode) : \(call.user) (\(call.userNumber)) \(stamp.long)",
            "CMDLINE : \(([command] + call.arguments).joined(separator: " "))",
        ]
        if let failure = outcome.failure {
            lines.append("\(place) ERROR:cm_sndrcv[rc < 0 from HORCM]")
            lines.append("[\(command)][exit(\(outcome.status))]")
            lines.append("[\(failure.error.name)] \(failure.error.message)")
            lines.append(
                "[Cause] \(failure.notes.isEmpty ? failure.error.message : failure.notes.joined(separator: " "))")
            lines.append("[Action] \(failure.error.remedy)")
        } else {
            lines.append("\(place) [\(command)][exit(\(outcome.status))]")
        }
        return lines.joined(separator: "\n") + "\n\n"
    }

    private static func padded(_ process: Int32) -> String {
        let text = String(process)
        return String(repeating: "0", count: max(0, 5 - text.utf8.count)) + text
    }
}
