// The lines of standard input, one at a time, while an instance may be watched. Nothing is read beyond the end of a line: what
// follows may be meant for the command that the line calls (`raidscan -find`).

internal import CPlatform
internal import Glibc
internal import RaidManager
internal import RaidManagerShell

/// **Threads**: the main thread only.
final class InputLines {
    /// A connection to the watched instance, on which nothing is ever said: it breaks when the instance ends. -1: none.
    private var watched: Int32 = -1

    deinit { if watched >= 0 { close(watched) } }

    func guardInstance(_ environment: InstanceEnvironment) -> Bool {
        guard let connection = try? LocalSocket.connect(environment.socketPath) else { return false }
        watched = connection
        return true
    }

    func next() -> InteractiveInput {
        var bytes: [UInt8] = []
        while true {
            guard waitForInput() else { return .instanceEnded }
            guard let byte = SystemCalls.readExactly(0, 1)?.first else {
                return bytes.isEmpty ? .end : .line(String(decoding: bytes, as: UTF8.self))
            }
            if byte == 0x0A { return .line(String(decoding: bytes, as: UTF8.self)) }
            bytes.append(byte)
        }
    }

    /// - Returns: false if the watched instance ended.
    private func waitForInput() -> Bool {
        guard watched >= 0 else { return true }
        var waiting = [
            pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: watched, events: Int16(POLLIN), revents: 0),
        ]
        while unsafe poll(&waiting, 2, -1) < 0 && errno == EINTR {}
        return waiting[1].revents == 0
    }
}
