// The daemon's own log: `horcm_<host>.log` in $HORCM_LOG. Lines are written at once; a log that cannot be written stops
// nobody. The numbered ones go to syslog as well, where the machine has one.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell

/// **Threads**: any. A line is one `write` to a file opened for appending, which keeps lines whole.
final class DaemonLog: Sendable {
    /// Where syslog(3) finds its service. Without it nothing is said there: a host of a bench mostly has none.
    private static let systemLogSocket = "/dev/log"

    private let file: Int32

    init(directory: String, host: String) {
        try? SystemCalls.makeDirectories(directory)
        let path = "\(directory)/horcm_\(host).log"
        file = unsafe arraybench_open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        if file < 0 { write(DaemonMessage.noLogFile.line("\(path): \(systemErrorText(-file)).")) }
    }

    func write(_ line: DaemonLine) {
        if line.isForSystemLog, unsafe access(Self.systemLogSocket, W_OK) == 0 { unsafe arraybench_syslog(line.text) }
        guard file >= 0 else { return }
        SystemCalls.writeAll(file, Array("\(SystemCalls.wallText()) : \(line.text)\n".utf8))
    }
}
