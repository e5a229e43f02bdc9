// Wakes a thread that sits in poll(): a pipe that becomes readable when it is rung.

internal import CPlatform

#if canImport(Glibc)
    internal import Glibc
#endif

/// A self-pipe.
///
/// **Threads**: `ring` from any; `silence` from the thread that polls `descriptor`.
final class Doorbell: Sendable {
    let descriptor: Int32
    private let other: Int32

    init() {
        var ends: [Int32] = [0, 0]
        let result = unsafe pipe(&ends)
        precondition(result == 0, "no descriptor is left for a pipe: errno \(errno); raise the limit of open files")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        other = ends[1]
    }

    deinit {
        close(descriptor)
        close(other)
    }

    func ring() {
        var byte: UInt8 = 1
        // A full pipe is rung already.
        _ = unsafe write(other, &byte, 1)
    }

    func silence() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while unsafe read(descriptor, &bytes, bytes.count) > 0 {}
    }
}
