// The system calls of horcmd and of the commands, each as a function that takes and gives Swift values.

internal import CPlatform
internal import Glibc
package import Platform

package enum SystemCalls {
    package static var environment: [String: String] {
        var values: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                values[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            unsafe next += 1
        }
        return values
    }

    /// The host's name; a host of a bench outside its view has its name in `ARRAYBENCH_HOST`.
    package static var hostName: String {
        if let name = unsafe getenv("ARRAYBENCH_HOST"), unsafe name.pointee != 0 { return unsafe String(cString: name) }
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package static func wallMilliseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// `Sat Nov 21 01:14:45 2026`, in the host's local time.
    package static func wallText() -> String {
        var now = time(nil)
        var parts = unsafe tm()
        unsafe localtime_r(&now, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = unsafe strftime(&buffer, buffer.count, "%a %b %e %H:%M:%S %Y", &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The file's bytes; at most `limit` of them.
    package static func read(_ path: String, limit: Int = 1 << 20) throws(SystemFailure) -> [UInt8] {
        let file = unsafe arraybench_open(path, O_RDONLY, 0)
        guard file >= 0 else { throw SystemFailure("open", path, -file) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = unsafe Glibc.read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemFailure("read", path, errno) }
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }

    /// Writes all bytes to a descriptor. False: the other end is gone.
    @discardableResult
    package static func writeAll(_ file: Int32, _ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(file, $0.baseAddress! + done, $0.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// The lines of standard input, to its end.
    package static func inputLines() -> [String] {
        var bytes: [UInt8] = []
        while let more = readSome(0) { bytes += more }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Makes a file of `text`, or replaces what it holds.
    package static func write(_ text: String, to path: String) throws(SystemFailure) {
        let file = unsafe arraybench_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw SystemFailure("write", path, -file) }
        defer { close(file) }
        guard writeAll(file, Array(text.utf8)) else { throw SystemFailure("write", path, errno) }
    }

    /// Reads what there is; nil at the end of the stream or if it cannot be read.
    package static func readSome(_ file: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var count = -1
        repeat { count = unsafe Glibc.read(file, &buffer, buffer.count) } while count < 0 && errno == EINTR
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    /// Reads exactly `count` bytes; nil at the end of the stream.
    package static func readExactly(_ file: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(file, $0.baseAddress! + done, count - done)
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            done += got
        }
        return bytes
    }

    /// Makes a directory and those above it. One that exists is no failure.
    package static func makeDirectories(_ path: String, mode: UInt32 = 0o755) throws(SystemFailure) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/\(part)"
            guard unsafe mkdir(made, mode) == 0 || errno == EEXIST else { throw SystemFailure("make", made, errno) }
        }
    }

    package static func randomNumber() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}
