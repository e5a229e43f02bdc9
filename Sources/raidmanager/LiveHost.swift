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
    private let input: [String]?
    private let lines = InputLines()
    let hostName = SystemCalls.hostName

    /// - Parameter input: instead of standard input.
    init(_ values: [String: String], _ console: Console, input: [String]? = nil) {
        self.input = input
        self.values = values
        self.console = console
    }

    // MARK: Commands

    func environment(for instance: UInt16?) -> InstanceEnvironment { InstanceEnvironment(values, instance: instance) }
    func session(_ environment: InstanceEnvironment) -> any HorcmSession {
        LiveSession(environment, console, input: input)
    }
    func show(_ line: String) { console.show(line) }
    func showError(_ line: String) { console.showError(line) }
    var isSilent: Bool {
        get { console.isSilent }
        set { console.isSilent = newValue }
    }

    var stamp: CommandLog.Stamp { SystemCalls.stamp() }

    func record(
        _ command: any Command.Type, _ arguments: [String], _ outcome: CommandOutcome, _ stamp: CommandLog.Stamp,
        _ environment: InstanceEnvironment
    ) {
        console.flush()
        CommandLogFile(environment, hostName).record(command, arguments, outcome, stamp)
    }

    func guardInstance(_ environment: InstanceEnvironment) -> Bool { lines.guardInstance(environment) }

    func nextLine(prompt: String) -> InteractiveInput {
        if isatty(0) == 1 { console.show(prompt, endsLine: false) }
        console.flush()
        return lines.next()
    }

    // MARK: Scripts

    var environment: [String: String] { values }

    func run(_ command: String, _ arguments: [String], _ values: [String: String]) -> Int32 {
        guard let type = CommandRegistry.command(named: command) else {
            preconditionFailure("there is no command \(command)")
        }
        return CommandRunner.call(type, arguments, host: LiveHost(values, console))
    }

    func capture(
        _ command: String, _ arguments: [String], _ values: [String: String], input: [String]
    ) -> (status: Int32, lines: [String]) {
        guard let type = CommandRegistry.command(named: command) else {
            preconditionFailure("there is no command \(command)")
        }
        let capture = Console(isCapturing: true)
        let status = CommandRunner.call(type, arguments, host: LiveHost(values, capture, input: input))
        return (status, capture.captured ?? [])
    }

    func with(_ values: [String: String]) -> any ScriptHost { LiveHost(values, console, input: input) }
    func inputLines() -> [String] { input ?? SystemCalls.inputLines() }
    var folder: String { SystemCalls.currentFolder }
    var dateText: String { SystemCalls.wallText() }
    func read(_ path: String) -> String? {
        (try? SystemCalls.read(path)).map { String(decoding: $0, as: UTF8.self) }
    }

    func write(_ text: String, to path: String) -> Bool {
        do throws(SystemFailure) {
            try SystemCalls.write(text, to: path)
            return true
        } catch {
            console.showError("\(error).")
            return false
        }
    }

    func sleep(seconds: UInt64) { sleepNanoseconds(seconds * 1_000_000_000) }

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
