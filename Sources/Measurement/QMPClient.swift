// Commands to a QEMU daemon over its Unix socket: one JSON object per line each way.

internal import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// A connection that is ready for commands. Answers are waited for up to ten seconds.
struct QMPClient: ~Copyable {
    private let descriptor: Int32

    init(path: String) throws(BenchFailure) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { place in unsafe place.copyBytes(from: bytes.prefix(107))
        }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, length) }
        }
        guard result == 0 else { throw BenchFailure("no QEMU daemon answers at \(path)") }
        var time = timeval(tv_sec: 10, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        _ = try line()
        _ = try ask(#"{"execute":"qmp_capabilities"}"#)
    }

    deinit { close(descriptor) }

    /// Sends a command; returns its answer. Events in between are passed over.
    func ask(_ command: String) throws(BenchFailure) -> String {
        let bytes = Array((command + "\n").utf8)
        guard unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw BenchFailure("the QEMU daemon does not listen")
        }
        while true {
            let answer = try line()
            if answer.contains("\"error\"") { throw BenchFailure("QEMU refused \(command): \(answer)") }
            if answer.contains("\"return\"") { return answer }
        }
    }

    /// Waits for an event of that name.
    func event(_ name: String, seconds: Double) throws(BenchFailure) {
        let end = Date(timeIntervalSinceNow: seconds)
        while Date() < end { if try line().contains("\"\(name)\"") { return } }
        throw BenchFailure("no \(name) from QEMU within \(Int(seconds)) s")
    }

    private func line() throws(BenchFailure) -> String {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            guard unsafe recv(descriptor, &byte, 1, 0) == 1 else { throw BenchFailure("QEMU does not answer") }
            if byte == UInt8(ascii: "\n") { return String(decoding: text, as: UTF8.self) }
            text.append(byte)
        }
    }
}
