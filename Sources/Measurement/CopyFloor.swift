// The least that copying a file to another process can cost: one reads and sends, the other receives and writes, and
// nothing is checked, ordered, noted or answered in between. Two processes over a Unix socket with the send buffer of a
// link; pieces of 1 MiB.

package import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package enum CopyFloor {
    private static let pieceBytes = 1 << 20

    /// What the hidden subcommand does in the two processes.
    package enum Role: String, CaseIterable, Sendable {
        case send
        case receive
    }

    /// Copies `bytes` of `source` over `target`. Returns seconds from the first read until the receiver has said that it
    /// wrote the last byte.
    static func run(from source: String, to target: String, bytes: Int, in folder: String) async throws(BenchFailure)
        -> Double
    {
        let program = try Programs.path(of: "arraybench")
        let socket = "\(folder)/floor.sock"
        unsafe unlink(socket)
        func words(_ role: Role, _ file: String) -> [String] {
            ["copy-floor", role.rawValue, "--socket", socket, "--file", file, "--bytes", "\(bytes)"]
        }
        let receiver = try DetachedProcess.start(
            program, arguments: words(.receive, target), environment: ProcessInfo.processInfo.environment,
            log: "\(folder)/floor.log")
        defer { receiver.send(SIGKILL) }
        let result = try await HostCommand.run(program, words(.send, source))
        guard result.status == 0, let seconds = Double(result.output.trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw BenchFailure("the two-process floor failed: \(result.text)") }
        return seconds
    }

    /// One of the two processes. The sender returns the seconds it took.
    package static func act(_ role: Role, socket path: String, file: String, bytes: Int) throws(BenchFailure) -> Double?
    {
        switch role {
        case .send: return try send(file, bytes, try connected(path))
        case .receive:
            try receive(file, bytes, try accepted(path))
            return nil
        }
    }

    private static func send(_ path: String, _ bytes: Int, _ descriptor: Int32) throws(BenchFailure) -> Double {
        defer { close(descriptor) }
        let file = try RawFile(path, writing: false)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 4096)
        defer { unsafe piece.deallocate() }
        let began = ContinuousClock.now
        for offset in stride(from: 0, to: bytes, by: pieceBytes) {
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: piece[..<min(pieceBytes, bytes - offset)])
            try unsafe file.read(into: part, at: offset)
            var done = 0
            while done < part.count {
                let put = unsafe Glibc.send(
                    descriptor, part.baseAddress! + done, part.count - done, Int32(MSG_NOSIGNAL))
                guard put > 0 else { throw RawFile.failure("send") }
                done += put
            }
        }
        var answer: UInt8 = 0
        guard unsafe recv(descriptor, &answer, 1, 0) == 1 else { throw RawFile.failure("hear from the receiver") }
        return (ContinuousClock.now - began).seconds
    }

    private static func receive(_ path: String, _ bytes: Int, _ descriptor: Int32) throws(BenchFailure) {
        defer { close(descriptor) }
        let file = try RawFile(path, writing: true)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 4096)
        defer { unsafe piece.deallocate() }
        var offset = 0
        while offset < bytes {
            let count = min(pieceBytes, bytes - offset)
            let got = unsafe recv(descriptor, piece.baseAddress, count, Int32(MSG_WAITALL))
            guard got > 0 else { throw RawFile.failure("receive") }
            try unsafe file.write(UnsafeRawBufferPointer(rebasing: piece[..<got]), at: offset)
            offset += got
        }
        var answer: UInt8 = 1
        _ = unsafe Glibc.send(descriptor, &answer, 1, Int32(MSG_NOSIGNAL))
    }

    // MARK: The socket

    private static func accepted(_ path: String) throws(BenchFailure) -> Int32 {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        guard unsafe withAddress(path, { unsafe bind(listener, $0, $1) }) == 0, listen(listener, 1) == 0 else {
            throw RawFile.failure("listen at \(path)")
        }
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { throw RawFile.failure("accept at \(path)") }
        return descriptor
    }

    /// The receiver may not listen yet: five seconds are given.
    private static func connected(_ path: String) throws(BenchFailure) -> Int32 {
        for _ in 0..<5000 {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            if unsafe withAddress(path, { unsafe connect(descriptor, $0, $1) }) == 0 {
                var size: Int32 = 1 << 20
                _ = unsafe setsockopt(
                    descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
                return descriptor
            }
            close(descriptor)
            usleep(1000)
        }
        throw BenchFailure("no receiver at \(path)")
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { place in
            unsafe place.copyBytes(from: bytes.prefix(107))
        }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
