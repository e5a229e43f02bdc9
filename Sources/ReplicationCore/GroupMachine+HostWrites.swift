// A host's write between the gate and its answer: admission, the end of the local write, and what becomes of writes
// that could not be delivered. Everything here is arithmetic; the shell calls it under the group's lock.

/// What the machine says to a host write.
package enum Admission: Hashable, Sendable {
    /// The volume is not writable for its hosts now.
    case refused
    /// Write locally and answer; the tracks are marked.
    case tracked
    /// Write locally, then hand the frame at `position` over. Answer after the local write, `delay` later.
    case asynchronous(SequenceNumber, position: UInt64, delay: Span)
    /// Write locally, then hand the frame at `position` over. The answer comes with the acknowledgement.
    case synchronous(SequenceNumber, position: UInt64)
    /// Not now: try again when writers are woken.
    case wait
    /// The link is down and the write cannot be delivered: call `giveUpLink`, then ask again.
    case undeliverable
}

/// What follows from the end of a local write.
package struct LocalOutcome: Hashable, Sendable {
    /// The answer for the host; nil if it comes with the acknowledgement.
    package var answer: Bool?
    /// Call `settle` once the frame is handed over.
    package var needsSettling: Bool
}

extension GroupMachine {
    /// Asks for a write of `tracks` with `payloadBytes` on the wire (0 for a discard). // hot
    ///
    /// Every answer but `refused`, `wait` and `undeliverable` must be followed by `localWriteFinished` or
    /// `trackedWriteFinished`.
    package mutating func admit(pair index: Int, tracks: TrackRange, payloadBytes: Int, now: Moment) -> Admission {
        guard access(of: index) == .readWrite else { return .refused }
        // A volume that has left the group waits for nothing in it.
        if handover != nil, !record.pairs[index].isDeleted { return .wait }
        let status = record.pairs[index].status
        guard record.role == .primary, status.isReplicating, !record.pairs[index].isDeleted else {
            return track(index, tracks)
        }
        if status == .copying, marks[index].isAnyMarked(tracks) { return track(index, tracks) }
        if isSynchronous {
            switch link {
            case .open: break
            case .greeting: return .wait
            case .down: return isWaitingForFirstLink(now) ? .wait : .undeliverable
            }
        }
        return replicate(index, tracks, payloadBytes, now)
    }

    private mutating func track(_ index: Int, _ tracks: TrackRange) -> Admission {
        if !record.pairs[index].isDeleted { marks[index].mark(tracks) }
        activeWrites += 1
        return .tracked
    }

    private mutating func replicate(
        _ index: Int, _ tracks: TrackRange, _ payloadBytes: Int, _ now: Moment
    ) -> Admission {
        let count = FrameHeader.byteCount + payloadBytes
        guard let (sequence, position) = occupy(index, tracks, count, kind: .write, mayUseReserve: false) else {
            if fullSince == nil { fullSince = now }
            return .wait
        }
        activeWrites += 1
        let slot = memory.slotIndex(of: sequence)
        guard isSynchronous else { return .asynchronous(sequence, position: position, delay: sideFile.responseDelay) }
        slots[slot].awaitsAcknowledgement = true
        return .synchronous(sequence, position: position)
    }

    /// The next sequence number with a slot and a place in the ring; nil if either is missing now. // hot
    mutating func occupy(
        _ index: Int, _ tracks: TrackRange, _ byteCount: Int, kind: SlotState.Kind, mayUseReserve: Bool
    ) -> (SequenceNumber, UInt64)? {
        let sequence = memory.nextSequence
        let slot = memory.slotIndex(of: sequence)
        guard slots[slot].kind == .free else { return nil }
        // The machine's own frames must always find a slot: a sixteenth of them is kept back.
        let kept = mayUseReserve ? 0 : UInt64(memory.slotCount / 16)
        guard sequence.value - releaseNext.value + kept < UInt64(memory.slotCount) else { return nil }
        guard let position = sideFile.allocate(byteCount, mayUseReserve: mayUseReserve) else { return nil }
        slots[slot] = SlotState(
            kind: kind, pair: UInt16(index), position: position, byteCount: UInt32(byteCount))
        memory.occupy(
            InFlightSlot(
                sequence: sequence, pair: index, tracks: tracks, position: position, byteCount: UInt32(byteCount)))
        memory.nextSequence = sequence.next
        return (sequence, position)
    }

    /// A write that `admit` called tracked is on the local copy, or failed. // hot
    package mutating func trackedWriteFinished() -> Bool {
        activeWrites -= 1
        return handover != nil || operation != nil || isReplicating
    }

