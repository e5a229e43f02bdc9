// The ordered stream of a group: what may leave, what the far side has, which tracks are copied next, and on the far
// side what is applied.

/// A piece of the ring that may leave now.
package struct SendableRun: Hashable, Sendable {
    package var position: UInt64
    package var byteCount: Int
}

/// Tracks to be copied: read them, put the frame at `position`, then call `copyFilled`.
package struct CopyJob: Hashable, Sendable {
    package var sequence: SequenceNumber
    package var position: UInt64
    package var pair: Int
    package var extent: ByteExtent
}

/// What becomes of the tracks that `peekCopy` proposed.
package enum CopyDecision: Hashable, Sendable {
    case copy(CopyJob)
    /// They need no copying any more, or must not be copied now: ask `peekCopy` again.
    case outdated
    /// There is no room: the end of a frame under way asks for copies again.
    case noRoom

    package var job: CopyJob? {
        if case .copy(let job) = self { return job }
        return nil
    }
}

/// What the secondary does with a stream frame.
package enum ReceiveDecision: Hashable, Sendable {
    /// Apply it to the volume of this pair, then call `applied`.
    case apply(pair: Int)
    /// Nothing to write; call `applied`.
    case skip
    /// It was applied before: acknowledge again.
    case duplicate
    /// It belongs to another life of the stream: ignore it.
    case stale
    /// A frame is missing: drop the connection.
    case gap
}

extension GroupMachine {
    // MARK: Sending

    /// The first frame that has not left since the link came up. // hot
    package var nextToSend: SequenceNumber { sendNext }

    /// The next frames that may leave, adjacent in the ring and at most about `limit` bytes. // hot
    package mutating func nextSendable(limit: Int) -> SendableRun? {
        guard isLinkOpen, record.role == .primary else { return nil }
        var run: SendableRun?
        while sendNext < memory.nextSequence {
            let state = slots[memory.slotIndex(of: sendNext)]
            guard state.isReady else { break }
            if let current = run {
                guard current.position + UInt64(current.byteCount) == state.position,
                    sideFile.place(of: state.position) != 0, current.byteCount < limit
                else { break }
                run?.byteCount += Int(state.byteCount)
            } else {
                run = SendableRun(position: state.position, byteCount: Int(state.byteCount))
            }
            sendNext = sendNext.next
        }
        return run
    }

    /// The far side has everything up to `through`. `complete` is called for each host write that waited. // hot
    /// - Returns: whether `settle` must be called; nil if the far side acknowledged what was never sent.
    package mutating func acknowledge(through: SequenceNumber, complete: (Int) -> Void) -> Bool? {
        if through >= sendNext {
            guard let isNews = isNewsOfAnEarlierConnection(through) else { return nil }
            guard isNews else { return false }
            sendNext = through.next
        }
        guard through > memory.acknowledged else { return false }
        var sequence = memory.acknowledged.next
        while sequence <= through {
            let index = memory.slotIndex(of: sequence)
            if slots[index].kind == .copy { copyBytesUnderWay -= Int(slots[index].byteCount) }
            memory.vacate(index)
            let waits = slots[index].awaitsAcknowledgement
            slots[index] = SlotState()
            if waits { complete(index) }
            sequence = sequence.next
        }
        memory.acknowledged = through
        releaseRing()
        return fullSince != nil || handover != nil || operation != nil || hasCopyWork
    }

    /// Writers may be waiting for room, a handover for the end of the stream, a copy for its turn.
    package mutating func settle() -> [GroupEffect] {
        var effects: [GroupEffect] = []
        if fullSince != nil, sideFile.used < sideFile.limits.capacity / 10 * 9 {
            fullSince = nil
            effects.append(.wakeWriters)
        }
        settleCopies(&effects)
        settleOperation(&effects)
        settleHandover(&effects)
        return effects
    }

    /// Whether `issue` would find a slot and room for it now.
    func hasPlace(for transition: StreamTransition) -> Bool {
        let sequence = memory.nextSequence
        guard slots[memory.slotIndex(of: sequence)].kind == .free,
            sequence.value - releaseNext.value < UInt64(memory.slotCount)
        else { return false }
        var trial = sideFile
        return trial.allocate(FrameHeader.byteCount + transition.encoded().count, mayUseReserve: true) != nil
    }

    /// Gives a change of state its place in the order.
    mutating func issue(_ transition: StreamTransition, _ effects: inout [GroupEffect]) -> SequenceNumber? {
        let count = FrameHeader.byteCount + transition.encoded().count
        let place = occupy(0, TrackRange(first: 0, count: 0), count, kind: .transition, mayUseReserve: true)
        guard let (sequence, position) = place else { return nil }
        let index = memory.slotIndex(of: sequence)
        slots[index].isLocalDone = true
        slots[index].isReady = true
        effects.append(.place(transition, sequence, position: position))
        return sequence
    }

    // MARK: Copying

    private var hasCopyWork: Bool {
        record.pairs.contains { !$0.isDeleted && $0.status == .copying }
    }

    private mutating func settleCopies(_ effects: inout [GroupEffect]) {
        guard record.role == .primary, hasCopyWork, isLinkOpen else { return }
        var settled = false
        for index in livePairs where record.pairs[index].status == .copying {
            if let last = completion[index] {
                guard last <= memory.acknowledged else { continue }
                completion[index] = nil
                guard marks[index].isEmpty else { continue }
                setStatus(.paired, of: index, &effects)
                settled = true
            } else if marks[index].isEmpty {
                completion[index] = issue(.copyComplete([record.pairs[index].remote]), &effects)
            }
        }
        if settled { effects.append(.persist) }
        effects.append(.copy)
    }

