// The journal of a secondary. A frame has arrived once it lies there whole: it survives a killed process, and the primary
// may forget it. A restore puts the frames on the volumes, in order, some time later.
//
//   numbers   … applied ]  ( applied … arrived ]  ( not here yet
//             on the volumes    in the journal
//
// What keeps the rules of a secondary that applies everything at once:
// I2  `applied` rises by one frame at a time, when the frame is on its volume;
// I3  a slot speaks for the tracks of each frame that waits; if the restore gives up, they are marked;
// -   what the primary says behind frames is heeded once these are restored (`deferred`), as if it had come later;
// -   what this side decides by itself (a takeover, a deletion, the link timeout) waits for the same;
// -   a change of state in the stream counts as delivered only when it is restored: whoever split a pair finds it split;
// -   once this side has asked for another role, everything does: the primary steps down when all of it is restored.

/// A message of the primary, and the last frame that came before it.
struct DeferredMessage: Hashable, Sendable {
    var message: PeerMessage
    var after: SequenceNumber
}

/// What a secondary with a journal does with a stream frame from the primary.
package enum ArrivalDecision: Hashable, Sendable {
    /// Lay it into the journal at `position`, then call `arrived`.
    case store(position: UInt64)
    /// The journal has no room: restore a frame first.
    case noRoom
    /// It arrived before: acknowledge again.
    case duplicate
    /// It belongs to another life of the stream: ignore it.
    case stale
    /// A frame is missing: drop the connection.
    case gap
}

/// The next frame to be restored.
package struct RestoreJob: Hashable, Sendable {
    package var sequence: SequenceNumber
    package var position: UInt64
    package var byteCount: Int
}

/// What is to be done with a frame that is restored.
package enum RestoreDecision: Hashable, Sendable {
    /// Put it on the volume of this pair, then call `restored`.
    case apply(pair: Int)
    /// Nothing to write; call `restored`.
    case skip
    /// Not the frame that lay here: call `restoreFailed`.
    case damaged
}

extension GroupMachine {
    /// Whether everything that arrived is on the volumes. Always so without a journal.
    package var isRestored: Bool { !isJournalled || record.role == .primary || memory.arrived <= memory.applied }

    /// Up to here the other array may forget what it sent.
    package var delivered: SequenceNumber {
        guard isJournalled else { return memory.applied }
        if let promised, asksForRole { return max(promised, memory.applied) }
        if let first = heldBack.first { return SequenceNumber(first.value - 1) }
        return newestHere
    }

    /// Whether this side has asked, or is about to ask, for another role.
    private var asksForRole: Bool {
        switch operation {
        case .swapping, .takingOver, .swappingOnceRestored, .takingOverOnceRestored: true
        case nil, .creating, .splitting, .drainingBeforeCopy, .resynchronising, .requestingSwap, .deleting, .joining,
            .withdrawing, .deletingOnceRestored:
            false
        }
    }

    /// From here on no more is acknowledged than is restored, as long as this side asks for another role.
    mutating func promise() { promised = isJournalled ? delivered : nil }

    /// Whether everything is on the volumes that was acknowledged when this side asked for another role.
    var isRestoredAsPromised: Bool { isRestored || memory.applied >= promised ?? .none }

    /// Secondary: the newest frame that is here, on the volumes or in the journal.
    package var newestHere: SequenceNumber { isJournalled ? max(memory.arrived, memory.applied) : memory.applied }

    /// Frames that wait in the journal of a secondary.
    package var waitingToBeRestored: UInt64 { isRestored ? 0 : memory.arrived.value - memory.applied.value }

    // MARK: Arriving

    /// What to do with a stream frame from the primary. One at a time. // hot
    package mutating func arrive(_ header: FrameHeader) -> ArrivalDecision {
        guard record.role == .secondary, header.epoch == record.epoch, isReplicating, header.kind.isStream else {
            return .stale
        }
        if header.sequence <= memory.arrived { return .duplicate }
        guard header.sequence == memory.arrived.next else { return .gap }
        let count = FrameHeader.byteCount + Int(header.payloadBytes)
        guard slots[memory.slotIndex(of: header.sequence)].kind == .free,
            let position = sideFile.allocate(count, mayUseReserve: true)
        else { return .noRoom }
        return .store(position: position)
    }

