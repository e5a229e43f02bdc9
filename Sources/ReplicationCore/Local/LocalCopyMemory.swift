// The part of a set of local pairs that must survive a killed process at any instant, as a layout of memory. An array
// maps a file there; a test allocates it. Everything in it is valid after any single store:
//
//   0      magic "ABLM" 4 · version 2 · reserved 2 · set 8 · pair count 4 · checksum of the rest and the counts 4
//   24     pair count × track count 4, padded to 8
//   …      for each pair: three bitmaps - pending, changed on the primary, changed on the secondary

/// Which of a local pair's three bitmaps.
package enum LocalBitmap: Int, Sendable, CaseIterable {
    /// Still to be copied, in the direction of the pair's state.
    case pending
    case primaryChanges
    case secondaryChanges
}

/// Access to a set's memory. The owner of the memory keeps it alive and lends it to one machine at a time.
@safe package struct LocalCopyMemory: @unchecked Sendable {
    package static let magic: UInt32 = 0x4D4C_4241
    package static let version: UInt16 = 1
    static let trackCountsAt = 24

    private let base: UnsafeMutableRawBufferPointer
    package let trackCounts: [Int]
    /// Of each pair's first bitmap.
    private let bitmapsAt: [Int]

    private static func layout(_ trackCounts: [Int]) -> (bitmaps: [Int], end: Int) {
        var position = (trackCountsAt + 4 * trackCounts.count + 7) / 8 * 8
        var bitmaps: [Int] = []
        for count in trackCounts {
            bitmaps.append(position)
            position += LocalBitmap.allCases.count * TrackBitmap.wordCount(forTracks: count) * 8
        }
        return (bitmaps, position)
    }

    /// Bytes that a set of this shape needs.
    package static func byteCount(trackCounts: [Int]) -> Int { layout(trackCounts).end }

    /// Uses `bytes`, which must have `byteCount(trackCounts:)` bytes at 8-byte alignment. Memory that is all zero is
    /// laid out anew.
    /// - Throws: `WireError` if the memory holds something else; it is left untouched then.
    package init(
        bytes: UnsafeMutableRawBufferPointer, set: GroupIdentifier, trackCounts: [Int]
    ) throws(WireError) {
        let layout = Self.layout(trackCounts)
        guard bytes.count == layout.end else { throw .truncated }
        unsafe base = bytes
        self.trackCounts = trackCounts
        bitmapsAt = layout.bitmaps

        let header = Self.header(set, trackCounts)
        if unsafe bytes.prefix(Self.trackCountsAt).allSatisfy({ $0 == 0 }) {
            for (index, count) in trackCounts.enumerated() {
                unsafe bytes.storeLittleEndian(UInt32(count), at: Self.trackCountsAt + 4 * index)
            }
            for (index, byte) in header.enumerated().reversed() { unsafe bytes[index] = byte }
            return
        }
        let view = UnsafeRawBufferPointer(bytes)
        guard unsafe view.loadLittleEndian(UInt32.self, at: 0) == Self.magic else { throw .badMagic }
        let version = unsafe view.loadLittleEndian(UInt16.self, at: 4)
        guard version == Self.version else { throw .unsupportedVersion(version) }
        guard unsafe view.prefix(header.count).elementsEqual(header) else { throw .badChecksum }
    }

    private static func header(_ set: GroupIdentifier, _ trackCounts: [Int]) -> [UInt8] {
        var header = WireWriter()
        header.write(magic)
        header.write(version)
        header.write(UInt16(0))
        header.write(set.value)
        header.write(UInt32(trackCounts.count))
        var summed = header
        for count in trackCounts { summed.write(UInt32(count)) }
        header.write(Checksum.crc32c(summed.bytes))
        return header.bytes
    }

    package func bitmap(_ kind: LocalBitmap, ofPair index: Int) -> TrackBitmap {
        let bytes = TrackBitmap.wordCount(forTracks: trackCounts[index]) * 8
        let start = bitmapsAt[index] + kind.rawValue * bytes
        let raw = unsafe UnsafeMutableRawBufferPointer(rebasing: base[start..<start + bytes])
        return unsafe TrackBitmap(words: raw.bindMemory(to: UInt64.self), trackCount: trackCounts[index])
    }
}
