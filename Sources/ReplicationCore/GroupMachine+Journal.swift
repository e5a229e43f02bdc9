// The journal of a primary after its process was killed: what lay in it goes on to the other array, in order, and the pair
// stays paired. The decision is here alone; whatever is not plainly sound goes the way of a side file (`recover`).
//
// Why a frame may be left out: it is laid whole, and noted as laid, before its write touches the local copy. One that was
// not noted belongs to a write that never began and was never answered: it becomes a frame that says nothing. One that
// was noted as laid and not as local is there not at all, or half, or wholly: it is written there again. No newer write to
// the same bytes is overwritten by that: such a one is admitted only after the older one was noted as local.

/// A write that lies in the journal and is perhaps not, or not wholly, on the local copy.
package struct JournalledWrite: Hashable, Sendable {
    package var sequence: SequenceNumber
    package var pair: Int
    package var position: UInt64
    package var byteCount: Int
}

extension GroupMachine {
    /// The writes that `recover` took up from the journal and that must be repeated, oldest first. Put each on its volume
    /// before anything else may touch that, and call `repeated`, or `suspendByFault` if it fails.
    package var journalledWrites: [JournalledWrite] {
        guard isJournalled, record.role == .primary else { return [] }
        var writes: [JournalledWrite] = []
        var sequence = memory.acknowledged.next
        while sequence < memory.nextSequence {
            let state = slots[memory.slotIndex(of: sequence)]
            if state.kind == .write, state.isLocalDone, !state.isReady {
                writes.append(
                    JournalledWrite(
                        sequence: sequence, pair: Int(state.pair), position: state.position,
                        byteCount: Int(state.byteCount)))
            }
            sequence = sequence.next
        }
        return writes
    }

    /// A secondary with a journal restores late: what it acknowledges then may have come to it over an earlier connection,
    /// and was not sent over this one yet. False: it belongs to a life of this side that a crash of its machine has ended.
    /// nil: it cannot have come at all.
    func isNewsOfAnEarlierConnection(_ through: SequenceNumber) -> Bool? {
        guard isJournalled else { return nil }
        if !isReplicating, unacknowledged == 0 { return false }
        guard through < memory.nextSequence else { return nil }
        var sequence = sendNext
        while sequence <= through {
            guard slots[memory.slotIndex(of: sequence)].isReady else { return nil }
            sequence = sequence.next
        }
        return true
    }

    /// The write is on its volume: its frame may leave.
    package mutating func repeated(_ write: JournalledWrite) {
        memory.noteLocal(write.sequence)
        slots[memory.slotIndex(of: write.sequence)].isReady = true
    }

    /// Takes the stream up where the journal has it; nil if it cannot be trusted to be all that parts the copies.
    mutating func goOnFromJournal(_ frame: (InFlightSlot) -> FrameHeader?) -> [GroupEffect]? {
        let live = livePairs
        guard !live.isEmpty, live.allSatisfy({ record.pairs[$0].status == .paired && marks[$0].isEmpty }),
            let kept = keptSlots(), let states = kept.mapEach({ stateAfterRestart(of: $0, frame) })
        else { return nil }
        let first = kept.first?.sequence ?? memory.nextSequence
        if let oldest = kept.first, let newest = kept.last {
            let head = newest.position + UInt64(newest.byteCount)
            guard oldest.position <= newest.position, head - oldest.position <= UInt64(sideFile.limits.capacity) else {
                return nil
            }
            sideFile = SideFile(limits: sideFile.limits, tail: oldest.position, head: head)
        }
        // The write of this number had not been admitted to its end.
        memory.vacate(memory.slotIndex(of: memory.nextSequence))
        memory.acknowledged = SequenceNumber(first.value - 1)
        (sendNext, releaseNext) = (first, first)
        var effects: [GroupEffect] = []
        for (slot, state) in zip(kept, states) {
            slots[memory.slotIndex(of: slot.sequence)] = state
            if state.kind == .copy { copyBytesUnderWay += Int(state.byteCount) }
            guard !slot.isLaid else { continue }
            var short = slot
            short.byteCount = state.byteCount
            memory.occupy(short)
            effects.append(.placeVoid(slot.sequence, position: slot.position))
        }
        if !kept.isEmpty { effects.append(.note(.goesOnFromJournal(kept.count))) }
        return effects
    }

    /// The slots of all frames that are not acknowledged, in order. Acknowledged ones may be freed and not counted yet, and
    /// one may be live that has no number yet; nil if anything else is wrong with them.
    private func keptSlots() -> [InFlightSlot]? {
        var kept: [InFlightSlot] = []
        var sequence = memory.acknowledged.next
        while sequence < memory.nextSequence {
            if let slot = memory.slot(at: memory.slotIndex(of: sequence)), slot.sequence == sequence {
                kept.append(slot)
            } else if !kept.isEmpty {
                return nil
            }
            sequence = sequence.next
        }
        let known = kept.count
        let others = (0..<memory.slotCount).filter { index in
            guard let slot = memory.slot(at: index) else { return false }
            return slot.sequence <= memory.acknowledged || slot.sequence >= memory.nextSequence
        }
        let isInOrder = zip(kept, kept.dropFirst()).allSatisfy { $0.position < $1.position }
        guard known < memory.slotCount, isInOrder,
            others.allSatisfy({ memory.slot(at: $0)?.sequence == memory.nextSequence })
        else { return nil }
        return kept
    }

    /// nil: the frame was laid and is damaged.
    private func stateAfterRestart(
        of slot: InFlightSlot, _ frame: (InFlightSlot) -> FrameHeader?
    ) -> SlotState? {
        guard record.pairs.indices.contains(slot.pair), slot.byteCount >= FrameHeader.byteCount,
            slot.tracks.end <= marks[slot.pair].trackCount
        else { return nil }
        var state = SlotState(
            kind: .transition, pair: UInt16(slot.pair), isReady: true, isLocalDone: true, position: slot.position,
            byteCount: slot.byteCount)
        guard slot.isLaid else {
            state.byteCount = UInt32(FrameHeader.byteCount)
            return state
        }
        guard let header = frame(slot), header.group == record.id, header.epoch == record.epoch,
            header.sequence == slot.sequence, FrameHeader.byteCount + Int(header.payloadBytes) == Int(slot.byteCount)
        else { return nil }
        switch header.kind {
        case .write, .zero:
            state.kind = .write
            // Nobody will report its end any more; it leaves once it was repeated.
            state.isReady = slot.isLocal || record.pairs[slot.pair].isDeleted
        case .copy: state.kind = .copy
        case .transition, .void: break
        case .acknowledgement, .applyFailure, .control, .heartbeat: return nil
        }
        return state
    }
}

extension Array {
    /// All results, or nil if one is nil.
    fileprivate func mapEach<Result>(_ body: (Element) -> Result?) -> [Result]? {
        var results: [Result] = []
        results.reserveCapacity(count)
        for element in self {
            guard let result = body(element) else { return nil }
            results.append(result)
        }
        return results
    }
}