    /// The frame lies whole at `position`. Returns false if the pair has been given up meanwhile. // hot
    package mutating func arrived(_ header: FrameHeader, at position: UInt64) -> Bool {
        guard record.role == .secondary, header.epoch == record.epoch, isReplicating,
            header.sequence == memory.arrived.next
        else { return false }
        let slot = slot(for: header, at: position)
        memory.occupy(slot)
        keep(slot)
        memory.arrived = header.sequence
        return true
    }

    private func slot(for header: FrameHeader, at position: UInt64) -> InFlightSlot {
        var slot = InFlightSlot(
            sequence: header.sequence, pair: 0, tracks: TrackRange(first: 0, count: 0), position: position,
            byteCount: UInt32(FrameHeader.byteCount) + header.payloadBytes, isLaid: true)
        switch header.kind {
        case .write, .zero, .copy:
            guard let index = index(of: header.ldev) else { break }
            slot.pair = index
            slot.tracks = record.pairs[index].layout.tracks(
                of: ByteExtent(offset: header.offset, count: header.extentBytes))
        case .transition, .void, .acknowledgement, .applyFailure, .control, .heartbeat: break
        }
        return slot
    }

    private mutating func keep(_ slot: InFlightSlot) {
        slots[memory.slotIndex(of: slot.sequence)] = SlotState(
            kind: .write, pair: UInt16(slot.pair), isReady: true, isLocalDone: true, position: slot.position,
            byteCount: slot.byteCount)
        if slot.tracks.count == 0 { heldBack.append(slot.sequence) }
    }

    /// A new stream begins at `start`: nothing of it has come yet.
    mutating func restartArrival(at start: SequenceNumber) {
        memory.applied = SequenceNumber(start.value - 1)
        if isJournalled { memory.arrived = memory.applied }
    }

    // MARK: Restoring

    /// The frame to be restored next; nil if there is none. One at a time. // hot
    package var nextToRestore: RestoreJob? {
        guard !isRestored, !record.isGone else { return nil }
        let sequence = memory.applied.next
        let state = slots[memory.slotIndex(of: sequence)]
        return RestoreJob(sequence: sequence, position: state.position, byteCount: Int(state.byteCount))
    }

    /// What to do with the frame of `job`.
    /// - Parameter header: of the frame as it lies in the journal; nil if it is not whole. // hot
    package func restore(_ job: RestoreJob, _ header: FrameHeader?) -> RestoreDecision {
        guard let header, header.group == record.id, header.epoch == record.epoch, header.sequence == job.sequence,
            FrameHeader.byteCount + Int(header.payloadBytes) == job.byteCount
        else { return .damaged }
        switch header.kind {
        case .write, .zero, .copy:
            guard let index = target(of: header) else { return .skip }
            return .apply(pair: index)
        case .transition, .void: return .skip
        case .acknowledgement, .applyFailure, .control, .heartbeat: return .damaged
        }
    }

    /// The frame of `job` is on its volume, or its change of state has been made. // hot
    package mutating func restored(_ job: RestoreJob) -> [GroupEffect] {
        memory.applied = job.sequence
        let index = memory.slotIndex(of: job.sequence)
        memory.vacate(index)
        slots[index] = SlotState()
        // Not `releaseAll`: the next frame may have its place already.
        sideFile.release(upTo: job.position + UInt64(job.byteCount))
        var effects: [GroupEffect] = []
        let wasHeldBack = heldBack.first == job.sequence
        if wasHeldBack { heldBack.removeFirst() }
        if wasHeldBack || promised != nil { effects.append(.acknowledge(delivered, record.epoch)) }
        if !asksForRole, isRestored { promised = nil }
        // Hosts may write on and on: what was promised comes to an end, what arrives may not.
        if operation != nil, isRestoredAsPromised { settleOperation(&effects) }
        heedDeferred(&effects)
        return effects
    }

