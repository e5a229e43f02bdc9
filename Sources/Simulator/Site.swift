// One side of one group, at its array: what survives when the array's process is killed, and what does not. Its volumes
// lie in `Contents`. What belongs to the whole array or to its end of a link (whether it runs, whether it has a
// connection) is kept by each of its sides.

package import ReplicationCore

/// The memory of a group, allocated once for the life of a world.
///
/// **Threads**: a world and its memories belong to one thread at a time.
@safe package final class Nvram: @unchecked Sendable {
    package let bytes: UnsafeMutableRawBufferPointer
    package init(byteCount: Int) {
        unsafe bytes = .allocate(byteCount: byteCount, alignment: 8)
        erase()
    }
    deinit { unsafe bytes.deallocate() }
    package func erase() { unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0) }
    package var contents: [UInt8] {
        get { unsafe Array(bytes) }
        set { unsafe bytes.copyBytes(from: newValue) }
    }
}

/// A host's write on its way through the steps of the write path.
package struct HostWrite: Hashable, Sendable {
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
    /// The local write will fail, half done.
    var fails = false
    /// What the write puts into each of its blocks; given at admission, so that it grows in the order of admission.
    var value: BlockValue = 0
    var stage = Stage.range
    var range: UInt32?
    /// Somebody held its range when it asked last, and nobody has given one back since.
    var isBlocked = false
    var number: Int

    var canAdvance: Bool {
        switch stage {
        case .range: !isBlocked
        case .admission, .local: true
        case .asleep, .acknowledgement: false
        }
    }
}

enum CopyStage: Sendable {
    case idle
    case locked(pair: Int, tracks: TrackRange, range: UInt32)
    case filling(CopyJob, range: UInt32, epoch: Epoch)

    var isIdle: Bool {
        switch self {
        case .idle: true
        case .locked, .filling: false
        }
    }
}

extension GroupRecord {
    var livePairs: [Int] { pairs.indices.filter { !pairs[$0].isDeleted } }
}

/// What the checkers read of a record.
struct RecordView: Sendable {
    let role: Role
    let epoch: Epoch
    let mode: ReplicationMode
    let pairs: [PairRecord]
    /// A secondary that takes what comes.
    let isTarget: Bool

    init(_ record: borrowing GroupRecord) {
        role = record.role
        epoch = record.epoch
        mode = record.mode
        pairs = record.pairs
        isTarget = record.role == .secondary && record.pairs.contains { !$0.isDeleted && $0.status.isReplicating }
    }
}

/// What must be true of one volume while the records of both sides are as they are.
struct Duties: OptionSet, Sendable {
    let rawValue: UInt8
    /// It holds what its place in the order says (I2).
    static let followsTheOrder = Duties(rawValue: 1)
    /// It is the target of a copy: what it was is no longer owed to anybody.
    static let isTarget = Duties(rawValue: 2)
    /// It holds what its hosts were told (I6).
    static let keepsItsWord = Duties(rawValue: 4)
    /// The other side holds what this side's hosts were told (I1).
    static let isOnBothSides = Duties(rawValue: 8)
    /// Both sides call it paired: no mark excuses a difference, only what is under way (I4).
    static let isEqual = Duties(rawValue: 16)
}

