// The bitmap of one pair that joined its group later, as a layout of memory of its own: what a group's memory holds never
// moves, since hosts write while a pair joins.
//
//   0      magic "ABPM" 4 · version 2 · reserved 2 · group 8 · place 4 · track count 4
//   24     checksum of bytes 0..<24, 4 · reserved 4
//   32     the bitmap

/// Access to the memory of an added place. The owner of the memory keeps it alive as long as the bitmap is used.
@safe package struct PlaceMemory: @unchecked Sendable {
    package static let magic: UInt32 = 0x4D50_4241
    package static let version: UInt16 = 1
    static let bitmapAt = 32

    package let bitmap: TrackBitmap

    /// Bytes that a place of so many tracks needs.
    package static func byteCount(trackCount: Int) -> Int {
        bitmapAt + TrackBitmap.wordCount(forTracks: trackCount) * 8
    }

    /// Uses `bytes`, which must have `byteCount(trackCount:)` bytes at 8-byte alignment. Memory that is all zero is laid out
    /// anew.
    /// - Parameter place: of the pair in its group's record.
    /// - Throws: `WireError` if the memory holds something else; it is left untouched then.
    package init(
        bytes: UnsafeMutableRawBufferPointer, group: GroupIdentifier, place: Int, trackCount: Int
    ) throws(WireError) {
        guard bytes.count == Self.byteCount(trackCount: trackCount) else { throw .truncated }
        let header = Self.header(group, place, trackCount)
        if unsafe bytes.prefix(Self.bitmapAt).allSatisfy({ $0 == 0 }) {
            for (index, byte) in header.enumerated().reversed() { unsafe bytes[index] = byte }
        }
        let view = UnsafeRawBufferPointer(bytes)
        guard unsafe view.loadLittleEndian(UInt32.self, at: 0) == Self.magic else { throw .badMagic }
        let version = unsafe view.loadLittleEndian(UInt16.self, at: 4)
        guard version == Self.version else { throw .unsupportedVersion(version) }
        guard unsafe view.prefix(header.count).elementsEqual(header) else { throw .badChecksum }
        let words = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[Self.bitmapAt...])
        bitmap = unsafe TrackBitmap(words: words.bindMemory(to: UInt64.self), trackCount: trackCount)
    }

    private static func header(_ group: GroupIdentifier, _ place: Int, _ trackCount: Int) -> [UInt8] {
        var header = WireWriter()
        header.write(magic)
        header.write(version)
        header.write(UInt16(0))
        header.write(group.value)
        header.write(UInt32(place))
        header.write(UInt32(trackCount))
        header.write(Checksum.crc32c(header.bytes))
        return header.bytes
    }
}
