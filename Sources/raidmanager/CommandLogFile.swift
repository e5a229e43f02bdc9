// The command log on disk: `horcc_<host>.log` in $HORCC_LOG; and what of a call goes to syslog. What an entry says and when
// there is one is `CommandLog`'s. A log that cannot be written stops no command.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell

struct CommandLogFile {
    private let directory: String
    private let isShown: Bool
    private let host: String
    private let log: CommandLog

    private var path: String { "\(directory)/\(CommandLog.fileName(host))" }

    init(_ environment: InstanceEnvironment, _ host: String) {
        directory = environment.commandLogDirectory
        isShown = environment.isCommandLogShown
        self.host = host
        let settings = try? SystemCalls.read("\(directory)/\(CommandLog.settingsFileName(host))")
        log = CommandLog(
            kilobytesMaximum: environment.commandLogKilobytes,
            settings: settings.map { String(decoding: $0, as: UTF8.self) })
    }

    func record(
        _ command: any Command.Type, _ arguments: [String], _ outcome: CommandOutcome, _ stamp: CommandLog.Stamp
    ) {
        let call = CommandLog.Call(
            arguments, outcome, mode: outcome.mode, user: SystemCalls.userName, userNumber: geteuid(),
            process: getpid(), stamp)
        for line in command.systemLogLines(call) { SystemLog.write(line, as: command.name, .userInformation) }
        guard log.records(command.name, outcome) else { return }
        let entry = command.logEntry(call)
        guard !isShown else {
            SystemCalls.writeAll(2, Array(entry.utf8))
            return
        }
        try? SystemCalls.makeDirectories(directory)
        turnOver()
        let file = unsafe arraybench_open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        guard file >= 0 else { return }
        SystemCalls.writeAll(file, Array(entry.utf8))
        close(file)
    }

    /// Only one of several commands at a time turns a full log over: the others would move the new log over the old one.
    private func turnOver() {
        guard isFull else { return }
        let file = unsafe arraybench_open(path, O_WRONLY | O_APPEND, 0)
        guard file >= 0 else { return }
        defer { close(file) }
        guard arraybench_lock_file(file) == 0, isFull else { return }
        _ = unsafe rename(path, "\(directory)/\(CommandLog.oldFileName(host))")
    }

    private var isFull: Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && log.mustTurnOver(bytes: Int(status.st_size))
    }
}
