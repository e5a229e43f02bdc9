// The effect runner: what the array's shell does with the orders of its machine, one after the other.

internal import ReplicationCore

extension World {
    mutating func perform(_ effects: [GroupEffect], at side: Side) {
        guard !effects.isEmpty else { return }
        self[side].maySend = true
        let life = self[side].life
        for effect in effects {
            faultPoint()
            guard self[side].life == life else { return }
            note(side, "  " + effect.told)
            perform(effect, at: side)
        }
    }

    private mutating func perform(_ effect: GroupEffect, at side: Side) {
        switch effect {
        case .persist:
            if sabotage == .storesNoRecord, !self[side].stored.isEmpty { return }
            if self[side].hasGroup { self[side].store() }
        case .send(let message):
            if sabotage == .dropsMarks, case .marks = message { return }
            sendControl(swapSeen(message, at: side), about: self[side].groupIdentifier, from: side)
        case .place(let transition, let sequence, let position):
            place(transition, sequence, position, at: side)
        case .placeVoid(let sequence, let position):
            placeVoid(sequence, position, at: side)
        case .acknowledge:
            if self[side].hasLink { self[side].owesAcknowledgement = true }
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
            finish(token, refusal, at: side)
            if sabotage == .finishesTwice { finish(token, refusal, at: side) }
        case .removed:
            if let record = self[side].machine?.record, record.isGone { forgetGroup(at: side) }
        case .joined(let places):
            haveJoined(places, at: side)
        case .dropLink:
            cut(side)
            notice(side)
        case .note:
            break
        }
    }

    /// Notes what a secondary believes that asks for a swap.
    private mutating func swapSeen(_ message: PeerMessage, at side: Side) -> PeerMessage {
        guard case .swap(let epoch, let start, _) = message, let record = self[side].machine?.record else {
            return message
        }
        ledgers[side.group].swapLeaves(record, askedHere: tokens.contains(.open(side)))
        return sabotage == .swapsBlindly ? .swap(epoch: epoch, start: start, believedPaired: []) : message
    }

    mutating func sendControl(_ message: PeerMessage, about group: GroupIdentifier, from side: Side) {
        let bytes = message.encoded()
        let header = FrameHeader(kind: .control, group: group, payloadBytes: UInt32(bytes.count))
        send(Frame(header: header, payload: .bytes(bytes)), from: side)
    }

    mutating func send(_ frame: Frame, from side: Side) {
        guard self[side].hasLink else { return }
        pipes[self[side].end ^ 1].send(frame)
    }

    private mutating func place(
        _ transition: StreamTransition, _ sequence: SequenceNumber, _ position: UInt64, at side: Side
    ) {
        let bytes = transition.encoded()
        let header = FrameHeader(
            kind: .transition, group: self[side].groupIdentifier, epoch: self[side].group[0].record.epoch,
            payloadBytes: UInt32(bytes.count), sequence: sequence)
        put(Frame(header: header, payload: .bytes(bytes)), at: position, of: side)
        noteLaid(sequence, at: side)
        if case .copyComplete(let ldevs) = transition {
            let volumes = shape(of: side).volumeBlocks.indices.filter { volume in
                ldevs.contains(WorldShape.ldev(volume, on: side.other))
            }
            ledgers[side.group].recordCompletion(volumes.map { ($0, contentWithAdmitted(side, $0)) }, at: sequence)
        } else {
            ledgers[side.group].record(.other, at: sequence)
        }
    }

    /// The volume as it will be when all writes that have been admitted are on it.
    private func contentWithAdmitted(_ side: Side, _ volume: Int) -> [BlockValue] {
        var content = contents[side.group].volume(side, volume)
        for write in self[side].writes where write.volume == volume {
            guard case .local = write.stage else { continue }
            for block in write.first..<write.first + write.count { content[block] = write.value }
        }
        return content
    }

    /// Puts a complete frame into the ring; its place must still belong to it. // hot
    mutating func put(_ frame: Frame, at position: UInt64, of side: Side) {
        guard self[side].hasGroup else { return }
        let tail = self[side].group[0].sideFile.tail
        let head = self[side].group[0].sideFile.head
        if position < tail || position + UInt64(frame.byteCount) > head {
            fail(.ring, "\(side) fills \(position), which is not in \(tail)..<\(head)")
        }
        let slot = Int(frame.header.sequence.value) & (shape.groups[side.group].slotCount - 1)
        self[side].ring[slot] = Site.Place(position: position, frame: frame)
        self[side].maySend = true
    }

    mutating func finish(_ token: CommandToken, _ refusal: Refusal?, at side: Side) {
        let index = Int(token.value)
        guard case .open = tokens[index] else {
            fail(.finished, "request \(index) ended again: \(tokens[index])")
            return
        }
        tokens[index] = .ended(refusal)
        ledgers[side.group].ended(index, refusal)
        endJoin(token, at: side)
        // A shell takes a group back whose other half could not be made.
        if refusal != nil, creations[side.index] == token {
            creations[side.index] = nil
            tell(side) { $0.discard() }
        }
    }

    mutating func forgetGroup(at side: Side) {
        self[side].group.removeAll(keepingCapacity: true)
        self[side].isStale = true
        self[side].stored = []
        self[side].memories = []
        self[side].bitmaps = []
        self[side].nvram.erase()
        keepOnDisk(side)
        self[side].forgetRing()
        // The volumes stay, and so does the order of the writes to them.
        self[side].endCopy()
        for index in self[side].writes.indices {
            if case .local(let half, _) = self[side].writes[index].stage {
                self[side].writes[index].stage = .local(isHalfWritten: half, .simplex)
            }
        }
    }
}
