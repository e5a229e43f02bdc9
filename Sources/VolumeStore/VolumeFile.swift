// The backing file of one volume: sparse, of fixed size, read and written at offsets.

internal import CPlatform
package import Platform
package import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// A volume's bytes.
///
/// **Threads**: any; the descriptor never changes and no call shares a position.
@safe package final class VolumeFile: Sendable {
    package let path: String
    package let byteCount: UInt64
    private let file: Int32

    /// Opens the file, or makes it with `byteCount` bytes that read as zero.
    /// - Throws: `SystemFailure`; a file of another size is refused with EINVAL and left as it is.
    package init(path: String, byteCount: UInt64) throws(SystemFailure) {
        let file = unsafe arraybench_open(path, O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw SystemFailure("open", path, -file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else {
            let code = errno
            close(file)
            throw SystemFailure("read the size of", path, code)
        }
        if status.st_size == 0 {
            guard ftruncate(file, off_t(byteCount)) == 0 else {
                let code = errno
                close(file)
                throw SystemFailure("make \(byteCount) bytes of", path, code)
            }
        } else if UInt64(status.st_size) != byteCount {
            close(file)
            throw SystemFailure("use (it has \(status.st_size) bytes, the volume has \(byteCount))", path, EINVAL)
        }
        self.path = path
        self.byteCount = byteCount
        self.file = file
    }

    deinit { close(file) }

    /// Reads as much of `target` as there is. Returns 0 or an errno. // hot
    package func read(into target: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int32 {
        var done = 0
        while done < target.count {
            let got = unsafe pread(file, target.baseAddress! + done, target.count - done, off_t(offset) + done)
            if got == 0 { return EIO }
            if got < 0 {
                if errno == EINTR { continue }
                return errno
            }
            done += got
        }
        return 0
    }

    /// Writes all of `source`. Returns 0 or an errno; after an error a part may be written. // hot
    package func write(_ source: UnsafeRawBufferPointer, at offset: UInt64) -> Int32 {
        var done = 0
        while done < source.count {
            let put = unsafe pwrite(file, source.baseAddress! + done, source.count - done, off_t(offset) + done)
            if put < 0 {
                if errno == EINTR { continue }
                return errno
            }
            done += put
        }
        return 0
    }

    /// Makes `extent` zero, giving its blocks back unless `keepsBlocks`. Returns 0 or an errno.
    package func zero(_ extent: ByteExtent, keepsBlocks: Bool) -> Int32 {
        if keepsBlocks {
            let failure = arraybench_zero_range(file, off_t(extent.offset), off_t(extent.count))
            // A file system without FALLOC_FL_ZERO_RANGE (tmpfs) gives zeros after a hole just as well.
            if failure != EOPNOTSUPP { return failure }
        }
        return arraybench_punch_hole(file, off_t(extent.offset), off_t(extent.count))
    }

    /// Waits until everything written so far is on the disk. Returns 0 or an errno.
    package func synchronise() -> Int32 { fdatasync(file) == 0 ? 0 : errno }
}
