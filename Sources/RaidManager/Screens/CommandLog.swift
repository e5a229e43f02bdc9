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

    /// 0: only failures are logged, and the file is never turned over.
    package var kilobytesMaximum: UInt32
    /// Normal exits that are not logged: lines such as `pairvolchk=22` of the settings file.
    private var masked: [(command: String, status: Int32)] = []

    package init(kilobytesMaximum: UInt32, settings: String?) {
        self.kilobytesMaximum = kilobytesMaximum
        for line in (settings ?? "").split(separator: "\n") {
            let parts = line.prefix { $0 != "#" }.filter { $0 != " " && $0 != "\t" }.split(separator: "=")
            guard parts.count == 2, let number = decimal(parts[1], as: Int32.self) else { continue }
            if parts[0] == "HORCC_LOGSZ" {
                self.kilobytesMaximum = UInt32(number)
            } else {
                masked.append((String(parts[0]), number))
            }
        }
    }

    package static func == (a: Self, b: Self) -> Bool {
        a.kilobytesMaximum == b.kilobytesMaximum && a.masked.elementsEqual(b.masked, by: ==)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(kilobytesMaximum) }

    package func records(_ command: String, _ outcome: CommandOutcome) -> Bool {
        if outcome.failure != nil { return true }
        return kilobytesMaximum > 0 && !masked.contains { $0.command == command && $0.status == outcome.status }
    }

    package func mustTurnOver(bytes: Int) -> Bool { kilobytesMaximum > 0 && bytes >= Int(kilobytesMaximum) * 1024 }

    package static func entry(
        _ command: String, _ arguments: [String], _ outcome: CommandOutcome, mode: CopyMode, user: String,
        userNumber: UInt32, process: Int32, _ stamp: Stamp
    ) -> String {
        let kind = outcome.failure == nil ? "NORMAL" : "ERROR"
        let mode = mode == .horc ? "HORC" : "MRCF"
        let place =
            "\(stamp.clock)-\(hexadecimal(UInt64(stamp.microseconds), digits: 5).lowercased())-\(padded(process))-"
        var lines = [
            "COMMAND \(kind) : EUserId for \(mode) : \(user) (\(userNumber)) \(stamp.long)",
            "CMDLINE : \(([command] + arguments).joined(separator: " "))",
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
