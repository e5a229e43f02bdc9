// The size and the limits of a world. Tracks have four blocks of 1 KiB; small rings and few slots make the rare cases
// frequent.

package import ReplicationCore

/// One group: where it is, its volumes and its limits.
package struct GroupShape: Hashable, Sendable {
    package var mode: ReplicationMode
    /// Where its first and its second side are. Groups between the same arrays share a link.
    package var first = DiskArray.a
    package var second = DiskArray.b
    /// Blocks of each volume; at most eight volumes. A volume need not end at the end of a track.
    package var volumeBlocks = [24]
    package var slotCount = 16
    /// Bytes of the ring beyond the reserve.
    package var ringBytes = 32 * 1024
    package var copyPace: UInt8 = 2
    /// The rings are journals: a killed process leaves them, and a secondary restores from its own.
    package var hasJournals = false
    /// Volumes that are in no pair when the group is made, and may join it. At least one must be left.
    package var lateVolumes: PairSet = []
    /// A group that is made without a copy is made suspended.
    package var startsHeld = false

    package init(mode: ReplicationMode) { self.mode = mode }

    mutating func removeLastVolume() {
        volumeBlocks.removeLast()
        lateVolumes.bits &= PairSet.all(volumeBlocks.count).bits
    }

    package var limits: SideFileLimits {
        var limits = SideFileLimits()
        limits.capacity = SideFile.reserve + ringBytes
        return limits
    }
    func layout(_ volume: Int) -> TrackLayout {
        TrackLayout(
            volumeBytes: UInt64(volumeBlocks[volume] * WorldShape.blockBytes), trackBytes: WorldShape.trackBytes)
    }
    var trackCounts: [Int] { volumeBlocks.indices.map { layout($0).trackCount } }
    /// Those that are in the group from its beginning.
    var foundingVolumes: [Int] { volumeBlocks.indices.filter { !lateVolumes.contains($0) } }
    func array(_ half: Int) -> DiskArray { half == 0 ? first : second }
}

/// The groups of a world. Arrays and links are those that its groups need.
package struct WorldShape: Hashable, Sendable {
    package static let blocksPerTrack = 4
    package static let blockBytes = 1024
    package static let trackBytes: UInt32 = 4096

    /// At most eight.
    package var groups: [GroupShape]

    /// One group between two arrays.
    package init(mode: ReplicationMode) { groups = [GroupShape(mode: mode)] }

    // What tests of one group say and ask.
    package var volumeBlocks: [Int] {
        get { groups[0].volumeBlocks }
        set { groups[0].volumeBlocks = newValue }
    }
    package var limits: SideFileLimits { groups[0].limits }

    /// Which ends of links there are, as (array, array that it leads to); 2 · link and 2 · link + 1 are connected.
    var ends: [(DiskArray, DiskArray)] {
        var ends: [(DiskArray, DiskArray)] = []
        for group in groups where !ends.contains(where: { $0 == (group.first, group.second) }) {
            ends += [(group.first, group.second), (group.second, group.first)]
        }
        return ends
    }

    /// The volume's number on the array where `side` is: side 8 bits · group 4 · volume 4.
    static func ldev(_ volume: Int, on side: Side) -> LDEVNumber {
        LDEVNumber(UInt16((side.half + 1) << 8 | side.group << 4 | volume))
    }
    static func group(of ldev: LDEVNumber) -> Int { Int(ldev.value >> 4 & 0xF) }
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
