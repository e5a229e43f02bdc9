// A device or file as the load and the judge use it: opened past the page cache where that is possible.

internal import CPlatform
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

/// An open volume.
///
/// **Threads**: its owner's alone; it is closed with it.
final class BlockFile {
    let path: String
    let size: UInt64
    let isBlockDevice: Bool
    let isDirect: Bool
    /// The disk on which it lies, or which it is.
    let device: UInt64
    /// The smallest unit of direct I/O that the device names; 1 for a file.
    let unit: Int
    private let file: Int32

    init(_ path: String, writing: Bool) throws(SystemFailure) {
        let access = writing ? O_RDWR : O_RDONLY
        var file = unsafe arraybench_open(path, access | directIO | O_NONBLOCK, 0)
        isDirect = file >= 0
        if file == -EINVAL { file = unsafe arraybench_open(path, access | O_NONBLOCK, 0) }
        guard file >= 0 else { throw SystemFailure("open", path, -file) }
        self.file = file
        self.path = path
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else {
            let code = errno
            close(file)
            throw SystemFailure("read the size of", path, code)
        }
        isBlockDevice = status.st_mode & S_IFMT == S_IFBLK
        guard isBlockDevice || status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw SystemFailure("use (neither a block device nor a file)", path, ENOTBLK)
        }
        let length = isBlockDevice ? arraybench_block_device_size(file) : Int64(status.st_size)
        guard length >= 0 else {
            close(file)
            throw SystemFailure("read the size of", path, Int32(-length))
        }
        size = UInt64(length)
        unit = isBlockDevice ? max(1, Int(arraybench_block_device_sector(file))) : 1
        device = UInt64(isBlockDevice ? status.st_rdev : status.st_dev)
    }

    deinit { close(file) }

    /// 0 or an errno. // hot
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) -> Int32 {
        let count = unsafe pwrite(file, bytes.baseAddress, bytes.count, off_t(offset))
        return count == bytes.count ? 0 : count < 0 ? errno : EIO
    }

    /// Fills `bytes`, as far as the file reaches; how many bytes, or a negative errno.
    func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
            let count = unsafe pread(file, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0 { return -Int(errno) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    func discard(_ offset: UInt64, _ length: UInt64) -> Int32 {
        isBlockDevice
            ? arraybench_block_device_discard(file, offset, length)
            : arraybench_punch_hole(file, off_t(offset), off_t(length))
    }

    func flush() -> Int32 { fdatasync(file) == 0 ? 0 : errno }
}

/// Memory for direct I/O. Freed with its owner.
@safe final class AlignedBuffer {
    let bytes: UnsafeMutableRawBufferPointer
    init(_ count: Int) {
        unsafe bytes = .allocate(byteCount: count, alignment: 4096)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }
    deinit { unsafe bytes.deallocate() }
}

/// Reads `extent` of a volume piece by piece.
func scan(
    _ file: BlockFile, _ extent: Range<UInt64>, _ body: (UInt64, UnsafeRawBufferPointer) -> Void
) throws(SystemFailure) {
    let buffer = AlignedBuffer(1 << 20)
    var offset = extent.lowerBound / 4096 * 4096
    while offset < extent.upperBound {
        let count = unsafe file.read(buffer.bytes, at: offset)
        guard count >= 0 else { throw SystemFailure("read byte \(offset) of", file.path, Int32(-count)) }
        guard count >= Stamp.sectorBytes else { throw SystemFailure("find byte \(offset) of", file.path, ENODATA) }
        let whole = count / Stamp.sectorBytes * Stamp.sectorBytes
        unsafe body(offset, UnsafeRawBufferPointer(rebasing: buffer.bytes[..<whole]))
        offset += UInt64(whole)
    }
}
