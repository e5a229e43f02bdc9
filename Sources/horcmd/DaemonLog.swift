// The daemon's own log: `horcm_<host>.log` in $HORCM_LOG. Lines are written at once; a log that cannot be written stops
// nobody.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell

/// **Threads**: any. A line is one `write` to a file opened for appending, which keeps lines whole.
final class DaemonLog: Sendable {
    private let file: Int32

    init(directory: String, host: String) {
        try? SystemCalls.makeDirectories(directory)
        file = unsafe arraybench_open("\(directory)/horcm_\(host).log", O_WRONLY | O_CREAT | O_APPEND, 0o644)
    }

    func write(_ line: DaemonLine) {
        guard file >= 0 else { return }
        SystemCalls.writeAll(file, Array("\(SystemCalls.wallText()) : \(line.text)\n".utf8))
    }
}
