// Connections, crashes and time.

package import ReplicationCore

extension World {
    /// Makes a connection between two arrays that are up. A side that has not noticed the end of the last one does now.
    package mutating func connect() {
        guard self[.a].isUp, self[.b].isUp else { return }
        note(nil, "the link comes up")
        for side in Side.allCases where self[side].hasLink { notice(side) }
        guard self[.a].isUp, self[.b].isUp else { return }
        for side in Side.allCases {
            pipes[side.rawValue] = Pipe(isSevered: false)
            self[side].hasLink = true
        }
        for side in Side.allCases { tell(side) { $0.linkCameUp() } }
    }

    /// A fault: the connection breaks under two arrays that use it.
    package mutating func breakLink() {
        if isConnected { tally.faults += 1 }
        cut()
    }

    /// The connection breaks. What is in the pipes may still arrive until its receiver notices.
    package mutating func cut() {
        if !pipes[0].isSevered { note(nil, "the link is cut") }
        for side in Side.allCases {
            pipes[side.rawValue].isSevered = true
            pipes[side.rawValue].isBlackHole = false
        }
    }

    package var isConnected: Bool { !pipes[0].isSevered && self[.a].hasLink && self[.b].hasLink }

    /// `side` notices that its connection is gone.
    package mutating func notice(_ side: Side) {
        guard self[side].hasLink else { return }
        note(side, "notices that the link is down")
        cut()
        pipes[side.rawValue].clear()
        self[side].hasLink = false
        self[side].owesAcknowledgement = false
        let now = now
        tell(side) { $0.linkWentDown(now: now) }
    }

    package mutating func swallow(towards side: Side) {
        if !pipes[side.rawValue].isBlackHole { tally.faults += 1 }
        note(nil, "a black hole swallows what goes to \(side)")
        pipes[side.rawValue].isBlackHole = true
    }

    package mutating func crash(_ side: Side) {
        guard self[side].isUp else { return }
        note(side, "crashes")
        tally.faults += 1
        cut()
        pipes[side.rawValue].clear()
        ledger.crashed(side)
        self[side].loseProcess()
        for index in tokens.indices where tokens[index] == .open(side) { tokens[index] = .lost }
    }

    package mutating func restart(_ side: Side) {
        guard !self[side].isUp else { return }
        note(side, "starts")
        self[side].isUp = true
        guard let record = self[side].stored.first else {
            forgetGroup(at: side)
            return
        }
        if sabotage == .forgetsLiveSlots, let memory = self[side].memory {
            for index in 0..<memory.slotCount { memory.vacate(index) }
            memory.acknowledged = SequenceNumber(memory.nextSequence.value - 1)
        }
        openMemory(side, record.id)
        self[side].group = [
            GroupMachine(
                record: record, memory: self[side].memory!, limits: shape.limits, timers: timers, now: now)
        ]
        if record.isGone {
            forgetGroup(at: side)
            return
        }
        tell(side) { $0.recover() }
    }

    package mutating func strike(_ fault: Fault) {
        switch fault {
        case .crashA: crash(.a)
        case .crashB: crash(.b)
        case .cut: breakLink()
        }
    }

    /// Time goes by.
    package mutating func pass(_ span: Span) {
        now = now + span
        note(nil, "time passes")
        let now = now
        for side in Side.allCases where self[side].isUp { tell(side) { $0.tick(now: now) } }
    }
}
