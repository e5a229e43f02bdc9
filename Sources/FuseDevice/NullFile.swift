// The bottom rung of the benchmark ladder: what FUSE costs when the file answers at once and keeps nothing.

/// Takes every write and gives zeros to every read.
///
/// **Threads**: any; nothing changes.
@safe package final class NullFile: FuseFile {
    package let name: String
    package let byteCount: UInt64

    package init(name: String, byteCount: UInt64) {
        self.name = name
        self.byteCount = byteCount
    }

    package func read(
        handle: UInt64, offset: UInt64, count: Int, scratch: UnsafeMutableRawBufferPointer,
        request: consuming FuseRequest
    ) {
        let zeros = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[..<count])
        unsafe zeros.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe request.reply(bytes: UnsafeRawBufferPointer(zeros))
    }

    package func write(
        handle: UInt64, offset: UInt64, bytes: UnsafeRawBufferPointer, options: FuseWriteOptions,
        request: consuming FuseRequest
    ) {
        request.reply(written: bytes.count)
    }

    package func discard(offset: UInt64, count: UInt64, zeroing: Bool, request: consuming FuseRequest) {
        request.reply()
    }

    package func flushToDisk(handle: UInt64, dataOnly: Bool, request: consuming FuseRequest) { request.reply() }
}
