// One call of a command from its arguments to its exit status: common options, help, run, and the report of a failure.

/// What the caller of a command leaves behind: text for both streams comes while it runs, the rest at its end.
package struct CommandOutcome: Hashable, Sendable {
    package var status: Int32
    package var failure: HorcmFailure?

    package init(status: Int32, failure: HorcmFailure? = nil) {
        self.status = status
        self.failure = failure
    }
}

/// The part of a call that belongs to the process.
package protocol CommandHost: AnyObject {
    /// The environment for the instance that `-I` named, or that it names itself.
    func environment(for instance: UInt16?) -> InstanceEnvironment
    func session(_ environment: InstanceEnvironment) -> any HorcmSession
    func show(_ line: String)
    func showError(_ line: String)
    /// `-nomsg`
    func silence()
    /// The host's name, as the names of logs carry it.
    var hostName: String { get }
}

package enum CommandRunner {
    package static func run(
        _ type: any Command.Type, _ arguments: [String], host: any CommandHost
    ) -> (CommandOutcome, InstanceEnvironment) {
        var environment = host.environment(for: nil)
        do throws(HorcmFailure) {
            let (options, rest) = try CommonOptions.split(arguments)
            if options.isSilent { host.silence() }
            if options.instance != nil { environment = host.environment(for: options.instance) }
            if let fault = environment.instanceFault, options.instance == nil {
                throw HorcmFailure(.invalidArgument, fault)
            }
            let mode = options.mode ?? environment.mode
            if options.wantsHelp {
                for line in help(type, mode, environment.instance) { host.show(line) }
                return (CommandOutcome(status: 0), environment)
            }
            if options.wantsToQuit { return (CommandOutcome(status: 0), environment) }
            let command = try type.read(rest, mirror: options.mirror)
            let status = try command.run(in: host.session(environment), mode)
            return (CommandOutcome(status: status), environment)
        } catch {
            for line in report(error, type.name, environment, host.hostName) { host.showError(line) }
            return (CommandOutcome(status: error.error.exitStatus, failure: error), environment)
        }
    }

    /// - Source: RAID Manager reference, section 2.1: order of the first three lines is relied on by clients.
    static func help(_ type: any Command.Type, _ mode: CopyMode, _ instance: UInt16?) -> [String] {
        let target = (mode == .horc ? "HORC" : "MRCF") + (instance.map { "[\($0)]" } ?? "")
        return [
            "Model  : \(ProductVersion.model)",
            "Ver&Rev: \(ProductVersion.help)",
            "Usage  : \(type.name) [options] for \(target)",
        ] + CommonOptions.usage + type.card.usage
    }

    /// A note may repeat what the caller typed, or what an array is called.
    private static func withoutBrackets(_ note: String) -> String {
        String(note.map { $0 == "[" ? "(" : $0 == "]" ? ")" : $0 })
    }

    /// The lines on stderr. Exactly one word in brackets: clients take it for the code.
    /// - Source: RAID Manager reference, section 2.1.
    static func report(
        _ failure: HorcmFailure, _ name: String, _ environment: InstanceEnvironment, _ hostName: String
    ) -> [String] {
        ["\(name): [\(failure.error.name)] \(failure.error.message)"] + failure.notes.map(withoutBrackets) + [
            "Refer to the command log(\(environment.commandLogDirectory)/\(CommandLog.fileName(hostName))) for details."
        ]
    }
}
