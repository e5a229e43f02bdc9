// The rules of one replication group on one array: a value with one mutating function for each event, which returns
// what is to be done. It reads no clock, owns no thread and touches neither file nor socket; the array's shell and the
// simulator drive the same code.
//
// What it keeps true (design, section 4):
// I1  a synchronous write is answered only when both sides have it, or as its fence says;
// I2  frames get their sequence numbers in the order of admission and leave in that order;
// I3  a slot or a mark covers every track that may differ, from before either side is touched;
// I5  `access(of:)` is the only way to a writable volume;
// I7  a command is checked completely before anything changes.
//
// The aspects: +HostWrites (admission, completion), +Stream (sending, acknowledging, copying, receiving),
// +Commands (what operators ask), +Joining (pairs that join), +Peer (what the other array asks), +Link (connection, timers, restart), +Journal (a
// primary's journal after a restart), +Restore (a secondary's journal).

/// Names an operator's request until it is answered.
package struct CommandToken: Hashable, Sendable {
    package var value: UInt64
    package init(_ value: UInt64) { self.value = value }
}

/// What the shell is to do, in this order, before it does anything else with the group.
package enum GroupEffect: Hashable, Sendable {
    /// Write the record; it must survive a killed process before the next effect is carried out.
    case persist
    /// Tell the other array. Dropped if the link is down.
    case send(PeerMessage)
    /// Put this frame into the ring at `position`: the machine has given it a place in the order.
    case place(StreamTransition, SequenceNumber, position: UInt64)
    /// Put a frame there that says nothing, and note that it is laid: its write never touched a copy.
    case placeVoid(SequenceNumber, position: UInt64)
    /// Tell the other array that everything up to here is here.
    case acknowledge(SequenceNumber, Epoch)
    /// Answer the host write that waits in this slot.
    case complete(slot: Int, succeeded: Bool)
    /// Writers that were told to wait may try again.
    case wakeWriters
    /// There are tracks to copy.
    case copy
    /// The operator's request has ended.
    case finished(CommandToken, Refusal?)
    /// These pairs are gone; with the last one the group is.
    case removed([LDEVNumber])
    /// The pairs in these places are new: their volumes belong to the group from here on.
    case joined([Int])
    /// The other array broke the rules of the link: drop the connection.
    case dropLink
    /// Something happened that an operator would want to read.
    case note(GroupNote)
}

/// What is worth a line in the array's log.
package enum GroupNote: Hashable, Sendable {
    case status(LDEVNumber, Role, PairStatus)
    case roleIsNow(Role)
    case interruptedWritesMarked(Int)
    /// After a restart so many frames of the journal are still to go over, or to be restored.
    case goesOnFromJournal(Int)
    case peerDisagrees

    /// Whether this side is now the one that hosts work on.
    package var isTakeover: Bool {
        switch self {
        case .status(_, _, .takenOver), .roleIsNow(.primary): true
        case .status, .roleIsNow, .interruptedWritesMarked, .goesOnFromJournal, .peerDisagrees: false
        }
    }
}

/// A slot's volatile half: what is under way between admission and acknowledgement.
struct SlotState: Sendable {
    enum Kind: UInt8, Sendable { case free, write, copy, transition }
    var kind: Kind = .free
    var pair: UInt16 = 0
    /// The frame is complete in the ring and may leave.
    var isReady = false
    var isLocalDone = false
    /// The host waits for the far side's acknowledgement.
    var awaitsAcknowledgement = false
    /// Given up before its local write ended; the answer is decided.
    var isAbandoned = false
    var succeedsIfAbandoned = false
    var position: UInt64 = 0
    var byteCount: UInt32 = 0
}

/// An operator's request that is under way. One at a time per group.
enum GroupOperation: Hashable, Sendable {
    case creating(CommandToken)
    case splitting(CommandToken, last: SequenceNumber)
    /// A resynchronisation that waits until the old stream has run out.
    case drainingBeforeCopy(CommandToken, pairs: [Int], pace: UInt8?, fence: FencePolicy?)
    case resynchronising(CommandToken, pairs: [Int], epoch: Epoch, fence: FencePolicy?, pace: UInt8?)
    case swapping(CommandToken?, epoch: Epoch, pace: UInt8?)
    case requestingSwap(CommandToken)
    case takingOver(CommandToken)
    case deleting(CommandToken, pairs: [Int])
    case joining(CommandToken, pairs: [PairRecord])
    /// A join is taken back at the other side; then it is refused.
    case withdrawing(CommandToken, Refusal)
    /// What this secondary has acknowledged out of its journal is restored first; then the other side is asked.
    case swappingOnceRestored(CommandToken?, pace: UInt8?)
    case takingOverOnceRestored(CommandToken)
    case deletingOnceRestored(CommandToken, pairs: [Int])
}

/// What the other array waits for; hosts' writes are held until it is done.
enum Handover: Hashable, Sendable {
    /// This primary becomes the secondary. Which pairs the other side takes for equal, by their numbers here.
    case swap(epoch: Epoch, start: SequenceNumber, believedPaired: [LDEVNumber])
    /// This primary suspends, because the secondary takes over.
    case takeOver
    /// This secondary stops its hosts and takes a copy.
    case yield(pairs: [Int], epoch: Epoch, start: SequenceNumber, mode: ReplicationMode)
}

enum LinkPhase: Hashable, Sendable {
    case down(since: Moment)
    /// Connected; the other side has not said yet what it believes.
    case greeting
    case open
}

