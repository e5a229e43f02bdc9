// The names that are shell scripts in the original: they start and stop instances, and print fixed sentences. To add one,
// write a file like its neighbours and name it in its package's list in `Commands/Registry`.

package protocol Script: Sendable {
    static var name: String { get }
    /// What it does, in a few words.
    static var summary: String { get }
    /// What it may be called with. A script takes its arguments apart itself.
    static var options: [OptionCard] { get }
    static var exits: [ExitMeaning] { get }
    static var matrix: [MatrixLine] { get }
    static var place: InstallPlace { get }
    /// - Returns: the exit status.
    static func run(_ arguments: [String], _ host: any ScriptHost) -> Int32
}

extension Script {
    package static var place: InstallPlace { .usrBin }

    package static var card: CommandCard {
        CommandCard(
            name: name, summary: summary, options: options, exits: exits, matrix: matrix, place: place, helpColumn: 22,
            hasCommonOptions: false)
    }
}

/// What a script needs from the world.
package protocol ScriptHost: AnyObject {
    var environment: [String: String] { get }
    func show(_ line: String)
    func showError(_ line: String)
    func isRunning(_ environment: InstanceEnvironment) -> Bool
    /// Deletes the previous logs and moves the current ones to their place, if there are any.
    func turnLogsOver(_ environment: InstanceEnvironment)
    /// Starts a daemon and waits until it answers. What went wrong has been written to stderr.
    /// - Parameter values: the daemon's environment.
    func launch(_ environment: InstanceEnvironment, _ values: [String: String]) -> LaunchStatus
    /// Runs one of the commands in an environment.
    func run(_ command: String, _ arguments: [String], _ values: [String: String]) -> Int32
    /// The same, with lines on its standard input, and what it writes to stdout as lines.
    func capture(
        _ command: String, _ arguments: [String], _ values: [String: String], input: [String]
    ) -> (status: Int32, lines: [String])
    /// The same process with another environment.
    func with(_ values: [String: String]) -> any ScriptHost
    /// The lines of standard input, to its end.
    func inputLines() -> [String]
    /// Where the script was called, an absolute path.
    var folder: String { get }
    /// Now, as `date` tells it.
    var dateText: String { get }
    /// nil: there is no such file.
    func read(_ path: String) -> String?
    /// - Returns: false if it cannot be written; why is on stderr.
    func write(_ text: String, to path: String) -> Bool
    func sleep(seconds: UInt64)
}

/// What became of a start.
/// - Source: RAID Manager reference, section 1.9.
package enum LaunchStatus: Int32, Hashable, Sendable, CaseIterable {
    case started = 0
    case alreadyRunning = 1
    case noProcess = 2
    case failed = 3
    case finished = 4
    case signalled = 5

    /// - Parameter subject: `HORCM inst 0`, or `HORCM`.
    func sentence(_ subject: String) -> String {
        switch self {
        case .started: Sentence.started(subject)
        case .alreadyRunning: Sentence.alreadyRunning(subject)
        case .noProcess: Sentence.noProcess(subject)
        case .failed: Sentence.failedToStart(subject)
        case .finished: Sentence.finished(subject)
        case .signalled: Sentence.signalled(subject == "HORCM" ? "HORCM daemon" : subject)
        }
    }
}

extension Array where Element == String {
    /// Instance numbers, or the first argument that is none.
    var instances: (numbers: [UInt16], bad: String?) {
        var numbers: [UInt16] = []
        for text in self {
            guard let number = decimal(text, as: UInt16.self) else { return (numbers, text) }
            numbers.append(number)
        }
        return (numbers, nil)
    }
}
