// Connections, crashes and time. A side stands for its array where an array is meant, and for its end of its link.

package import ReplicationCore

extension World {
    // MARK: Links

    /// Whether the connection that `side` uses is there, and both ends believe in it.
    package func isConnected(_ side: Side) -> Bool {
        !pipes[sites[side.index].end].isSevered && sites[side.index].hasLink && sites[side.other.index].hasLink
    }
    /// Whether every link is connected.
    package var isConnected: Bool {
        for index in stride(from: 0, to: sites.count, by: 2) where !isConnected(Side(index: index)) { return false }
        return true
    }

    /// Makes the connection between the arrays of `side` and of its other side, if both are up. An end that has not
    /// noticed the end of the last one does now.
    package mutating func connect(_ side: Side = .a) {
        guard self[side].isUp, self[side.other].isUp else { return }
        noteLink(side, "comes up")
        for side in [side, side.other] where self[side].hasLink { notice(side) }
        guard self[side].isUp, self[side.other].isUp else { return }
        isWidespread = true
        let end = self[side].end & ~1
        for end in [end, end + 1] {
            pipes[end] = Pipe(isSevered: false)
            for side in sides(at: end) { self[side].hasLink = true }
        }
        for end in [end, end + 1] {
            for side in sides(at: end) { tell(side) { $0.linkCameUp() } }
        }
    }

    mutating func connectAll() {
        for group in shape.groups.indices where !isConnected(Side(group: group, half: 0)) {
            connect(Side(group: group, half: 0))
        }
    }

    /// A fault: the connection breaks under two arrays that use it.
    package mutating func breakLink(_ side: Side = .a) {
        if isConnected(side) { tally.faults += 1 }
        cut(side)
    }

    /// The connection breaks. What is in the pipes may still arrive until its receiver notices.
    package mutating func cut(_ side: Side = .a) {
        let end = self[side].end & ~1
        if !pipes[end].isSevered { noteLink(side, "is cut") }
        for end in [end, end + 1] {
            pipes[end].isSevered = true
            pipes[end].isBlackHole = false
        }
    }

    /// The array of `side` notices that its connection is gone.
    package mutating func notice(_ side: Side) {
        guard self[side].hasLink else { return }
        note(side, "notices that the link is down")
        isWidespread = true
        cut(side)
        pipes[self[side].end].clear()
        let here = sides(at: self[side].end)
        for side in here {
            self[side].hasLink = false
            self[side].owesAcknowledgement = false
        }
        let now = now
        for side in here { tell(side) { $0.linkWentDown(now: now) } }
    }

    package mutating func swallow(towards side: Side) {
        if !pipes[self[side].end].isBlackHole { tally.faults += 1 }
        let array = self[side].array
        noteLink(side, "becomes a black hole for what goes to array \(array)")
        pipes[self[side].end].isBlackHole = true
    }

    private mutating func noteLink(_ side: Side, _ text: String) {
        guard timeline != nil else { return }
        let name = pipes.count == 2 ? "the link" : "the link between \(self[side].array) and \(self[side.other].array)"
        note(nil, name + " " + text)
    }

    // MARK: Arrays

    /// The process of the array of `side` is killed.
    package mutating func crash(_ side: Side) {
        guard self[side].isUp else { return }
        note(side, "the array crashes")
        tally.faults += 1
        isWidespread = true
        for side in neighbours(of: side) {
            cut(side)
            pipes[self[side].end].clear()
        }
        for side in neighbours(of: side) {
            self[side].loseProcess()
            for index in tokens.indices where tokens[index] == .open(side) { tokens[index] = .lost }
        }
    }

    /// The array of `side` starts: first all its groups, then the frame is finished that each link was applying.
    package mutating func restart(_ side: Side) {
        guard !self[side].isUp else { return }
        note(side, "the array starts")
        isWidespread = true
        let here = neighbours(of: side)
        let isTrusted = !self[side].isDistrusted || sabotage == .forgetsDistrust
        for side in here { self[side].isUp = true }
        for side in sabotage == .forgetsASecondGroup ? [here[0]] : here {
            takeUp(side, isTrusted: isTrusted)
            guard self[side].isUp else { return }
        }
        // Every group has noted its distrust: only now does the array look like one of this boot.
        for side in here {
            self[side].isDistrusted = false
            self[side].isStale = true
        }
        for end in pipes.indices where here.contains(where: { self[$0].end == end }) {
            finishFrame(end, isTrusted: isTrusted)
        }
        for side in here where self[side].isUp && self[side].isJournalled { repeatJournal(side) }
    }

    private mutating func takeUp(_ side: Side, isTrusted: Bool) {
        guard let record = self[side].stored.first else {
            forgetGroup(at: side)
            return
        }
        if sabotage == .forgetsLiveSlots, let memory = self[side].memory {
            for index in 0..<memory.slotCount { memory.vacate(index) }
            memory.acknowledged = SequenceNumber(memory.nextSequence.value - 1)
        }
        openMemory(side, record.id)
        self[side].isStale = true
        self[side].group = [
            GroupMachine(
                record: record, memory: self[side].memory!, limits: shape(of: side).limits, timers: timers, now: now)
        ]
        if record.isGone {
            forgetGroup(at: side)
            return
        }
        if !isTrusted {
            self[side].forgetRing()
            tell(side) { $0.distrust() }
        }
        guard self[side].isUp else { return }
        let ring = self[side].ring
        tell(side) { $0.recover { slot in World.whole(slot.sequence, at: slot.position, in: ring)?.header } }
    }

    package mutating func strike(_ fault: Fault) {
        switch fault {
        case .crashA: crashArray(.a)
        case .crashB: crashArray(.b)
        case .crashC: crashArray(.c)
        case .cut: breakLink()
        }
    }

    private mutating func crashArray(_ array: DiskArray) {
        if let site = sites.first(where: { $0.array == array }) { crash(site.side) }
    }

    /// Time goes by.
    package mutating func pass(_ span: Span) {
        now = now + span
        note(nil, "time passes")
        isWidespread = true
        let now = now
        for side in sides where self[side].isUp { tell(side) { $0.tick(now: now) } }
    }
}
