// The life of the connection as a group sees it, the timers that run while it is down, and the return after a restart.

extension GroupMachine {
    /// A connection was made. Nothing flows until both sides have said what they believe.
    package mutating func linkCameUp() -> [GroupEffect] {
        link = .greeting
        return [.send(.greeting(greeting))]
    }

    /// The group was made over a connection that both sides use already.
    package mutating func joinOpenLink() {
        link = .open
        hasSeenLink = true
    }

    /// After its start an array gives its links a while to come up, once.
    func isWaitingForFirstLink(_ now: Moment) -> Bool { !hasSeenLink && now < startedAt + timers.startGrace }

    private var greeting: PeerGreeting {
        PeerGreeting(
            role: record.role, epoch: record.epoch, applied: delivered,
            pairs: livePairs.map { index in
                let pair = record.pairs[index]
                return PeerPair(
                    local: pair.local, remote: pair.remote, status: pair.status, isUsable: pair.isUsable)
            })
    }

    /// The other side said what it believes. Where both agree, the stream goes on where it stopped.
    mutating func greeted(_ peer: PeerGreeting) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        // A second greeting over the same connection corrects what was believed; frames may have left meanwhile.
        let isFirst = link == .greeting
        joinOpenLink()
        peerEpoch = peer.epoch
        isMissingAtPeer = record.pairs.map { pair in !peer.pairs.contains { $0.local == pair.remote } }
        switch (record.role, peer.role) {
        case (.primary, .secondary):
            resume(with: peer, sendsAgain: isFirst, &effects)
        case (.secondary, .primary):
            settleUnconfirmed(peer, &effects)
            // The primary may have heard what this side believed before it took over: it hears it again.
            if believesTooMuch(peer) { effects.append(.send(.greeting(greeting))) }
        case (.secondary, .secondary):
            break
        case (.primary, .primary):
            effects.append(.note(.peerDisagrees))
            suspendAll(.byFault, &effects)
        }
        noteReadiness(true, &effects)
        effects += [.wakeWriters, .copy]
        effects += settle()
        return effects
    }

    /// A mirror that is held for a delta resynchronisation is not ready while the link is lost: its pairs count as failed
    /// until it is back.
    /// - Source: RAID Manager reference, sections 2.2 and 6.2 (PSUE and PJES while not ready).
    private mutating func noteReadiness(_ isReady: Bool, _ effects: inout [GroupEffect]) {
        guard record.isHeld else { return }
        let (from, to): (SuspendCause, SuspendCause) = isReady ? (.byFault, .byOperator) : (.byOperator, .byFault)
        let changed = livePairs.filter { record.pairs[$0].status == .suspended(from) }
        guard !changed.isEmpty else { return }
        for index in changed { setStatus(.suspended(to), of: index, &effects) }
        effects.append(.persist)
    }

    /// - Parameter sendsAgain: the connection is new: what the far side does not have is lost with the old one.
    private mutating func resume(with peer: PeerGreeting, sendsAgain: Bool, _ effects: inout [GroupEffect]) {
        let statuses = peer.pairs.map(\.status)
        guard isReplicating else {
            tellOfSuspension(peer, &effects)
            // A split that still drains ends here if the secondary takes nothing any more.
            // (A pair that it took in and that is not known here takes nothing either.)
            let known = peer.pairs.filter { index(of: $0.remote) != nil }
            if !known.contains(where: \.status.isReplicating) { suspendAll(.byOperator, &effects) }
            return
        }
        if statuses.contains(.takenOver) || peer.pairs.isEmpty {
            suspendAll(.byOperator, &effects)
            return
        }
        // A secondary that takes the copy for complete must not get more of it: it would be called usable meanwhile.
        let contradicts = livePairs.contains { index in
            record.pairs[index].status == .copying && !marks[index].isEmpty
                && peer.pairs.contains { $0.local == record.pairs[index].remote && $0.status == .paired }
        }
        let agrees =
            !contradicts && peer.epoch == record.epoch && peer.applied >= memory.acknowledged
            && peer.applied < memory.nextSequence && hasEveryReplicatingPair(peer)
        guard agrees else {
            suspendAll(.byFault, &effects)
            return
        }
        // Everything after what the far side has is sent again; the frames still lie in the ring.
        if sendsAgain { sendNext = peer.applied.next }
        _ = acknowledge(through: peer.applied) { effects.append(.complete(slot: $0, succeeded: true)) }
    }

    /// Whether each pair that replicates here does so there, also one whose suspension is still on its way. One that
    /// does not would pass over its writes.
    private func hasEveryReplicatingPair(_ peer: PeerGreeting) -> Bool {
        livePairs.allSatisfy { index in
            let pair = record.pairs[index]
            return !pair.status.isReplicating && suspension[index] <= peer.applied
                || peer.pairs.contains { $0.local == pair.remote && $0.status.isReplicating }
        }
    }

    /// Whether the primary believes that a pair replicates that does not here (any more).
    private func believesTooMuch(_ peer: PeerGreeting) -> Bool {
        peer.pairs.contains { theirs in
            guard theirs.status.isReplicating else { return false }
            guard let index = index(of: theirs.remote) else { return true }
            return !record.pairs[index].status.isReplicating
        }
    }

    /// The secondary still believes in a pair that this primary has suspended: say so.
    private func tellOfSuspension(_ peer: PeerGreeting, _ effects: inout [GroupEffect]) {
        guard peer.pairs.contains(where: \.status.isReplicating) else { return }
        // A secondary greets a second time if it is believed too much of. By then its suspension may be on its way in the
        // stream, or an order to take a copy may have left, which the word of the suspension must not overtake.
        if unacknowledged > 0 { return }
        if case .resynchronising = operation { return }
        // One word for all of them. The pairs that the secondary knows to be suspended are not meant.
        let meant = suspensions { pair in
            peer.pairs.contains { $0.local == pair.remote && $0.status.isReplicating }
        }
        let causes = meant.isEmpty ? suspensions { _ in true } : meant
        guard let cause = causes.first(where: { $0 == .byFault }) ?? causes.first else { return }
        effects.append(.send(.suspended(cause)))
    }

    private func suspensions(where condition: (PairRecord) -> Bool) -> [SuspendCause] {
        livePairs.compactMap { index in
            guard case .suspended(let cause) = record.pairs[index].status, condition(record.pairs[index]) else {
                return nil
            }
            return cause
        }
    }

    /// The connection is lost. A synchronous pair parts only if something was under way; an asynchronous one waits for
    /// the link timeout.
    /// - Source: RAID Manager reference, section 5.3; seed 004.
    package mutating func linkWentDown(now: Moment) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        link = .down(since: now)
        handover = nil
        deferred = []
        effects.append(.wakeWriters)
        failOperation(.linkDown, &effects)
        guard record.role == .primary else { return effects }
        if !isReplicating {
            abandonStream(hostWritesSucceed: true, &effects)
        } else if isSynchronous {
            let isCopying = livePairs.contains { record.pairs[$0].status == .copying }
            if unacknowledged > 0 || isCopying { suspendAll(.byFault, &effects) }
        } else {
            sendNext = memory.acknowledged.next
        }
        return effects
    }

    /// Whether `tick` may have something to do.
    package var hasTimerRunning: Bool {
        if case .down = link { return true }
        return fullSince != nil
    }

    /// Runs the timers. Call at least ten times per shortest timer.
    package mutating func tick(now: Moment) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        if let since = fullSince, now >= since + sideFileTimeout { overflow(&effects) }
        if case .down(let since) = link, record.mode == .asynchronous, now >= since + linkTimeout {
            switch record.role {
            case .primary:
                suspendAll(.byFault, &effects)
            case .secondary:
                // What has arrived is restored first: nothing is taken by a pair that is suspended.
                guard isRestored else { break }
                let paired = livePairs.filter { record.pairs[$0].status == .paired }
                for index in paired { setStatus(.suspended(.byFault), of: index, &effects) }
                if !paired.isEmpty { effects.append(.persist) }
            }
            noteReadiness(false, &effects)
        }
        // Writers that wait for the link after a start ask again: the grace may be over.
        if case .down = link, isSynchronous, record.role == .primary { effects.append(.wakeWriters) }
        return effects
    }

    /// The side file stayed full: writes are marked from here on. What lies in it still goes over, in order.
    /// - Source: seed 004.
    private mutating func overflow(_ effects: inout [GroupEffect]) {
        fullSince = nil
        guard record.role == .primary, isReplicating else { return }
        // What lies in a journal is given up at once: its tracks are marked.
        guard isLinkOpen, !isSynchronous, !isJournalled else {
            suspendAll(isSynchronous ? .byFault : .sideFileFull, &effects)
            effects += settle()
            return
        }
        let replicating = livePairs.filter { record.pairs[$0].status.isReplicating }
        for index in replicating {
            setStatus(.suspended(.sideFileFull), of: index, &effects)
            completion[index] = nil
        }
        effects.append(.persist)
        let order = StreamTransition.suspend(
            replicating.map { record.pairs[$0].remote }, .sideFileFull, secondaryWritable: false)
        if let last = issue(order, &effects) {
            for index in replicating { suspension[index] = last }
        } else {
            abandonStream(hostWritesSucceed: true, &effects)
            effects.append(.send(.suspended(.sideFileFull)))
            effects += settle()
        }
        effects.append(.wakeWriters)
    }

    /// Takes up what a killed process left: writes that were under way are marked, and pairs that can no longer be
    /// known to agree are suspended. With a journal the stream goes on from there. Call once, before anything else.
    /// - Parameter frame: the header of the frame that lies in the journal at a slot's place; nil if it is not whole.
    package mutating func recover(_ frame: (InFlightSlot) -> FrameHeader? = { _ in nil }) -> [GroupEffect] {
        if isJournalled {
            if record.role == .secondary { return recoverRestore() }
            if let effects = goOnFromJournal(frame) { return effects }
        }
        var effects: [GroupEffect] = []
        var interrupted = 0
        for index in 0..<memory.slotCount {
            guard let slot = memory.slot(at: index) else { continue }
            if slot.pair < marks.count, slot.tracks.end <= marks[slot.pair].trackCount, slot.tracks.first >= 0 {
                marks[slot.pair].mark(slot.tracks)
            }
            interrupted += 1
        }
        guard record.role == .primary else { return [] }
        let unclean = livePairs.contains { record.pairs[$0].status == .paired && !marks[$0].isEmpty }
        // A copy that was running may have ended on the other side without a word of it here: until both have spoken, a
        // host's write must not pass for one of a copy that everybody knows to be unfinished.
        let wasCopying = livePairs.contains { record.pairs[$0].status == .copying }
        if interrupted > 0 || unclean || wasCopying || unacknowledged > 0 {
            effects.append(.note(.interruptedWritesMarked(interrupted)))
            suspendAll(.byFault, &effects)
        }
        forgetSlots()
        return effects
    }

    /// Nothing is under way any more.
    private mutating func forgetSlots() {
        for index in 0..<memory.slotCount { memory.vacate(index) }
        if isJournalled { memory.arrived = memory.applied }
        memory.acknowledged = SequenceNumber(memory.nextSequence.value - 1)
        sendNext = memory.nextSequence
        releaseNext = memory.nextSequence
    }
}

extension GroupMachine {
    /// The machine (not just the process) went down without an orderly stop: memory and volumes may both be older than
    /// what was answered. Every track is marked, and nothing is taken for equal or usable. Call before `recover`.
    /// - Source: design, section 4, flush.
    package mutating func distrust() -> [GroupEffect] {
        var effects: [GroupEffect] = []
        for index in livePairs {
            marks[index].markAll()
            guard record.role == .secondary else { continue }
            // A copy too: tracks that the primary counts as copied may have been lost with the page cache.
            if record.pairs[index].status.isReplicating { setStatus(.suspended(.byFault), of: index, &effects) }
            record.pairs[index].isUsable = false
        }
        // A slot may be half of one write and half of another. All tracks are marked: nothing is lost with them.
        forgetSlots()
        return effects + [.persist]
    }
}
