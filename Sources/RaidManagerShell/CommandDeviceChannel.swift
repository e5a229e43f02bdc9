// One request and its answer through a command device. The device is opened for each request: every open file is a
// mailbox of its own, and an array that died and came back is found again without anybody noticing.

internal import CPlatform
package import CommandDevice
internal import Glibc
package import Platform
internal import ReplicationCore

package enum CommandDeviceChannel {
    /// The read ends when the array has finished.
    /// - Throws: `SystemFailure`; its operation is `open` as long as the request was not handed over.
    package static func exchange(_ request: ArrayRequest, _ path: String) throws(SystemFailure) -> ArrayReply {
        // Never created: a missing device must not become a plain file.
        let file = unsafe arraybench_open(path, O_RDWR, 0)
        guard file >= 0 else { throw SystemFailure("open", path, -file) }
        defer { close(file) }
        if let code = refusal(of: file) { throw SystemFailure("open", path, code) }
        let bytes = request.encoded()
        let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
        guard written == bytes.count else { throw SystemFailure("write to", path, written < 0 ? errno : EIO) }
        let reply = try read(file, path)
        do throws(WireError) {
            return try ArrayReply(decoding: reply)
        } catch {
            throw SystemFailure("understand the answer of", path, EPROTO)
        }
    }

    /// The code of the failure when something else lies at the path.
    package static let notACommandDevice = ENODEV

    /// A path in a configuration may be a disk or a file of somebody's: nothing is written to it before it has shown that it is
    /// an empty mailbox, which says ENODATA and nothing else does.
    /// - Returns: why the file may not be written to; nil if it may.
    private static func refusal(of file: Int32) -> Int32? {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { return errno }
        guard status.st_mode & S_IFMT == S_IFREG else { return notACommandDevice }
        var byte: UInt8 = 0
        var got = -1
        repeat { got = unsafe pread(file, &byte, 1, 0) } while got < 0 && errno == EINTR
        guard got < 0 else { return notACommandDevice }
        return errno == ENODATA ? nil : errno
    }

    /// The whole answer is given at once: memory for the longest one, of which only the pages that come are touched.
    private static func read(_ file: Int32, _ path: String) throws(SystemFailure) -> [UInt8] {
        var failure: Int32 = 0
        let reply = unsafe [UInt8](unsafeUninitializedCapacity: CommandDeviceWire.largestMessage) { buffer, count in
            var got = -1
            repeat {
                got = unsafe pread(file, buffer.baseAddress, CommandDeviceWire.largestMessage, 0)
            } while got < 0 && errno == EINTR
            if got <= 0 { failure = got < 0 ? errno : EIO }
            count = max(got, 0)
        }
        guard failure == 0 else { throw SystemFailure("read from", path, failure) }
        return reply
    }
}