package struct Site: Sendable {
    struct Place: Sendable {
        var position: UInt64
        var frame: Frame
    }

    package let side: Side
    package let array: DiskArray
    /// Its end of its link.
    let end: Int
    // MARK: Survives a killed process
    let nvram: Nvram
    /// The memory as it is on the disk itself.
    var durable: [UInt8]
    /// The machine crashed, and the start after it has not been completed yet.
    var isDistrusted = false
    /// Volume: lost something in a crash of the machine, and no copy to it has begun since.
    var isDoubtful: [Bool]
    /// The memory as it is laid out; empty if there is none. (An element of an array is reached without being copied.)
    var memories: [GroupMemory] = []
    package var memory: GroupMemory? { memories.first }
    /// The bitmaps in the memory; only their words are read.
    var bitmaps: [TrackBitmap] = []
    /// The record as it was stored last; empty if there is none.
    var stored: [GroupRecord] = []
    /// The group that it has, or had last: what it says on leaving carries it still.
    var groupIdentifier = GroupIdentifier(0)
    // MARK: Lost with the process
    package internal(set) var isUp = true
    /// Counts the lives of the process.
    var life = 0
    /// The machine of the group; empty if there is none.
    var group: [GroupMachine] = []
    /// The frames in the ring, by their slot. A journal survives a killed process.
    var ring: [Place?]
    /// The frame of a journal that is being restored, or was when the process was killed.
    var restoring: FarNote?
    /// The slot whose frame probably leaves next.
    var sendHint = 0
    /// Whether there may be something to send.
    var maySend = false
    var ranges: [RangeOrder]
    var writes: [HostWrite] = []
    var copy = CopyStage.idle
    /// The request to take volumes into the group that is under way, and the ranges that keep their hosts from writing.
    var joining: (token: CommandToken, ranges: [(volume: Int, range: UInt32)])?
    var wantsCopy = false
    var owesAcknowledgement = false
    /// Whether this process believes that it has a connection.
    package internal(set) var hasLink = false
    package var failsNextApply = false
    package var failsNextCopy = false

    // MARK: The checkers' view of it
    /// Whether the record may have changed since the checkers looked at it.
    var isStale = true
    var view: RecordView?
    // The same for the checks after every step: whether there is a view, and what it says.
    var isKnown = false
    var role = Role.primary
    var isTarget = false
    /// Whether it has applied something since the checkers followed the order here.
    var hasNews = false
    var duties: [Duties]
    /// Whether its hosts could write to the first volume when the checkers looked last.
    var isWritable = false

    init(_ side: Side, end: Int, _ shape: GroupShape) {
        self.side = side
        self.end = end
        array = shape.array(side.half)
        isJournalled = shape.hasJournals
        isDoubtful = shape.volumeBlocks.map { _ in false }
        duties = shape.volumeBlocks.map { _ in [] }
        nvram = Nvram(
            byteCount: GroupMemory.byteCount(slotCount: shape.slotCount, trackCounts: shape.trackCounts))
        durable = nvram.contents
        ring = Array(repeating: nil, count: shape.slotCount)
        ranges = shape.volumeBlocks.map { _ in RangeOrder() }
        writes.reserveCapacity(8)
    }

    package var machine: GroupMachine? { group.first }
    var hasGroup: Bool { !group.isEmpty }

    /// The record as the running process has it, or as it was stored last.
    package var record: GroupRecord? { group.first?.record ?? stored.first }
    /// Writes the record of the running process down.
    mutating func store() { stored = [group[0].record] }

    mutating func look(at view: RecordView?) {
        self.view = view
        isStale = false
        isKnown = view != nil
        guard let view else { return }
        (role, isTarget) = (view.role, view.isTarget)
    }

    mutating func forgetRing() {
        for index in ring.indices { ring[index] = nil }
        restoring = nil
        sendHint = 0
    }
    mutating func release(_ range: UInt32, of volume: Int) {
        ranges[volume].release(range)
        for index in writes.indices { writes[index].isBlocked = false }
    }

    mutating func endCopy() {
        switch copy {
        case .idle: return
        case .locked(let pair, _, let range): release(range, of: pair)
        case .filling(let job, let range, _): release(range, of: job.pair)
        }
        copy = .idle
    }
    mutating func freeRanges() { for index in ranges.indices { ranges[index] = RangeOrder() } }

    /// Whether its ring outlasts its process.
    let isJournalled: Bool

    mutating func loseProcess() {
        if !isJournalled { forgetRing() }
        isUp = false
        isStale = true
        life += 1
        group.removeAll(keepingCapacity: true)
        freeRanges()
        writes.removeAll(keepingCapacity: true)
        copy = .idle
        joining = nil
        wantsCopy = false
        owesAcknowledgement = false
        maySend = false
        hasLink = false
        failsNextApply = false
        failsNextCopy = false
    }
}
