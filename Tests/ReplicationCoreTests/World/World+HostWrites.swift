// The steps of a host's write: range, admission, the local write in two halves, the frame, the answer.

internal import ReplicationCore

extension World {
    /// A host starts to write. Returns the number under which `answers` has its outcome.
    @discardableResult
    mutating func startWrite(
        _ side: Side, volume: Int = 0, first: Int, count: Int, fails: Bool = false, isDiscard: Bool = false
    ) -> Int {
        answers.append(nil)
        let number = answers.count - 1
        self[side].writes.append(
            HostWrite(
                volume: volume, first: first, count: count, isDiscard: isDiscard, fails: fails, number: number))
        note("\(side) write #\(number) starts: \(volume):\(first)+\(count)\(fails ? " (will fail)" : "")")
        return number
    }

    /// One step of the write at `index`. Returns whether anything happened.
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
            if isHalfWritten || write.fails {
                finishLocally(side, index, write, path)
            } else {
                let half = write.first..<write.first + (write.count + 1) / 2
                for block in half { self[side].volumes[write.volume][block] = write.value }
                self[side].writes[index].stage = .local(isHalfWritten: true, path)
            }
            return true
        }
    }

    private mutating func takeRange(_ side: Side, _ index: Int, _ write: HostWrite) -> Bool {
        if sabotage != .ignoresTheRange {
            let extent = shape.extent(first: write.first, count: write.count)
            guard let token = self[side].ranges[write.volume].acquire(extent) else { return false }
            self[side].writes[index].range = token
        }
        self[side].writes[index].stage = .admission
        return true
    }

    private mutating func admit(_ side: Side, _ index: Int, _ write: HostWrite) -> Bool {
        guard self[side].machine != nil, self[side].machine!.index(of: shape.ldev(write.volume, on: side)) != nil
        else {
            begin(side, index, .simplex)
            return true
        }
        let tracks = shape.layout(write.volume).tracks(of: shape.extent(first: write.first, count: write.count))
        let payload = write.isDiscard ? 0 : write.count * WorldShape.blockBytes
        switch self[side].machine!.admit(pair: write.volume, tracks: tracks, payloadBytes: payload, now: now) {
        case .refused:
            answer(side, index, false)
        case .tracked:
            begin(side, index, .tracked)
            if self[side].machine!.role == .secondary { ledger.hostWrote(side, write.volume) }
        case .asynchronous(let sequence, let position, _), .synchronous(let sequence, let position):
            begin(side, index, .stream(sequence, position: position, epoch: self[side].machine!.record.epoch))
            ledger.log[sequence.value] = .write(
                volume: write.volume, first: write.first, count: write.count, value: lastValue)
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
        self[side].writes[index].value = lastValue
        self[side].writes[index].stage = .local(isHalfWritten: false, path)
    }

    private mutating func finishLocally(_ side: Side, _ index: Int, _ write: HostWrite, _ path: HostWrite.Path) {
        let blocks = write.first..<write.first + write.count
        if !write.fails { for block in blocks { self[side].volumes[write.volume][block] = write.value } }
        switch path {
        case .simplex:
            answer(side, index, !write.fails)
        case .tracked:
            let settles = self[side].machine!.trackedWriteFinished()
            answer(side, index, !write.fails)
            if settles { tell(side) { $0.settle() } }
        case .stream(let sequence, let position, let epoch):
            handOver(side, write, sequence, position, epoch)
            let outcome = self[side].machine!.localWriteFinished(sequence, succeeded: !write.fails)
            release(side, index)
            if let decided = outcome.answer {
                answer(side, index, decided)
            } else {
                let slot = self[side].machine!.memory.slotIndex(of: sequence)
                self[side].writes[index].stage = .acknowledgement(slot: slot)
                if sabotage == .answersBeforeAcknowledgement { answer(side, index, true) }
            }
            if write.fails { tell(side) { $0.suspendByFault() } }
            if outcome.needsSettling { tell(side) { $0.settle() } }
        }
    }

    private mutating func handOver(
        _ side: Side, _ write: HostWrite, _ sequence: SequenceNumber, _ position: UInt64, _ epoch: Epoch
    ) {
        if write.fails { ledger.log[sequence.value] = .other }
        let kind: FrameKind = write.fails ? .void : write.isDiscard ? .zero : .write
        let payload = write.isDiscard ? 0 : write.count * WorldShape.blockBytes
        let header = FrameHeader(
            kind: kind, group: World.group, epoch: epoch, payloadBytes: UInt32(payload), sequence: sequence,
            ldev: shape.ldev(write.volume, on: side.other))
        let values = Array(repeating: write.value, count: write.count)
        put(Frame(header: header, body: .blocks(first: write.first, values)), at: position, of: side)
    }

    private mutating func release(_ side: Side, _ index: Int) {
        let write = self[side].writes[index]
        if let range = write.range { self[side].ranges[write.volume].release(range) }
        self[side].writes[index].range = nil
    }

    /// The host hears how its write ended.
    mutating func answer(_ side: Side, _ index: Int, _ succeeded: Bool) {
        release(side, index)
        let write = self[side].writes.remove(at: index)
        if answers[write.number] != nil { fail(.answer, "\(side) write \(write.number) is answered twice") }
        answers[write.number] = succeeded
        note("\(side) write #\(write.number) value \(write.value) answered \(succeeded)")
        if succeeded { ledger.acknowledge(side, write) }
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
