// The process that a command or a script runs in.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell

/// **Threads**: the main thread only.
final class LiveHost: CommandHost, ScriptHost {
    private let values: [String: String]
    private let console: Console
    let hostName = SystemCalls.hostName

    init(_ values: [String: String], _ console: Console) {
        self.values = values
        self.console = console
    }

    // MARK: Commands

    func environment(for instance: UInt16?) -> InstanceEnvironment { InstanceEnvironment(values, instance: instance) }
    func session(_ environment: InstanceEnvironment) -> any HorcmSession { LiveSession(environment, console) }
    func show(_ line: String) { console.show(line) }
    func showError(_ line: String) { console.showError(line) }
    func silence() { console.isSilent = true }

    /// Runs a command and writes its entry in the command log.
    func call(_ command: any Command.Type, _ arguments: [String]) -> Int32 {
        let stamp = SystemCalls.stamp()
        let (outcome, environment) = CommandRunner.run(command, arguments, host: self)
        console.flush()
        CommandLogFile(environment, hostName).record(command.name, arguments, outcome, stamp)
        return outcome.status
    }

    // MARK: Scripts

    var environment: [String: String] { values }

    func run(_ command: String, _ arguments: [String], _ values: [String: String]) -> Int32 {
        guard let type = CommandRegistry.command(named: command) else {
            preconditionFailure("there is no command \(command)")
        }
        return LiveHost(values, console).call(type, arguments)
    }

    func isRunning(_ environment: InstanceEnvironment) -> Bool {
        do throws(SystemFailure) {
            close(try LocalSocket.connect(environment.socketPath))
            return true
        } catch {
            // Somebody listens there who has no time just now.
            return error.code == EAGAIN
        }
    }

    func turnLogsOver(_ environment: InstanceEnvironment) {
        let current = environment.daemonLogDirectory
        guard unsafe access(current, W_OK) == 0 else { return }
        FileTree.remove(environment.previousLogDirectory)
        _ = unsafe rename(current, environment.previousLogDirectory)
    }

    func launch(_ environment: InstanceEnvironment, _ values: [String: String]) -> LaunchStatus {
        console.flush()
        return Launcher(environment, values, console).launch()
    }
}
