// A file or device read and written at offsets with the kernel's own calls: what a floor is made of.

internal import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// **Threads**: any; no call shares a position.
final class RawFile: Sendable {
    private let path: String
    private let descriptor: Int32

    init(_ path: String, writing: Bool) throws(BenchFailure) {
        self.path = path
        descriptor = unsafe open(path, (writing ? O_RDWR : O_RDONLY) | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open \(path)") }
    }

    deinit { close(descriptor) }

    /// Fills `target`.
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(BenchFailure) {
        var done = 0
        while done < target.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[done...])
            let got = unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw Self.failure("read \(path)") }
            done += got
        }
    }

    /// Writes all of `source`.
    func write(_ source: UnsafeRawBufferPointer, at offset: Int) throws(BenchFailure) {
        guard unsafe put(source, at: offset) else { throw Self.failure("write \(path)") }
    }

    /// Writes the first `count` bytes of `words`.
    func write(_ words: [UInt64], count: Int, at offset: Int) throws(BenchFailure) {
        let isDone = unsafe words.withUnsafeBytes { bytes in
            unsafe put(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
        }
        guard isDone else { throw Self.failure("write \(path)") }
    }

    /// Returns false after an error, which is in `errno`.
    private func put(_ source: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        var done = 0
        while done < source.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: source[done...])
            let put = unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { return false }
            done += put
        }
        return true
    }

    static func failure(_ what: String) -> BenchFailure {
        let code = errno
        return BenchFailure("cannot \(what): \(unsafe String(cString: strerror(code)))")
    }

    /// Makes a file of `bytes` that no hole is in.
    static func make(_ path: String, bytes: Int) throws(BenchFailure) {
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            throw BenchFailure("cannot make \(path)")
        }
        let file = try RawFile(path, writing: true)
        let piece = (0..<UInt64(1 << 17)).map { $0 &* 0x9E37_79B9_7F4A_7C15 }
        for offset in stride(from: 0, to: bytes, by: 1 << 20) {
            try file.write(piece, count: min(1 << 20, bytes - offset), at: offset)
        }
    }
}