    /// The local write of `sequence` ended; its frame is complete in the ring. // hot
    ///
    /// After a failure the copies may differ there: its tracks are marked and the caller must call `suspendByFault`.
    package mutating func localWriteFinished(_ sequence: SequenceNumber, succeeded: Bool) -> LocalOutcome {
        let index = memory.slotIndex(of: sequence)
        activeWrites -= 1
        slots[index].isLocalDone = true
        if slots[index].isAbandoned {
            let answer = succeeded && slots[index].succeedsIfAbandoned
            slots[index] = SlotState()
            releaseRing()
            return LocalOutcome(answer: answer, needsSettling: true)
        }
        slots[index].isReady = true
        if !succeeded {
            slots[index].awaitsAcknowledgement = false
            if let live = memory.slot(at: index) { marks[live.pair].mark(live.tracks) }
            return LocalOutcome(answer: false, needsSettling: true)
        }
        if isJournalled { memory.noteLocal(sequence) }
        return LocalOutcome(
            answer: slots[index].awaitsAcknowledgement ? nil : true,
            needsSettling: handover != nil || operation != nil)
    }

    /// Gives up everything that is under way: tracks are marked, waiting hosts are answered.
    /// - Parameter secondaryWasTold: whether the far side knows that it is out of date (decides fence STATUS).
    mutating func abandonStream(hostWritesSucceed: Bool, _ effects: inout [GroupEffect]) {
        var sequence = memory.acknowledged.next
        while sequence < memory.nextSequence {
            let index = memory.slotIndex(of: sequence)
            if let live = memory.slot(at: index) {
                if slots[index].kind != .transition { marks[live.pair].mark(live.tracks) }
                memory.vacate(index)
            }
            switch slots[index].kind {
            case .free: break
            case .write where !slots[index].isLocalDone:
                slots[index].isAbandoned = true
                slots[index].succeedsIfAbandoned = hostWritesSucceed || !slots[index].awaitsAcknowledgement
            case .write, .copy, .transition:
                if slots[index].awaitsAcknowledgement {
                    effects.append(.complete(slot: index, succeeded: hostWritesSucceed))
                }
                // A copy whose bytes are still being read into the ring keeps its place until they are.
                if slots[index].kind == .copy, !slots[index].isReady {
                    slots[index].isAbandoned = true
                } else {
                    slots[index] = SlotState()
                }
            }
            sequence = sequence.next
        }
        memory.acknowledged = SequenceNumber(memory.nextSequence.value - 1)
        sendNext = memory.nextSequence
        copyBytesUnderWay = 0
        completion = completion.map { _ in nil }
        fullSince = nil
        releaseRing()
        effects.append(.wakeWriters)
    }

    /// Frees the ring up to the oldest frame that still needs its place. // hot
    mutating func releaseRing() {
        while releaseNext < memory.nextSequence {
            let state = slots[memory.slotIndex(of: releaseNext)]
            if state.kind != .free { break }
            releaseNext = releaseNext.next
        }
        if releaseNext == memory.nextSequence {
            sideFile.releaseAll()
        } else {
            sideFile.release(upTo: slots[memory.slotIndex(of: releaseNext)].position)
        }
    }

    /// Suspends every replicating pair because of a fault. Marks cover what was under way; the fence decides the answers.
    package mutating func suspendByFault() -> [GroupEffect] {
        var effects: [GroupEffect] = []
        suspendAll(.byFault, &effects)
        return effects + settle()
    }

    /// The link is down and a host wants to write: the pair parts now, as its fence says.
    package mutating func giveUpLink() -> [GroupEffect] { suspendByFault() }

    mutating func suspendAll(_ cause: SuspendCause, _ effects: inout [GroupEffect]) {
        guard record.role == .primary else { return }
        guard isReplicating else {
            // Suspended already. What was written before cannot be delivered any more: nobody waits for it.
            guard unacknowledged > 0 else { return }
            abandonStream(hostWritesSucceed: true, &effects)
            effects.append(.send(.suspended(cause)))
            return
        }
        let told = isLinkOpen
        let succeed: Bool
        let fences: Bool
        switch (record.mode, cause) {
        case (.asynchronous, _), (.synchronous, .byOperator), (.synchronous, .sideFileFull):
            (succeed, fences) = (true, false)
        case (.synchronous(.never), .byFault): (succeed, fences) = (true, false)
        case (.synchronous(.status), .byFault): (succeed, fences) = (told, !told)
        case (.synchronous(.data), .byFault): (succeed, fences) = (false, true)
        }
        abandonStream(hostWritesSucceed: succeed, &effects)
        for index in livePairs where record.pairs[index].status.isReplicating {
            setStatus(.suspended(cause), of: index, &effects)
            record.pairs[index].isFenced = fences
            record.pairs[index].isSecondaryHostWritable = false
        }
        // The record goes out before the answers do: an acknowledged write must not outlive its pair's old state.
        effects.insert(.persist, at: 0)
        if told { effects.append(.send(.suspended(cause))) }
        if case .splitting(let token, _) = operation {
            operation = nil
            effects.append(.finished(token, nil))
        }
        if case .swap = handover {
            // The secondary never got what was under way: as the primary it would overwrite it.
            handover = nil
            effects.append(.send(.refused(.wrongStatus)))
        }
    }
}
