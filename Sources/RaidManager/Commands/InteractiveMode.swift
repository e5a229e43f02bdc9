// `-z` and `-zx`: a command that reads its options line by line, until `-q` or the end of the input. What stands beside `-z`
// is the first line; `-nomsg` and `-I` there count for every line, unless a line has its own `-I`.
//
// The exit status is that of the last line that ran, 0 if none did. `-zx` also ends when the instance does, with EX_COMERR,
// and does not begin without one, with EX_ATTHOR. The manuals have the options; statuses and prompt are ours.
//
// - Source: RAID Manager reference, section 2.1.

package enum InteractiveInput: Hashable, Sendable {
    case line(String)
    /// The input is over.
    case end
    /// The guarded instance is gone.
    case instanceEnded
}

/// What the first command line asks for.
struct InteractiveCall: Hashable, Sendable {
    var isGuarded: Bool
    /// The options that count for every line.
    var kept: [String] = []
    /// The first line; empty if it holds no more.
    var first: [String] = []

    /// nil: the command line asks for one call.
    init?(_ arguments: [String]) {
        guard arguments.contains(where: Self.isOption) else { return nil }
        isGuarded = arguments.contains("-zx")
        for (index, argument) in arguments.enumerated() where !Self.isOption(argument) {
            if argument.hasPrefix("-I") || (index == 0 && argument == "-nomsg") {
                kept.append(argument)
            } else {
                first.append(argument)
            }
        }
    }

    /// The words of a line. Its command's name may stand before them.
    func arguments(_ line: String, of name: String) -> [String] {
        var words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
        if words.first == name { words.removeFirst() }
        return words.filter { !Self.isOption($0) }
    }

    static func isOption(_ argument: String) -> Bool { argument == "-z" || argument == "-zx" }
}

extension CommandRunner {
    /// Runs a command as often as its command line asks for, and has every call recorded.
    /// - Returns: the exit status.
    package static func call(_ type: any Command.Type, _ arguments: [String], host: any CommandHost) -> Int32 {
        guard let interactive = InteractiveCall(arguments) else { return once(type, arguments, host) }
        return converse(type, interactive, host)
    }

    private static func once(_ type: any Command.Type, _ arguments: [String], _ host: any CommandHost) -> Int32 {
        let stamp = host.stamp
        let (outcome, environment) = run(type, arguments, host: host)
        host.record(type, arguments, outcome, stamp, environment)
        return outcome.status
    }

    private static func converse(
        _ type: any Command.Type, _ call: InteractiveCall, _ host: any CommandHost
    ) -> Int32 {
        let instance = (try? CommonOptions.split(call.kept))?.0.instance
        let environment = host.environment(for: instance)
        func fail(_ error: HorcmError) -> Int32 {
            for line in type.report(HorcmFailure(error), environment, host.hostName) { host.showError(line) }
            return error.exitStatus
        }
        if call.isGuarded && !host.guardInstance(environment) { return fail(.notAttached) }
        var status = call.first.isEmpty ? 0 : once(type, call.kept + call.first, host)
        while true {
            switch host.nextLine(prompt: "\(type.name)> ") {
            case .end: return status
            case .instanceEnded: return fail(.connectionLost)
            case .line(let line):
                let words = call.arguments(line, of: type.name)
                if words.contains("-q") { return status }
                if !words.isEmpty { status = once(type, call.kept + words, host) }
            }
        }
    }
}
