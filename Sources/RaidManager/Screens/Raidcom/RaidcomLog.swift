// How raidcom logs a call: lines for syslog, each with the process, which stand in the command log as well. Passwords are not
// among them.
//
// - Source: RAID Manager reference, section 7 (pasted, of a call that went well). That a failure's lines stand between the
//   command line and the exit is in the guide's table of rows; what takes a password's place is ours.

enum RaidcomLog {
    /// As syslog shows them, with the name before them.
    static func entry(_ call: CommandLog.Call) -> String {
        rows(call).map { "raidcom: \($0)\n" }.joined() + "\n"
    }

    /// As syslog gets them: it adds the name.
    static func rows(_ call: CommandLog.Call) -> [String] {
        let kind = call.outcome.failure == nil ? "NORMAL" : "ERROR"
        let mode = call.mode == .horc ? "HORC" : "MRCF"
        let rows =
            [
                "COMMAND \(kind) : EUserID for \(mode) : \(call.user)(\(call.userNumber)) \(call.stamp.long)",
                "CMDLINE : \((["raidcom"] + withoutPassword(call.arguments)).joined(separator: " "))",
            ] + (call.outcome.failure.map(results) ?? []) + ["[raidcom] [exit(\(call.outcome.status))]"]
        return rows.map { "PID:\(process(call.process)) \($0)" }
    }

    private static func results(_ failure: HorcmFailure) -> [String] {
        RaidcomWords.report(failure).map { line in
            "[raidcom] " + (line.hasPrefix("raidcom: ") ? String(line.dropFirst(9)) : line)
        }
    }

    private static func withoutPassword(_ arguments: [String]) -> [String] {
        guard let place = arguments.firstIndex(of: "-login").map({ $0 + 2 }), place < arguments.count,
            !arguments[place].hasPrefix("-"), !arguments[place - 1].hasPrefix("-")
        else { return arguments }
        var arguments = arguments
        arguments[place] = "******"
        return arguments
    }

    /// Five digits at least.
    private static func process(_ number: Int32) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 5 - text.utf8.count)) + text
    }
}
