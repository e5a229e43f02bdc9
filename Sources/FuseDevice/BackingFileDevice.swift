// The second rung of the benchmark ladder, and the disk of the tests: a file in the folder is a file somewhere else.

internal import CPlatform
package import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

/// A disk kept in a plain sparse file.
///
/// **Threads**: any; the descriptor never changes and pread and pwrite share no position.
@safe package final class BackingFileDevice: FuseFile {
    package let name: String
    package let byteCount: UInt64
    private let path: String
    private let file: Int32

    /// Opens or makes the file at `path` and sets its size, so that new bytes read as zeros.
    package init(name: String, path: String, byteCount: UInt64) throws(SystemFailure) {
        let file = unsafe arraybench_open(path, O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw SystemFailure("open", path, -file) }
        guard ftruncate(file, off_t(byteCount)) == 0 else {
            let code = errno
            close(file)
            throw SystemFailure("set the size of", path, code)
        }
        self.name = name
        self.byteCount = byteCount
        self.path = path
        self.file = file
    }

    deinit { close(file) }

    package func read(
        handle: UInt64, offset: UInt64, count: Int, scratch: UnsafeMutableRawBufferPointer,
        request: consuming FuseRequest
    ) {
        let got = unsafe pread(file, scratch.baseAddress, count, off_t(offset))
        guard got >= 0 else {
            request.reply(failing: errno)
            return
        }
        unsafe request.reply(bytes: UnsafeRawBufferPointer(start: scratch.baseAddress, count: got))
    }

    package func write(
        handle: UInt64, offset: UInt64, bytes: UnsafeRawBufferPointer, options: FuseWriteOptions,
        request: consuming FuseRequest
    ) {
        let put = unsafe pwrite(file, bytes.baseAddress, bytes.count, off_t(offset))
        guard put >= 0, !options.contains(.durable) || fdatasync(file) == 0 else {
            request.reply(failing: errno)
            return
        }
        request.reply(written: put)
    }

    package func discard(offset: UInt64, count: UInt64, zeroing: Bool, request: consuming FuseRequest) {
        // A file system without FALLOC_FL_ZERO_RANGE (tmpfs) gives zeros after a hole just as well.
        var failure = zeroing ? arraybench_zero_range(file, off_t(offset), off_t(count)) : EOPNOTSUPP
        if failure == EOPNOTSUPP { failure = arraybench_punch_hole(file, off_t(offset), off_t(count)) }
        guard failure == 0 else {
            request.reply(failing: failure)
            return
        }
        request.reply()
    }

    package func flushToDisk(handle: UInt64, dataOnly: Bool, request: consuming FuseRequest) {
        guard (dataOnly ? fdatasync(file) : fsync(file)) == 0 else {
            request.reply(failing: errno)
            return
        }
        request.reply()
    }
}
