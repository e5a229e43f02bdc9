// One request through an array's command device, and whole volumes read at once. Both block; see `onThread`.

internal import CPlatform
internal import CommandDevice
internal import Glibc
internal import Platform

/// Why an array gave no reply: the call that failed and its errno.
struct NoReply: Error, Hashable, Sendable, CustomStringConvertible {
    var call: String
    var code: Int32
    var description: String { "no reply (\(call): \(systemErrorText(code)))" }
}

enum CommandDeviceClient {
    static func exchange(_ request: ArrayRequest, _ path: String) -> Result<ArrayReply, NoReply> {
        // Never created: the command device of a dead array must not become a plain file.
        let file = unsafe arraybench_open(path, O_RDWR, 0)
        guard file >= 0 else { return .failure(NoReply(call: "open", code: -file)) }
        defer { close(file) }
        let message = request.encoded()
        let written = unsafe message.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
        guard written == message.count else { return .failure(NoReply(call: "write", code: written < 0 ? errno : EIO)) }
        var buffer = [UInt8](repeating: 0, count: CommandDeviceWire.largestMessage)
        var count = -1
        repeat {
            count = unsafe pread(file, &buffer, CommandDeviceWire.largestMessage, 0)
        } while count < 0 && errno == EINTR
        guard count > 0 else { return .failure(NoReply(call: "read", code: count < 0 ? errno : EIO)) }
        guard let reply = try? ArrayReply(decoding: Array(buffer.prefix(count))) else {
            return .failure(NoReply(call: "decode", code: EPROTO))
        }
        return .success(reply)
    }
}

enum VolumeBytes {
    /// Nil if the volume cannot be read to its end.
    static func read(_ path: String) -> [UInt8]? {
        let file = unsafe arraybench_open(path, O_RDONLY, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        guard size > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(file, $0.baseAddress! + done, min(1 << 20, $0.count - done), off_t(done))
            }
            guard count > 0 else { return nil }
            done += count
        }
        return bytes
    }
}

extension VolumeBytes {
    /// Returns 0 or an errno.
    static func erase(_ path: String) -> Int32 {
        let file = unsafe arraybench_open(path, O_RDWR, 0)
        guard file >= 0 else { return -file }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        return arraybench_zero_range(file, 0, size)
    }
}
