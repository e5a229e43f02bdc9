// The stream: copying, sending, receiving, acknowledging. Each function is one step and says whether it did anything.

internal import ReplicationCore

extension World {
    // MARK: The primary's side

    /// One step of the copier: lock the next tracks, take them into the stream, fill their frame.
    package mutating func advanceCopy(_ side: Side) -> Bool {
        guard self[side].isUp, self[side].hasGroup else { return false }
        faultPoint()
        guard self[side].hasGroup else { return false }
        switch self[side].copy {
        case .idle: return lockCopy(side)
        case .locked(let pair, let tracks, let range): issueCopy(side, pair, tracks, range)
        case .filling(let job, let range, let epoch): fillCopy(side, job, range, epoch)
        }
        return true
    }

    private mutating func lockCopy(_ side: Side) -> Bool {
        guard self[side].wantsCopy else { return false }
        guard let next = self[side].group[0].peekCopy() else {
            self[side].wantsCopy = false
            return false
        }
        guard let range = self[side].ranges[next.pair].acquire(next.extent) else { return false }
        self[side].copy = .locked(pair: next.pair, tracks: next.tracks, range: range)
        return true
    }

    private mutating func issueCopy(_ side: Side, _ pair: Int, _ tracks: TrackRange, _ range: UInt32) {
        guard let job = self[side].group[0].issueCopy(pair: pair, tracks: tracks) else {
            self[side].release(range, of: pair)
            self[side].copy = .idle
            self[side].wantsCopy = false
            return
        }
        ledger.record(.copy(volume: UInt8(pair), tracks), at: job.sequence)
        self[side].copy = .filling(job, range: range, epoch: self[side].group[0].record.epoch)
    }

    private mutating func fillCopy(_ side: Side, _ job: CopyJob, _ range: UInt32, _ epoch: Epoch) {
        let blocks = WorldShape.blocks(of: job.extent)
        let fails = self[side].failsNextCopy
        self[side].failsNextCopy = false
        if fails { tally.faults += 1 }
        let header = FrameHeader(
            kind: fails ? .void : .copy, group: self[side].groupIdentifier, epoch: epoch,
            payloadBytes: UInt32(job.extent.count),
            sequence: job.sequence, ldev: shape.ldev(job.pair, on: side.other))
        let values = blocks.map { contents[side, job.pair, $0] }
        let frame = Frame(
            header: header, first: Int32(blocks.lowerBound), count: Int32(values.count), payload: .values(values))
        put(frame, at: job.position, of: side)
        self[side].copy = .idle
        self[side].release(range, of: job.pair)
        if sabotage == .clearsTooManyMarks, var marks = self[side].memory?.bitmap(job.pair) { marks.clearAll() }
        tell(side) { $0.copyFilled(job.sequence, succeeded: !fails) }
    }

    /// Sends what may leave, at most about `limit` bytes.
    package mutating func pump(_ side: Side, limit: Int = 16 * 1024) -> Bool {
        guard self[side].isUp, self[side].hasGroup else { return false }
        faultPoint()
        guard self[side].hasGroup, let run = self[side].group[0].nextSendable(limit: limit) else {
            self[side].maySend = false
            return false
        }
        var position = run.position
        let tail = self[side].group[0].sideFile.tail
        while position < run.position + UInt64(run.byteCount) {
            guard position >= tail, let frame = frame(at: position, of: side) else {
                fail(.ring, "\(side) sends \(position), which holds no frame")
                return true
            }
            position += UInt64(frame.byteCount)
            if sabotage == .losesAFrame, frame.header.kind == .copy { continue }
            note(side, "sends \(frame.header.told)")
            send(frame, from: side)
        }
        return true
    }

    /// The frame that lies at `position`. Frames leave in the order of their slots, so the next one is a good guess.
    private mutating func frame(at position: UInt64, of side: Side) -> Frame? {
        // Positions begin anew with a new stream: an old frame may lie in its slot still.
        let old = self[side].group[0].memory.acknowledged
        let guess = self[side].sendHint
        if let place = self[side].ring[guess], place.position == position, place.frame.header.sequence > old {
            self[side].sendHint = (guess + 1) & (shape.slotCount - 1)
            return place.frame
        }
        let slot = self[side].ring.firstIndex { place in
            guard let place else { return false }
            return place.position == position && place.frame.header.sequence > old
        }
        guard let slot else { return nil }
        self[side].sendHint = (slot + 1) & (shape.slotCount - 1)
        return self[side].ring[slot]?.frame
    }

    // MARK: Receiving

    func canDeliver(to side: Side) -> Bool {
        self[side].isUp && self[side].hasLink && !pipes[side.rawValue].isBlackHole && !pipes[side.rawValue].isEmpty
    }