    /// The longest frame of a copy beside hosts, if a track is not longer: a write that comes behind it waits while the far
    /// side puts it on its disk.
    package static let longestCopyBesideHosts = 64 << 10

    /// The run of tracks that should be copied next, and its bytes. Lock those bytes, then call `issueCopy`.
    /// - Parameter allowance: how many bytes of copies may be under way because hosts wait for the same link, in frames of
    ///   at most `longestCopyBesideHosts`; nil = the pair's pace alone decides. One frame always may.
    package mutating func peekCopy(allowance: Int? = nil) -> (pair: Int, tracks: TrackRange, extent: ByteExtent)? {
        guard record.role == .primary, isLinkOpen, handover == nil, !isBeingMade else { return nil }
        let live = livePairs.filter { record.pairs[$0].status == .copying && !marks[$0].isEmpty }
        guard !live.isEmpty else { return nil }
        copyTurn += 1
        let index = live[copyTurn % live.count]
        let pair = record.pairs[index]
        let trackBytes = Int(pair.layout.trackBytes)
        var tracksPerTurn = max(1, min(Int(pair.copyPace), FrameHeader.largestPayload / trackBytes))
        guard copyBytesUnderWay <= min(tracksPerTurn * trackBytes * 4, allowance ?? .max) else { return nil }
        if allowance != nil { tracksPerTurn = max(1, min(tracksPerTurn, Self.longestCopyBesideHosts / trackBytes)) }
        var run = marks[index].nextRun(from: copyCursor[index], limit: tracksPerTurn)
        if run == nil { run = marks[index].nextRun(from: 0, limit: tracksPerTurn) }
        guard let run else { return nil }
        return (index, run, pair.layout.extent(of: run))
    }

    /// Takes `tracks` into the stream. The caller holds their bytes: nobody writes them between here and `copyFilled`.
    package mutating func issueCopy(pair index: Int, tracks: TrackRange) -> CopyDecision {
        guard record.role == .primary, isLinkOpen, record.pairs[index].status == .copying,
            !record.pairs[index].isDeleted, handover == nil,
            let run = marks[index].nextRun(from: tracks.first, limit: tracks.count),
            run.first >= tracks.first, run.end <= tracks.end
        else { return .outdated }
        let extent = record.pairs[index].layout.extent(of: run)
        let count = FrameHeader.byteCount + Int(extent.count)
        guard let (sequence, position) = occupy(index, run, count, kind: .copy, mayUseReserve: false) else {
            return .noRoom
        }
        // The slot is live: from here on it speaks for the tracks, and the marks are free for newer writes.
        marks[index].clear(run)
        copyCursor[index] = run.end
        copyBytesUnderWay += count
        slots[memory.slotIndex(of: sequence)].isLocalDone = true
        return .copy(CopyJob(sequence: sequence, position: position, pair: index, extent: extent))
    }

    /// The frame of a copy is complete in the ring (or, not `succeeded`, holds nothing of use).
    package mutating func copyFilled(_ sequence: SequenceNumber, succeeded: Bool) -> [GroupEffect] {
        let index = memory.slotIndex(of: sequence)
        if slots[index].isAbandoned {
            slots[index] = SlotState()
            releaseRing()
            return [.wakeWriters] + settle()
        }
        slots[index].isReady = true
        return succeeded ? [] : suspendByFault()
    }

    // MARK: Receiving

    /// What to do with a stream frame from the primary. // hot
    package func receive(_ header: FrameHeader) -> ReceiveDecision {
        guard record.role == .secondary, header.epoch == record.epoch, isReplicating else {
            return .stale
        }
        if header.sequence <= memory.applied { return .duplicate }
        guard header.sequence == memory.applied.next else { return .gap }
        switch header.kind {
        case .write, .zero, .copy:
            guard let index = target(of: header) else { return .skip }
            return .apply(pair: index)
        case .transition, .void:
            return .skip
        case .acknowledgement, .applyFailure, .control, .heartbeat:
            return .stale
        }
    }

    /// The frame `sequence` is on the secondary's disk. // hot
    package mutating func applied(_ sequence: SequenceNumber) { memory.applied = sequence }

    /// A change of state reached its place in the order. Call `applied` after that.
    package mutating func apply(_ transition: StreamTransition) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        switch transition {
        case .copyComplete(let ldevs):
            for index in targets(ldevs, of: memory.applied.next) {
                setStatus(.paired, of: index, &effects)
                record.pairs[index].isUsable = true
                record.pairs[index].isUnconfirmed = false
                record.pairs[index].isSecondaryHostWritable = false
                marks[index].clearAll()
            }
        case .suspend(let ldevs, let cause, let writable):
            for index in targets(ldevs, of: memory.applied.next) {
                setStatus(.suspended(cause), of: index, &effects)
                record.pairs[index].isUnconfirmed = false
                record.pairs[index].isSecondaryHostWritable = writable
            }
        }
        effects.append(.persist)
        return effects
    }

    /// A write of the stream could not be applied here: the secondary stays at the point in time before it.
    package mutating func applyFailed() -> [GroupEffect] {
        var effects: [GroupEffect] = []
        for index in livePairs where record.pairs[index].status.isReplicating {
            setStatus(.suspended(.byFault), of: index, &effects)
        }
        effects.append(.persist)
        return effects
    }
}
