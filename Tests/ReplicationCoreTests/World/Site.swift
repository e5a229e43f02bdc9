// One array of the world: what survives when its process is killed, and what does not.

internal import ReplicationCore

enum Side: Int, CaseIterable, Hashable, Sendable {
    case a, b
    var other: Side { self == .a ? .b : .a }
}

/// The shape of a world: one group, its volumes and its limits. Tracks have four blocks of 1 KiB.
struct WorldShape: Sendable {
    static let blocksPerTrack = 4
    static let blockBytes = 1024
    static let trackBytes: UInt32 = 4096

    var mode: ReplicationMode
    /// Blocks of each volume. A volume need not end at the end of a track.
    var volumeBlocks = [24]
    var slotCount = 16
    /// Bytes of the ring beyond the reserve.
    var ringBytes = 32 * 1024
    var copyPace: UInt8 = 2

    var limits: SideFileLimits {
        var limits = SideFileLimits()
        limits.capacity = SideFile.reserve + ringBytes
        return limits
    }
    func layout(_ volume: Int) -> TrackLayout {
        TrackLayout(volumeBytes: UInt64(volumeBlocks[volume] * Self.blockBytes), trackBytes: Self.trackBytes)
    }
    func ldev(_ volume: Int, on side: Side) -> LDEVNumber { LDEVNumber(UInt16((side.rawValue + 1) << 8 | volume)) }
    func extent(first: Int, count: Int) -> ByteExtent {
        ByteExtent(offset: UInt64(first * Self.blockBytes), count: UInt64(count * Self.blockBytes))
    }
    static func blocks(of extent: ByteExtent) -> Range<Int> {
        Int(extent.offset) / blockBytes..<Int(extent.end) / blockBytes
    }
    var trackCounts: [Int] { volumeBlocks.indices.map { layout($0).trackCount } }
}

/// The memory of a group, allocated once for the life of a world.
@safe final class Nvram {
    let bytes: UnsafeMutableRawBufferPointer
    init(byteCount: Int) {
        unsafe bytes = .allocate(byteCount: byteCount, alignment: 8)
        erase()
    }
    deinit { unsafe bytes.deallocate() }
    func erase() { for index in unsafe bytes.indices { unsafe bytes[index] = 0 } }
    var contents: [UInt8] { unsafe Array(bytes) }
}

/// A host's write on its way through the steps of the write path.
struct HostWrite: Sendable {
    enum Path: Hashable, Sendable {
        case tracked
        case stream(SequenceNumber, position: UInt64, epoch: Epoch)
        case simplex
    }
    enum Stage: Hashable, Sendable {
        case range
        case admission
        case asleep
        case local(isHalfWritten: Bool, Path)
        case acknowledgement(slot: Int)
    }
    var volume: Int
    var first: Int
    var count: Int
    var isDiscard = false
    /// The local write will fail.
    var fails = false
    /// What the write puts into each of its blocks; given at admission, so that it grows in the order of admission.
    var value: UInt64 = 0
    var stage = Stage.range
    var range: UInt32?
    var number: Int
}

enum CopyStage: Sendable {
    case idle
    case locked(pair: Int, tracks: TrackRange, range: UInt32)
    case filling(CopyJob, range: UInt32, epoch: Epoch)
}

struct Site {
    let side: Side
    // MARK: Survives a killed process
    let nvram: Nvram
    var memory: GroupMemory?
    var stored: GroupRecord?
    /// For each volume the value of each block.
    var volumes: [[UInt64]]
    // MARK: Lost with the process
    var isUp = true
    /// Counts the lives of the process.
    var life = 0
    var machine: GroupMachine?
    var ring: [UInt64: Frame] = [:]
    var ranges: [RangeOrder]
    var writes: [HostWrite] = []
    var copy = CopyStage.idle
    var wantsCopy = false
    var owesAcknowledgement = false
    /// Whether this process believes that it has a connection.
    var hasLink = false
    var failsNextApply = false
    var failsNextCopy = false

    /// The record as the running process has it, or as it was stored last.
    var record: GroupRecord? { machine?.record ?? stored }

    /// Tracks of `volume` that are marked or spoken for by a live slot.
    func covers(_ track: Int, of volume: Int) -> Bool {
        guard let memory else { return false }
        if memory.bitmap(volume).isMarked(track) { return true }
        for index in 0..<memory.slotCount {
            guard let slot = memory.slot(at: index), slot.pair == volume else { continue }
            if slot.tracks.first <= track, track < slot.tracks.end { return true }
        }
        return false
    }

    mutating func loseProcess() {
        isUp = false
        life += 1
        machine = nil
        ring = [:]
        ranges = volumes.map { _ in RangeOrder() }
        writes = []
        copy = .idle
        wantsCopy = false
        owesAcknowledgement = false
        hasLink = false
        failsNextApply = false
        failsNextCopy = false
    }
}
