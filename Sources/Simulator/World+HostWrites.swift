// The steps of a host's write: range, admission, the local write in two halves, the frame, the answer.

internal import ReplicationCore

extension World {
    /// A host starts to write. Returns the number under which `answers` has its outcome.
    @discardableResult
    package mutating func startWrite(
        _ side: Side, volume: Int = 0, first: Int, count: Int, fails: Bool = false, isDiscard: Bool = false
    ) -> Int {
        answers.append(nil)
        let number = answers.count - 1
        self[side].writes.append(
            HostWrite(
                volume: volume, first: first, count: count, isDiscard: isDiscard, fails: fails, number: number))
        note(
            side,
            "write \(number) starts: volume \(volume), blocks \(first)..<\(first + count)\(fails ? " (will fail)" : "")"
        )
        return number
    }

    /// One step of the write at `index`. Returns whether anything happened. // hot
    mutating func advanceWrite(_ side: Side, _ index: Int) -> Bool {
        guard self[side].isUp, index < self[side].writes.count else { return false }
        faultPoint()
        guard self[side].isUp, index < self[side].writes.count else { return false }
        let write = self[side].writes[index]
        switch write.stage {
        case .range: return takeRange(side, index, write)
        case .admission: return admit(side, index, write)
        case .asleep, .acknowledgement: return false
        case .local(let isHalfWritten, let path):
            if isHalfWritten {
                finishLocally(side, index, write, path)
            } else {
                guard layAhead(side, write, path) else { return true }
                fill(side, write, 0..<(write.count + 1) / 2)
                self[side].writes[index].stage = .local(isHalfWritten: true, path)
            }
            return true
        }
    }

    private mutating func fill(_ side: Side, _ write: HostWrite, _ part: Range<Int>) {
        for offset in part { contents[side.group].store(side, write.volume, write.first + offset, write.value) }
    }

    private mutating func takeRange(_ side: Side, _ index: Int, _ write: HostWrite) -> Bool {
        if sabotage != .ignoresTheRange {
            let extent = WorldShape.extent(first: write.first, count: write.count)
            guard let token = self[side].ranges[write.volume].acquire(extent) else {
                self[side].writes[index].isBlocked = true
                return false
            }
            self[side].writes[index].range = token
        }
        self[side].writes[index].stage = .admission
        return true
    }

    private mutating func admit(_ side: Side, _ index: Int, _ write: HostWrite) -> Bool {
        guard self[side].hasGroup, !self[side].group[0].record.pairs[write.volume].isDeleted else {
            begin(side, index, .simplex)
            return true
        }
        let tracks = WorldShape.tracks(first: write.first, count: write.count)
        let payload = write.isDiscard ? 0 : write.count * WorldShape.blockBytes
        switch self[side].group[0].admit(pair: write.volume, tracks: tracks, payloadBytes: payload, now: now) {
        case .refused:
            answer(side, index, false)
        case .tracked:
            begin(side, index, .tracked)
            if self[side].group[0].record.role == .secondary { ledgers[side.group].hostWrote(side, write.volume) }
        case .asynchronous(let sequence, let position, _), .synchronous(let sequence, let position):
            begin(side, index, .stream(sequence, position: position, epoch: self[side].group[0].record.epoch))
            ledgers[side.group].record(
                .write(
                    volume: UInt8(write.volume), first: Int32(write.first), count: Int32(write.count),
                    value: lastValue),
                at: sequence)
            let value = lastValue
            note(side, "write \(write.number) is number \(sequence.value) of the order, value \(value)")
        case .wait:
            self[side].writes[index].stage = .asleep
            return false
        case .undeliverable:
            tell(side) { $0.giveUpLink() }
        }
        return true
    }

    private mutating func begin(_ side: Side, _ index: Int, _ path: HostWrite.Path) {
        lastValue += 1
        tally.writes += 1
        self[side].writes[index].value = lastValue
        self[side].writes[index].stage = .local(isHalfWritten: false, path)
    }