    /// The next frame on its way to `side` arrives. // hot
    package mutating func deliver(to side: Side) -> Bool {
        guard canDeliver(to: side) else { return false }
        faultPoint()
        guard self[side].hasLink, !pipes[side.rawValue].isEmpty else { return false }
        let frame = pipes[side.rawValue].receive()
        note(side, "receives \(frame.header.told)")
        switch (frame.header.kind, frame.payload) {
        case (.control, .bytes(let bytes)):
            guard let message = try? PeerMessage(decoding: bytes) else { preconditionFailure("a message of our own") }
            note(side, "  " + message.told)
            receiveControl(message, about: frame.header.group, at: side)
        case _ where frame.header.group != self[side].groupIdentifier: break
        case (.acknowledgement, _): receiveAcknowledgement(frame.header, at: side)
        case (.applyFailure, _): tell(side) { $0.suspendByFault() }
        case (_, _): receiveStream(frame, at: side)
        }
        return true
    }

    private mutating func receiveControl(_ message: PeerMessage, about group: GroupIdentifier, at side: Side) {
        if self[side].hasGroup, self[side].groupIdentifier == group {
            let now = now
            tell(side) { $0.receive(message, now: now) }
            return
        }
        switch message {
        case .create(let order):
            if self[side].hasGroup {
                sendControl(.refused(.alreadyPaired), about: group, from: side)
            } else {
                createSecondary(order, group, at: side)
            }
        case .greeting, .resynchronise, .swap, .requestSwap, .takeOver, .delete:
            sendControl(.unknownGroup, about: group, from: side)
        case .unknownGroup, .marks, .ready, .suspended, .done, .refused: break
        }
    }

    private mutating func receiveAcknowledgement(_ header: FrameHeader, at side: Side) {
        guard self[side].hasGroup, header.epoch == self[side].group[0].record.epoch else { return }
        var completed: [Int] = []
        if sabotage == .clearsANewerMark { clearMarksOfCopies(through: header.sequence, at: side) }
        let settles = self[side].group[0].acknowledge(through: header.sequence) { completed.append($0) }
        for slot in completed { complete(slot: slot, succeeded: true, at: side) }
        guard let settles else {
            fail(.progress, "\(side) was told of frames it never sent: \(header.sequence)")
            return
        }
        if settles { tell(side) { $0.settle() } }
    }

    /// For a canary.
    private mutating func clearMarksOfCopies(through sequence: SequenceNumber, at side: Side) {
        guard let memory = self[side].memory, sequence < memory.nextSequence else { return }
        var number = memory.acknowledged.value + 1
        while number <= sequence.value {
            if case .copy(let volume, let tracks) = ledger.entry(at: number) {
                var marks = memory.bitmap(Int(volume))
                marks.clear(tracks)
            }
            number += 1
        }
    }

    private mutating func receiveStream(_ frame: Frame, at side: Side) {
        guard self[side].hasGroup else { return }
        let life = self[side].life
        switch self[side].group[0].receive(frame.header) {
        case .apply(let pair):
            if sabotage == .acknowledgesUnapplied, frame.header.sequence.value % 5 == 0 { break }
            if self[side].failsNextApply {
                failApply(frame, at: side)
                return
            }
            apply(sabotage == .appliesOutOfOrder ? swapped(frame, at: side) : frame, pair: pair, at: side)
        case .skip:
            if frame.header.kind == .transition, case .bytes(let bytes) = frame.payload {
                guard let transition = try? StreamTransition(decoding: bytes) else {
                    preconditionFailure("a transition of our own")
                }
                tell(side) { $0.apply(transition) }
            }
        case .duplicate:
            self[side].owesAcknowledgement = true
            return
        case .stale: return
        case .gap:
            cut()
            notice(side)
            return
        }
        faultPoint()
        guard self[side].life == life else { return }
        self[side].group[0].applied(frame.header.sequence)
        self[side].owesAcknowledgement = true
    }

    private mutating func apply(_ frame: Frame, pair: Int, at side: Side) {
        let life = self[side].life
        ledger.beginApplying(side, pair, frame)
        let count = Int(frame.count)
        for offset in 0..<count {
            if offset == (count + 1) / 2 {
                faultPoint()
                guard self[side].life == life else { return }
            }
            contents.store(side, pair, Int(frame.first) + offset, frame.value(at: offset))
        }
    }

    /// For a canary: this frame and the next write change places.
    private mutating func swapped(_ frame: Frame, at side: Side) -> Frame {
        guard frame.header.kind == .write else { return frame }
        var frame = frame
        pipes[side.rawValue].exchange(&frame)
        return frame
    }

    private mutating func failApply(_ frame: Frame, at side: Side) {
        self[side].failsNextApply = false
        tally.faults += 1
        note(side, "cannot apply it")
        tell(side) { $0.applyFailed() }
        guard let epoch = self[side].machine?.record.epoch else { return }
        let header = FrameHeader(
            kind: .applyFailure, group: self[side].groupIdentifier, epoch: epoch, sequence: frame.header.sequence)
        send(Frame(header: header), from: side)
    }

    /// Sends the cumulative acknowledgement that is owed.
    package mutating func acknowledge(_ side: Side) -> Bool {
        guard self[side].owesAcknowledgement, self[side].hasGroup else { return false }
        faultPoint()
        guard self[side].hasGroup else { return false }
        self[side].owesAcknowledgement = false
        let header = FrameHeader(
            kind: .acknowledgement, group: self[side].groupIdentifier, epoch: self[side].group[0].record.epoch,
            sequence: self[side].group[0].memory.applied)
        send(Frame(header: header), from: side)
        return true
    }
}
