// The effect runner: what the array's shell does with the orders of its machine, one after the other.

internal import ReplicationCore

extension World {
    mutating func perform(_ effects: [GroupEffect], at side: Side) {
        let life = self[side].life
        for effect in effects {
            faultPoint()
            guard self[side].life == life else { return }
            note("  \(side) \(effect)")
            perform(effect, at: side)
        }
    }

    private mutating func perform(_ effect: GroupEffect, at side: Side) {
        switch effect {
        case .persist:
            if sabotage == .storesNoRecord, self[side].stored != nil { return }
            if let record = self[side].machine?.record { self[side].stored = record }
        case .send(let message):
            if sabotage == .dropsMarks, case .marks = message { return }
            sendControl(message, from: side)
        case .place(let transition, let sequence, let position):
            place(transition, sequence, position, at: side)
        case .complete(let slot, let succeeded):
            complete(slot: slot, succeeded: succeeded, at: side)
        case .wakeWriters:
            if sabotage == .forgetsToWake { return }
            for index in self[side].writes.indices where self[side].writes[index].stage == .asleep {
                self[side].writes[index].stage = .admission
            }
        case .copy:
            self[side].wantsCopy = true
        case .finished(let token, let refusal):
            finish(token, refusal)
            if sabotage == .finishesTwice { finish(token, refusal) }
        case .removed:
            if let record = self[side].machine?.record, record.isGone { forgetGroup(at: side) }
        case .dropLink:
            cut()
            notice(side)
        case .note:
            break
        }
    }

    mutating func sendControl(_ message: PeerMessage, from side: Side) {
        let bytes = message.encoded()
        let header = FrameHeader(kind: .control, group: World.group, payloadBytes: UInt32(bytes.count))
        send(Frame(header: header, body: .bytes(bytes)), from: side)
    }

    mutating func send(_ frame: Frame, from side: Side) {
        guard self[side].hasLink else { return }
        pipes[side.other.rawValue].send(frame)
    }

    private mutating func place(
        _ transition: StreamTransition, _ sequence: SequenceNumber, _ position: UInt64, at side: Side
    ) {
        let bytes = transition.encoded()
        let header = FrameHeader(
            kind: .transition, group: World.group, epoch: self[side].machine!.record.epoch,
            payloadBytes: UInt32(bytes.count), sequence: sequence)
        put(Frame(header: header, body: .bytes(bytes)), at: position, of: side)
        if case .copyComplete(let ldevs) = transition {
            let volumes = shape.volumeBlocks.indices.filter { ldevs.contains(shape.ldev($0, on: side.other)) }
            ledger.log[sequence.value] = .complete(volumes.map { ($0, contentWithAdmitted(side, $0)) })
        } else {
            ledger.log[sequence.value] = .other
        }
    }

    /// The volume as it will be when all writes that have been admitted are on it.
    private func contentWithAdmitted(_ side: Side, _ volume: Int) -> [UInt64] {
        var content = self[side].volumes[volume]
        for write in self[side].writes where write.volume == volume {
            guard case .local = write.stage else { continue }
            for block in write.first..<write.first + write.count { content[block] = write.value }
        }
        return content
    }

    /// Puts a complete frame into the ring; its place must still belong to it.
    mutating func put(_ frame: Frame, at position: UInt64, of side: Side) {
        guard let machine = self[side].machine else { return }
        if position < machine.sideFile.tail || position + UInt64(frame.byteCount) > machine.sideFile.head {
            fail(
                .ring, "\(side) fills \(position), which is not in \(machine.sideFile.tail)..<\(machine.sideFile.head)")
        }
        self[side].ring[position] = frame
    }

    mutating func finish(_ token: CommandToken, _ refusal: Refusal?) {
        let index = Int(token.value)
        guard case .open = tokens[index] else {
            fail(.finished, "request \(index) ended again: \(tokens[index])")
            return
        }
        tokens[index] = .ended(refusal)
        ledger.ended(index, refusal)
    }

    mutating func forgetGroup(at side: Side) {
        self[side].machine = nil
        self[side].stored = nil
        self[side].memory = nil
        self[side].nvram.erase()
        self[side].ring = [:]
        self[side].copy = .idle
        self[side].ranges = shape.volumeBlocks.map { _ in RangeOrder() }
        for index in self[side].writes.indices {
            self[side].writes[index].range = nil
            if case .local(let half, _) = self[side].writes[index].stage {
                self[side].writes[index].stage = .local(isHalfWritten: half, .simplex)
            }
        }
    }
}