    /// A frame cannot be restored: the secondary stays at the point in time before it. What waits is marked, since the
    /// primary counts it as delivered.
    package mutating func restoreFailed() -> [GroupEffect] {
        giveJournalUp()
        var effects = applyFailed()
        switch operation {
        case .takingOverOnceRestored(let token), .swappingOnceRestored(let token?, _):
            // Asked for when nobody knew of this.
            operation = nil
            effects.append(.finished(token, .wrongStatus))
        case .swappingOnceRestored(nil, _):
            operation = nil
            effects.append(.send(.refused(.wrongStatus)))
        case nil, .creating, .splitting, .drainingBeforeCopy, .resynchronising, .swapping, .requestingSwap,
            .takingOver, .deleting, .joining, .withdrawing, .deletingOnceRestored:
            break
        }
        if operation != nil { settleOperation(&effects) }
        heedDeferred(&effects)
        return effects
    }

    private mutating func giveJournalUp() {
        for index in 0..<memory.slotCount {
            guard let slot = memory.slot(at: index) else { continue }
            if marks.indices.contains(slot.pair), slot.tracks.end <= marks[slot.pair].trackCount {
                marks[slot.pair].mark(slot.tracks)
            }
        }
        // A process that is killed from here on finds nothing that waits, and all of it marked.
        memory.arrived = memory.applied
        for index in 0..<memory.slotCount { memory.vacate(index) }
        slots = Array(repeating: SlotState(), count: memory.slotCount)
        heldBack = []
        sideFile.releaseAll()
    }

    // MARK: What is said behind frames

    /// Whether `message` has to wait for frames that came before it; it is kept then.
    mutating func mustWait(_ message: PeerMessage) -> Bool {
        guard record.role == .secondary, !isRestored || !deferred.isEmpty else { return false }
        switch message {
        // What the primary believes it says of both sides' records, not of what is on the volumes; and frames before a
        // join are not about the pairs that join.
        case .greeting, .join: return false
        case .unknownGroup, .create, .resynchronise, .swap, .requestSwap, .takeOver, .delete, .marks, .ready,
            .suspended,
            .done, .refused:
            break
        }
        deferred.append(DeferredMessage(message: message, after: memory.arrived))
        return true
    }

    private mutating func heedDeferred(_ effects: inout [GroupEffect]) {
        while let first = deferred.first, isRestored || first.after <= memory.applied {
            deferred.removeFirst()
            effects += heed(first.message)
        }
    }

    // MARK: After a restart

    /// Takes up what a killed process left in the restore journal.
    mutating func recoverRestore() -> [GroupEffect] {
        var waiting: [InFlightSlot] = []
        var sequence = memory.applied.next
        while sequence <= memory.arrived {
            guard let slot = memory.slot(at: memory.slotIndex(of: sequence)), slot.sequence == sequence else { break }
            waiting.append(slot)
            sequence = sequence.next
        }
        guard sequence > memory.arrived else { return loseJournal() }
        // A secondary that follows has no marks, unless it was giving its journal up.
        if livePairs.contains(where: { record.pairs[$0].status == .paired && !marks[$0].isEmpty }) {
            return restoreFailed()
        }
        guard waiting.isEmpty || isReplicating, let ring = ring(of: waiting) else { return restoreFailed() }
        sideFile = ring
        // Frames that were not counted yet, or are no more.
        for index in 0..<memory.slotCount {
            guard let slot = memory.slot(at: index) else { continue }
            if slot.sequence <= memory.applied || slot.sequence > memory.arrived { memory.vacate(index) }
        }
        for slot in waiting { keep(slot) }
        return waiting.isEmpty ? [] : [.note(.goesOnFromJournal(waiting.count))]
    }

    /// The ring in which `waiting` lie; nil if they cannot.
    private func ring(of waiting: [InFlightSlot]) -> SideFile? {
        guard let oldest = waiting.first, let newest = waiting.last else { return SideFile(limits: sideFile.limits) }
        let head = newest.position + UInt64(newest.byteCount)
        guard zip(waiting, waiting.dropFirst()).allSatisfy({ $0.position < $1.position }),
            head - oldest.position <= UInt64(sideFile.limits.capacity)
        else { return nil }
        return SideFile(limits: sideFile.limits, tail: oldest.position, head: head)
    }

    /// Nobody can say what is missing any more.
    private mutating func loseJournal() -> [GroupEffect] {
        for index in livePairs { marks[index].markAll() }
        return restoreFailed()
    }
}
