// Connections, crashes and time.

internal import ReplicationCore

extension World {
    /// Makes a connection between two arrays that are up. A side that has not noticed the end of the last one does now.
    mutating func connect() {
        guard self[.a].isUp, self[.b].isUp else { return }
        note("connect")
        for side in Side.allCases where self[side].hasLink { notice(side) }
        guard self[.a].isUp, self[.b].isUp else { return }
        for side in Side.allCases {
            pipes[side.rawValue] = Pipe(isSevered: false)
            self[side].hasLink = true
        }
        for side in Side.allCases { tell(side) { $0.linkCameUp() } }
    }

    /// The connection breaks. What is in the pipes may still arrive until its receiver notices.
    mutating func cut() {
        note("cut")
        for side in Side.allCases {
            pipes[side.rawValue].isSevered = true
            pipes[side.rawValue].isBlackHole = false
        }
    }

    var isConnected: Bool { !pipes[0].isSevered && self[.a].hasLink && self[.b].hasLink }

    /// `side` notices that its connection is gone.
    mutating func notice(_ side: Side) {
        guard self[side].hasLink else { return }
        note("\(side) notices that the link is down")
        cut()
        pipes[side.rawValue].frames = []
        self[side].hasLink = false
        self[side].owesAcknowledgement = false
        let now = now
        tell(side) { $0.linkWentDown(now: now) }
    }

    mutating func swallow(towards side: Side) {
        note("black hole towards \(side)")
        pipes[side.rawValue].isBlackHole = true
    }

    mutating func crash(_ side: Side) {
        guard self[side].isUp else { return }
        note("\(side) crashes")
        cut()
        pipes[side.rawValue].frames = []
        ledger.crashed(side, self[side])
        self[side].loseProcess()
        for index in tokens.indices where tokens[index] == .open(side) { tokens[index] = .lost }
    }

    mutating func restart(_ side: Side) {
        guard !self[side].isUp else { return }
        note("\(side) starts")
        self[side].isUp = true
        guard let record = self[side].stored else {
            forgetGroup(at: side)
            return
        }
        if sabotage == .forgetsLiveSlots, let memory = self[side].memory {
            for index in 0..<memory.slotCount { memory.vacate(index) }
            memory.acknowledged = SequenceNumber(memory.nextSequence.value - 1)
        }
        self[side].memory = openMemory(side)
        self[side].machine = GroupMachine(
            record: record, memory: self[side].memory!, limits: shape.limits, timers: timers, now: now)
        if record.isGone {
            forgetGroup(at: side)
            return
        }
        tell(side) { $0.recover() }
    }

    mutating func strike(_ fault: Fault) {
        switch fault {
        case .crashA: crash(.a)
        case .crashB: crash(.b)
        case .cut: cut()
        }
    }

    /// Time goes by.
    mutating func pass(_ span: Span) {
        now = now + span
        let now = now
        for side in Side.allCases where self[side].isUp { tell(side) { $0.tick(now: now) } }
    }
}
