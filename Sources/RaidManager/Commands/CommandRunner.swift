// One call of a command from its arguments to its exit status: common options, help, run, and the report of a failure.

/// What the caller of a command leaves behind: text for both streams comes while it runs, the rest at its end.
package struct CommandOutcome: Hashable, Sendable {
    package var status: Int32
    package var failure: HorcmFailure?
    /// Which kind of copy the call was about, as far as it was understood.
    package var mode: CopyMode

    package init(status: Int32, failure: HorcmFailure? = nil, mode: CopyMode = .horc) {
        self.status = status
        self.failure = failure
        self.mode = mode
    }
}

/// The part of a call that belongs to the process.
package protocol CommandHost: AnyObject {
    /// The environment for the instance that `-I` named, or that it names itself.
    func environment(for instance: UInt16?) -> InstanceEnvironment
    func session(_ environment: InstanceEnvironment) -> any HorcmSession
    func show(_ line: String)
    func showError(_ line: String)
    /// `-nomsg`: nothing is shown.
    var isSilent: Bool { get set }
    /// The host's name, as the names of logs carry it.
    var hostName: String { get }
    /// Now, as the command log writes it.
    var stamp: CommandLog.Stamp { get }
    /// Writes a call's entry in the command log.
    /// - Parameter stamp: when it began.
    func record(
        _ command: any Command.Type, _ arguments: [String], _ outcome: CommandOutcome, _ stamp: CommandLog.Stamp,
        _ environment: InstanceEnvironment)
    /// Begins to watch an instance, for `nextLine`.
    /// - Returns: false if it does not run.
    func guardInstance(_ environment: InstanceEnvironment) -> Bool
    /// The next line of the input. The prompt is for people: a pipe gets none.
    func nextLine(prompt: String) -> InteractiveInput
}

package enum CommandRunner {
    package static func run(
        _ type: any Command.Type, _ arguments: [String], host: any CommandHost
    ) -> (CommandOutcome, InstanceEnvironment) {
        var environment = host.environment(for: nil)
        var mode = environment.mode
        do throws(HorcmFailure) {
            let (options, rest) = try CommonOptions.split(arguments)
            host.isSilent = options.isSilent
            if options.instance != nil { environment = host.environment(for: options.instance) }
            if let fault = environment.instanceFault, options.instance == nil {
                throw HorcmFailure(.invalidArgument, fault)
            }
            mode = options.mode ?? environment.mode
            if options.wantsHelp {
                for line in help(type, mode, environment.instance) { host.show(line) }
                return (CommandOutcome(status: 0, mode: mode), environment)
            }
            if options.wantsToQuit { return (CommandOutcome(status: 0, mode: mode), environment) }
            let command = try type.read(rest, mirror: options.mirror)
            let status = try command.run(in: host.session(environment), mode)
            return (CommandOutcome(status: status, mode: mode), environment)
        } catch {
            for line in type.report(error, environment, host.hostName) { host.showError(line) }
            return (CommandOutcome(status: error.error.exitStatus, failure: error, mode: mode), environment)
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
}
