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
        let decision = self[side].group[0].issueCopy(pair: pair, tracks: tracks)
        guard let job = decision.job else {
            self[side].release(range, of: pair)
            self[side].copy = .idle
            if decision == .noRoom { self[side].wantsCopy = false }
            return
        }
        ledgers[side.group].record(.copy(volume: UInt8(pair), tracks), at: job.sequence)
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
            sequence: job.sequence, offset: job.extent.offset, extentBytes: job.extent.count,
            ldev: WorldShape.ldev(job.pair, on: side.other))
        let values = blocks.map { contents[side.group][side, job.pair, $0] }
        let frame = Frame(
            header: header, first: Int32(blocks.lowerBound), count: Int32(values.count), payload: .values(values))
        put(frame, at: job.position, of: side)
        noteLaid(job.sequence, at: side)
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
            self[side].sendHint = (guess + 1) & (self[side].ring.count - 1)
            return place.frame
        }
        let slot = self[side].ring.firstIndex { place in
            guard let place else { return false }
            return place.position == position && place.frame.header.sequence > old
        }
        guard let slot else { return nil }
        self[side].sendHint = (slot + 1) & (self[side].ring.count - 1)
        return self[side].ring[slot]?.frame
    }

    // MARK: Receiving

    func canDeliver(to side: Side) -> Bool {
        let end = sites[side.index].end
        return sites[side.index].isUp && sites[side.index].hasLink && !pipes[end].isBlackHole && !pipes[end].isEmpty
    }

    /// The next frame on its way to the array of `side` arrives there. // hot
    package mutating func deliver(to side: Side) -> Bool {
        guard canDeliver(to: side) else { return false }
        faultPoint()
        let end = self[side].end
        guard self[side].hasLink, !pipes[end].isEmpty else { return false }
        let frame = pipes[end].receive()
        let known = addressee(frame.header.group, at: end)
        // The checkers look at the group of the one who was asked; another one's step is told to them.
        if known != side { isWidespread = true }
        switch (frame.header.kind, frame.payload) {
        case (.control, .bytes(let bytes)):
            guard let message = try? PeerMessage(decoding: bytes) else { preconditionFailure("a message of our own") }
            note(known ?? side, "receives \(frame.header.told)")
            note(known ?? side, "  " + message.told)
            receiveControl(message, about: frame.header.group, at: known, end)
        case (let kind, _):
            guard let known else { break }
            note(known, "receives \(frame.header.told)")
            switch kind {
            case .acknowledgement:
                let heeds = sabotage == .mixesUpAcknowledgements ? sides(at: end)[0] : known
                receiveAcknowledgement(frame.header, at: heeds)
            case .applyFailure: tell(known) { $0.suspendByFault() }
            case .control, .heartbeat, .write, .zero, .copy, .transition, .void: receiveStream(frame, at: known)
            }
        }
        return true
    }

    /// The side at this end of a link that has the group, or had it last. // hot
    private func addressee(_ group: GroupIdentifier, at end: Int) -> Side? {
        for index in sites.indices where sites[index].end == end && sites[index].groupIdentifier == group {
            return Side(index: index)
        }
        return nil
    }

    private mutating func receiveControl(
        _ message: PeerMessage, about group: GroupIdentifier, at known: Side?, _ end: Int
    ) {
        if let known, self[known].hasGroup {
            if case .join(let order) = message { prepare(order, at: known) }
            let now = now
            tell(known) { $0.receive(message, now: now) }
            return
        }
        let side = known ?? sides(at: end)[0]
        switch message {
        case .create(let order):
            guard let owner = owner(of: order, at: end) else { preconditionFailure("a volume of this array") }
            if self[owner].hasGroup {
                sendControl(.refused(.alreadyPaired), about: group, from: owner)
            } else {
                createSecondary(order, group, at: owner)
            }
        case .greeting, .join, .resynchronise, .swap, .requestSwap, .takeOver, .marks, .ready:
            sendControl(.unknownGroup, about: group, from: side)
        case .delete: sendControl(.done, about: group, from: side)
        case .unknownGroup, .suspended, .done, .refused: break
        }
    }

    /// The side whose volumes are asked for.
    private func owner(of order: PeerCreation, at end: Int) -> Side? {
        sides(at: end).first { $0.group == order.members.first.map { WorldShape.group(of: $0.ldev) } }
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
            if case .copy(let volume, let tracks) = ledgers[side.group].entry(at: number) {
                var marks = memory.bitmap(Int(volume))
                marks.clear(tracks)
            }
            number += 1
        }
    }

    private mutating func receiveStream(_ frame: Frame, at side: Side) {
        guard self[side].hasGroup else { return }
        if self[side].group[0].isJournalled {
            store(frame, at: side)
            return
        }
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
            cut(side)
            notice(side)
            return
        }
        faultPoint()
        guard self[side].life == life else { return }
        self[side].group[0].applied(frame.header.sequence)
        self[side].hasNews = true
        farCaches[self[side].end] = nil
        self[side].owesAcknowledgement = true
    }

    private mutating func apply(_ frame: Frame, pair: Int, at side: Side) {
        farCaches[self[side].end] = FarNote(
            group: frame.header.group, sequence: frame.header.sequence, volume: pair, frame: frame)
        fill(frame, pair: pair, at: side)
    }

    mutating func fill(_ frame: Frame, pair: Int, at side: Side) {
        let life = self[side].life
        let count = Int(frame.count)
        for offset in 0..<count {
            if offset == (count + 1) / 2 {
                faultPoint()
                guard self[side].life == life else { return }
            }
            contents[side.group].store(side, pair, Int(frame.first) + offset, frame.value(at: offset))
        }
    }

    /// For a canary: this frame and the next write change places.
    private mutating func swapped(_ frame: Frame, at side: Side) -> Frame {
        guard frame.header.kind == .write else { return frame }
        var frame = frame
        pipes[self[side].end].exchange(&frame)
        return frame
    }

    mutating func failApply(_ frame: Frame, at side: Side) {
        ledgers[side.group].delivered[side.half] = nil
        self[side].failsNextApply = false
        tally.faults += 1
        note(side, "cannot apply it")
        tell(side) { $0.isJournalled ? $0.restoreFailed() : $0.applyFailed() }
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
            sequence: self[side].group[0].delivered)
        ledgers[side.group].delivered[side.half] = (header.epoch, header.sequence)
        send(Frame(header: header), from: side)
        return true
    }
}
