// The daemon's own log: `horcm_<host>.log` in $HORCM_LOG. Lines are written at once; a log that cannot be written stops
// nobody. The numbered ones go to syslog as well, where the machine has one.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell

/// **Threads**: any. A line is one `write` to a file opened for appending, which keeps lines whole.
final class DaemonLog: Sendable {
    private let file: Int32
    private let title: String

    /// - Parameter title: as whom the instance speaks to syslog.
    init(directory: String, host: String, title: String) {
        self.title = title
        try? SystemCalls.makeDirectories(directory)
        let path = "\(directory)/horcm_\(host).log"
        file = unsafe arraybench_open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        if file < 0 { write(DaemonMessage.noLogFile.line("\(path): \(systemErrorText(-file)).")) }
    }

    func write(_ line: DaemonLine) {
        if line.isForSystemLog { SystemLog.write(line.text, as: title, .daemonError) }
        guard file >= 0 else { return }
        SystemCalls.writeAll(file, Array("\(SystemCalls.wallText()) : \(line.text)\n".utf8))
    }
}
