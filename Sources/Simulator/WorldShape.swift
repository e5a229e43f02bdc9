// The size and the limits of a world. Tracks have four blocks of 1 KiB; small rings and few slots make the rare cases
// frequent.

package import ReplicationCore

package enum Side: Int, CaseIterable, Hashable, Sendable {
    case a, b
    package var other: Side { self == .a ? .b : .a }
}

/// One group, its volumes and its limits.
package struct WorldShape: Hashable, Sendable {
    package static let blocksPerTrack = 4
    package static let blockBytes = 1024
    package static let trackBytes: UInt32 = 4096

    package var mode: ReplicationMode
    /// Blocks of each volume; at most eight volumes. A volume need not end at the end of a track.
    package var volumeBlocks = [24]
    package var slotCount = 16
    /// Bytes of the ring beyond the reserve.
    package var ringBytes = 32 * 1024
    package var copyPace: UInt8 = 2

    package init(mode: ReplicationMode) { self.mode = mode }

    package var limits: SideFileLimits {
        var limits = SideFileLimits()
        limits.capacity = SideFile.reserve + ringBytes
        return limits
    }
    func layout(_ volume: Int) -> TrackLayout {
        TrackLayout(volumeBytes: UInt64(volumeBlocks[volume] * Self.blockBytes), trackBytes: Self.trackBytes)
    }
    func ldev(_ volume: Int, on side: Side) -> LDEVNumber { LDEVNumber(UInt16((side.rawValue + 1) << 8 | volume)) }
    static func extent(first: Int, count: Int) -> ByteExtent {
        ByteExtent(offset: UInt64(first * blockBytes), count: UInt64(count * blockBytes))
    }
    static func blocks(of extent: ByteExtent) -> Range<Int> {
        Int(extent.offset) / blockBytes..<Int(extent.end) / blockBytes
    }
    static func tracks(first: Int, count: Int) -> TrackRange {
        let track = first / blocksPerTrack
        return TrackRange(first: track, count: (first + count - 1) / blocksPerTrack - track + 1)
    }
    var trackCounts: [Int] { volumeBlocks.indices.map { layout($0).trackCount } }
}

/// Some of a group's pairs, by their place in it.
package struct PairSet: Hashable, Sendable, ExpressibleByArrayLiteral {
    package var bits: UInt8
    package init(bits: UInt8) { self.bits = bits }
    package init(arrayLiteral elements: Int...) { bits = elements.reduce(0) { $0 | 1 << UInt8($1) } }
    package static func all(_ count: Int) -> PairSet { PairSet(bits: UInt8((1 << count) - 1)) }
    package func contains(_ index: Int) -> Bool { bits & 1 << UInt8(index) != 0 }
    var indices: [Int] { (0..<8).filter(contains) }
}