package struct GroupMachine: Sendable {
    package internal(set) var record: GroupRecord
    package internal(set) var memory: GroupMemory
    package let timers: ArrayTimers
    package internal(set) var marks: [TrackBitmap]
    package internal(set) var sideFile: SideFile
    var slots: [SlotState]
    /// The next frame to leave.
    var sendNext: SequenceNumber
    /// The oldest frame that still has its place in the ring.
    var releaseNext: SequenceNumber
    var link: LinkPhase
    /// Host writes between admission and the end of their local write.
    var activeWrites = 0
    var operation: GroupOperation?
    var handover: Handover?
    var fullSince: Moment?
    let startedAt: Moment
    /// Whether the link was open since the start.
    var hasSeenLink = false
    /// For each pair: the transition that ends its copy, while it is under way.
    var completion: [SequenceNumber?]
    /// The other array's epoch when it greeted. A new stream has one that neither side has seen: an order that this
    /// array gave before its machine crashed may have reached the other, and nothing here knows of it any more.
    var peerEpoch = Epoch(0)
    /// For each pair: whether the other array, when it greeted, no longer had its half.
    var isMissingAtPeer: [Bool]
    /// For each pair: the transition that suspended it last, if one did.
    var suspension: [SequenceNumber]
    var copyCursor: [Int]
    var copyTurn = 0
    /// Bytes of copy frames that are not acknowledged.
    var copyBytesUnderWay = 0
    /// Secondary with a journal: what the primary said behind frames that are not restored yet.
    var deferred: [DeferredMessage] = []
    /// The same: frames that count as delivered only when they are restored, the oldest first.
    var heldBack: [SequenceNumber] = []
    /// The same: what had been acknowledged when this side last asked for another role.
    var promised: SequenceNumber?

    /// Takes up a group, new or after a restart.
    /// - Parameter memory: of the shape `record.slotCount`, `record.trackCounts`.
    package init(record: GroupRecord, memory: GroupMemory, limits: SideFileLimits, timers: ArrayTimers, now: Moment) {
        precondition(memory.slotCount == Int(record.slotCount) && memory.trackCounts == record.trackCounts)
        self.record = record
        self.memory = memory
        self.timers = timers
        marks = record.pairs.indices.map { memory.bitmap($0) }
        sideFile = SideFile(limits: limits)
        slots = Array(repeating: SlotState(), count: memory.slotCount)
        sendNext = memory.nextSequence
        releaseNext = memory.nextSequence
        link = .down(since: now)
        startedAt = now
        completion = record.pairs.map { _ in nil }
        isMissingAtPeer = record.pairs.map { _ in false }
        suspension = record.pairs.map { _ in .none }
        copyCursor = record.pairs.map { _ in 0 }
    }

    // MARK: Derived

    package var role: Role { record.role }
    package var isSynchronous: Bool { record.mode.isSynchronous }
    /// Whether the ring is a journal, which a killed process leaves as it is.
    package var isJournalled: Bool { record.journals != nil }
    package var isLinkOpen: Bool { link == .open }
    package var livePairs: [Int] { record.pairs.indices.filter { !record.pairs[$0].isDeleted } }

    package func index(of ldev: LDEVNumber) -> Int? {
        record.pairs.firstIndex { $0.local == ldev && !$0.isDeleted }
    }

    /// What hosts may do with the volume of pair `index` now.
    package func access(of index: Int) -> HostAccess { record.pairs[index].access(as: record.role) }

    /// Whether any pair's host writes travel.
    var isReplicating: Bool { record.pairs.contains { !$0.isDeleted && $0.status.isReplicating } }

    package var isBeingMade: Bool {
        if case .creating = operation { return true }
        return false
    }

    /// Percent of the tracks of pair `index` that are neither marked nor being copied; 100 only if none is.
    package func cleanPercent(of index: Int) -> UInt8 {
        let total = marks[index].trackCount
        let underWay = copyBytesUnderWay / Int(record.pairs[index].layout.trackBytes)
        let dirty = min(total, marks[index].markedCount + (record.pairs[index].status == .copying ? underWay : 0))
        return dirty == 0 ? 100 : UInt8(min(99, (total - dirty) * 100 / total))
    }

    /// Number of frames that the far side has not acknowledged.
    package var unacknowledged: UInt64 { memory.nextSequence.value - 1 - memory.acknowledged.value }

    /// Nothing is under way: every admitted write is on this side, and every frame has been acknowledged.
    var isDrained: Bool { activeWrites == 0 && unacknowledged == 0 }

    /// The epoch of a stream that begins anew.
    var nextEpoch: Epoch { max(record.epoch, peerEpoch).next }

    package var sideFileTimeout: Span {
        record.sideFileTimeout ?? (isJournalled ? timers.journalTimeout : timers.sideFileTimeout)
    }

    package var linkTimeout: Span { record.linkTimeout ?? timers.linkTimeout }

    /// Gives the group timers of its own; nil keeps what it has. They count on this side; the other has its own.
    package mutating func setTimers(sideFile: Span?, link: Span?) -> [GroupEffect] {
        if let sideFile { record.sideFileTimeout = sideFile }
        if let link { record.linkTimeout = link }
        return [.persist]
    }

    mutating func setStatus(_ status: PairStatus, of index: Int, _ effects: inout [GroupEffect]) {
        guard record.pairs[index].status != status else { return }
        record.pairs[index].status = status
        effects.append(.note(.status(record.pairs[index].local, record.role, status)))
    }
}