    private mutating func finishLocally(_ side: Side, _ index: Int, _ write: HostWrite, _ path: HostWrite.Path) {
        if write.fails { tally.faults += 1 } else { fill(side, write, (write.count + 1) / 2..<write.count) }
        switch path {
        case .simplex:
            answer(side, index, !write.fails)
        case .tracked:
            let settles = self[side].group[0].trackedWriteFinished()
            answer(side, index, !write.fails)
            if settles { tell(side) { $0.settle() } }
        case .stream(let sequence, let position, let epoch):
            if !self[side].group[0].isJournalled { handOver(side, write, sequence, position, epoch) }
            if write.fails { ledgers[side.group].record(.other, at: sequence) }
            let outcome = self[side].group[0].localWriteFinished(sequence, succeeded: !write.fails)
            release(side, index)
            if let decided = outcome.answer {
                answer(side, index, decided)
            } else {
                let slot = Int(sequence.value) & (shape.groups[side.group].slotCount - 1)
                self[side].writes[index].stage = .acknowledgement(slot: slot)
                if sabotage == .answersBeforeAcknowledgement { answer(side, index, true) }
            }
            if write.fails { tell(side) { $0.suspendByFault() } }
            if outcome.needsSettling { tell(side) { $0.settle() } }
        }
    }

    /// With a journal the frame lies in it before the local copy is touched. Returns whether the array still runs.
    private mutating func layAhead(_ side: Side, _ write: HostWrite, _ path: HostWrite.Path) -> Bool {
        guard self[side].isJournalled, case .stream(let sequence, let position, let epoch) = path else { return true }
        let life = self[side].life
        handOver(side, write, sequence, position, epoch)
        faultPoint()
        guard self[side].life == life else { return false }
        noteLaid(sequence, at: side)
        faultPoint()
        return self[side].life == life
    }

    private mutating func handOver(
        _ side: Side, _ write: HostWrite, _ sequence: SequenceNumber, _ position: UInt64, _ epoch: Epoch
    ) {
        // What lies in a journal was laid before anybody knew that the write would fail.
        let isVoid = write.fails && !self[side].isJournalled
        let kind: FrameKind = isVoid ? .void : write.isDiscard ? .zero : .write
        let payload = write.isDiscard ? 0 : write.count * WorldShape.blockBytes
        let header = FrameHeader(
            kind: kind, group: self[side].groupIdentifier, epoch: epoch, payloadBytes: UInt32(payload),
            sequence: sequence, offset: UInt64(write.first * WorldShape.blockBytes),
            extentBytes: UInt64(write.count * WorldShape.blockBytes),
            ldev: WorldShape.ldev(write.volume, on: side.other))
        let frame = Frame(
            header: header, first: Int32(write.first), count: Int32(write.count), value: write.value)
        put(frame, at: position, of: side)
    }

    private mutating func release(_ side: Side, _ index: Int) {
        let write = self[side].writes[index]
        if let range = write.range { self[side].release(range, of: write.volume) }
        self[side].writes[index].range = nil
    }

    /// The host hears how its write ended.
    mutating func answer(_ side: Side, _ index: Int, _ succeeded: Bool) {
        release(side, index)
        let write = self[side].writes.remove(at: index)
        if answers[write.number] != nil { fail(.answer, "\(side) write \(write.number) is answered twice") }
        answers[write.number] = succeeded
        note(side, "write \(write.number) \(succeeded ? "is acknowledged" : "fails")")
        guard succeeded else { return }
        for block in write.first..<write.first + write.count {
            contents[side.group].tell(side, write.volume, block, write.value)
        }
    }

    /// The write that waits in `slot` for the far side is answered.
    mutating func complete(slot: Int, succeeded: Bool, at side: Side) {
        let waiting = self[side].writes.firstIndex { $0.stage == .acknowledgement(slot: slot) }
        guard let waiting else {
            if sabotage != .answersBeforeAcknowledgement { fail(.answer, "\(side) nobody waits in slot \(slot)") }
            return
        }
        answer(side, waiting, succeeded)
    }
}
