// Memory for copying a stretch of a volume, a piece at a time.

internal import ReplicationCore

enum CopyBuffer {
    /// What the processor's caches have room for, and enough to make a system call cheap.
    private static let pieceBytes = 256 << 10

    /// Runs `body` on one piece of `extent` after the other, with memory of its size, until it returns an errno.
    /// - Returns: that errno, or 0.
    static func forEachPiece(
        of extent: ByteExtent, _ body: (ByteExtent, UnsafeMutableRawBufferPointer) -> Int32
    ) -> Int32 {
        let count = Int(min(extent.count, UInt64(pieceBytes)))
        guard count > 0 else { return 0 }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 4096)
        defer { unsafe memory.deallocate() }
        for offset in stride(from: extent.offset, to: extent.end, by: count) {
            let piece = ByteExtent(offset: offset, count: min(UInt64(count), extent.end - offset))
            let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[0..<Int(piece.count)])
            let failure = unsafe body(piece, bytes)
            guard failure == 0 else { return failure }
        }
        return 0
    }
}
