// The stream: copying, sending, receiving, acknowledging. Each function is one step and says whether it did anything.

internal import ReplicationCore

extension World {
    // MARK: The primary's side

    /// One step of the copier: lock the next tracks, take them into the stream, fill their frame.
    mutating func advanceCopy(_ side: Side) -> Bool {
        guard self[side].isUp, self[side].machine != nil else { return false }
        faultPoint()
        guard self[side].machine != nil else { return false }
        switch self[side].copy {
        case .idle: return lockCopy(side)
        case .locked(let pair, let tracks, let range): issueCopy(side, pair, tracks, range)
        case .filling(let job, let range, let epoch): fillCopy(side, job, range, epoch)
        }
        return true
    }

    private mutating func lockCopy(_ side: Side) -> Bool {
        guard self[side].wantsCopy else { return false }
        guard let next = self[side].machine!.peekCopy() else {
            self[side].wantsCopy = false
            return false
        }
        guard let range = self[side].ranges[next.pair].acquire(next.extent) else { return false }
        self[side].copy = .locked(pair: next.pair, tracks: next.tracks, range: range)
        return true
    }

    private mutating func issueCopy(_ side: Side, _ pair: Int, _ tracks: TrackRange, _ range: UInt32) {
        guard let job = self[side].machine!.issueCopy(pair: pair, tracks: tracks) else {
            self[side].ranges[pair].release(range)
            self[side].copy = .idle
            self[side].wantsCopy = false
            return
        }
        ledger.log[job.sequence.value] = .other
        self[side].copy = .filling(job, range: range, epoch: self[side].machine!.record.epoch)
    }

    private mutating func fillCopy(_ side: Side, _ job: CopyJob, _ range: UInt32, _ epoch: Epoch) {
        let blocks = WorldShape.blocks(of: job.extent)
        let fails = self[side].failsNextCopy
        self[side].failsNextCopy = false
        let header = FrameHeader(
            kind: fails ? .void : .copy, group: World.group, epoch: epoch, payloadBytes: UInt32(job.extent.count),
            sequence: job.sequence, ldev: shape.ldev(job.pair, on: side.other))
        let values = Array(self[side].volumes[job.pair][blocks])
        put(Frame(header: header, body: .blocks(first: blocks.lowerBound, values)), at: job.position, of: side)
        self[side].copy = .idle
        self[side].ranges[job.pair].release(range)
        if sabotage == .clearsTooManyMarks, var marks = self[side].memory?.bitmap(job.pair) { marks.clearAll() }
        tell(side) { $0.copyFilled(job.sequence, succeeded: !fails) }
    }

    /// Sends what may leave, at most about `limit` bytes.
    mutating func pump(_ side: Side, limit: Int = 16 * 1024) -> Bool {
        guard self[side].isUp, self[side].machine != nil else { return false }
        faultPoint()
        guard let run = self[side].machine?.nextSendable(limit: limit) else { return false }
        var position = run.position
        let tail = self[side].machine!.sideFile.tail
        while position < run.position + UInt64(run.byteCount) {
            guard position >= tail, let frame = self[side].ring[position] else {
                fail(.ring, "\(side) sends \(position), which holds no frame")
                return true
            }
            position += UInt64(frame.byteCount)
            if sabotage == .losesAFrame, frame.header.kind == .copy { continue }
            send(frame, from: side)
        }
        return true
    }

    // MARK: Receiving

    /// The next frame on its way to `side` arrives.
    mutating func deliver(to side: Side) -> Bool {
        let pipe = pipes[side.rawValue]
        guard self[side].isUp, self[side].hasLink, !pipe.isBlackHole, !pipe.frames.isEmpty else { return false }
        faultPoint()
        guard self[side].hasLink, !pipes[side.rawValue].frames.isEmpty else { return false }
        let frame = pipes[side.rawValue].frames.removeFirst()
        note("\(side) receives \(frame.header.kind) \(frame.header.sequence.value)")
        switch (frame.header.kind, frame.body) {
        case (.control, .bytes(let bytes)):
            guard let message = try? PeerMessage(decoding: bytes) else { preconditionFailure("a message of our own") }
            note("  \(message)")
            receiveControl(message, at: side)
        case (.acknowledgement, _): receiveAcknowledgement(frame.header, at: side)
        case (.applyFailure, _): tell(side) { $0.suspendByFault() }
        case (_, _): receiveStream(frame, at: side)
        }
        return true
    }

    private mutating func receiveControl(_ message: PeerMessage, at side: Side) {
        guard self[side].machine == nil else {
            let now = now
            tell(side) { $0.receive(message, now: now) }
            return
        }
        switch message {
        case .create(let order): createSecondary(order, at: side)
        case .greeting, .resynchronise, .swap, .requestSwap, .takeOver, .delete:
            sendControl(.unknownGroup, from: side)
        case .unknownGroup, .marks, .ready, .suspended, .done, .refused: break
        }
    }

    private mutating func receiveAcknowledgement(_ header: FrameHeader, at side: Side) {
        guard self[side].machine != nil, header.epoch == self[side].machine!.record.epoch else { return }
        var completed: [Int] = []
        let settles = self[side].machine!.acknowledge(through: header.sequence) { completed.append($0) }
        for slot in completed { complete(slot: slot, succeeded: true, at: side) }
        guard let settles else {
            fail(.progress, "\(side) was told of frames it never sent: \(header.sequence)")
            return
        }
        if settles { tell(side) { $0.settle() } }
    }

    private mutating func receiveStream(_ frame: Frame, at side: Side) {
        guard self[side].machine != nil else { return }
        let life = self[side].life
        switch self[side].machine!.receive(frame.header) {
        case .apply(let pair):
            if sabotage == .acknowledgesUnapplied, frame.header.sequence.value % 5 == 0 { break }
            if self[side].failsNextApply {
                failApply(frame, at: side)
                return
            }
            apply(sabotage == .appliesOutOfOrder ? swapped(frame, at: side) : frame, pair: pair, at: side)
        case .skip:
            if frame.header.kind == .transition, case .bytes(let bytes) = frame.body {
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
        self[side].machine?.applied(frame.header.sequence)
        self[side].owesAcknowledgement = true
    }

    private mutating func apply(_ frame: Frame, pair: Int, at side: Side) {
        guard case .blocks(let first, let values) = frame.body else { return }
        let life = self[side].life
        ledger.applying(side, pair, first, values)
        for (offset, value) in values.enumerated() {
            if offset == (values.count + 1) / 2 {
                faultPoint()
                guard self[side].life == life else { return }
            }
            self[side].volumes[pair][first + offset] = value
        }
    }

    /// For a canary: the contents of this frame and of the next write change places.
    private mutating func swapped(_ frame: Frame, at side: Side) -> Frame {
        let pipe = pipes[side.rawValue].frames
        guard frame.header.kind == .write, let next = pipe.firstIndex(where: { $0.header.kind.isStream }),
            pipe[next].header.kind == .write, pipe[next].header.ldev == frame.header.ldev
        else { return frame }
        pipes[side.rawValue].frames[next].body = frame.body
        return Frame(header: frame.header, body: pipe[next].body)
    }

    private mutating func failApply(_ frame: Frame, at side: Side) {
        self[side].failsNextApply = false
        tell(side) { $0.applyFailed() }
        guard let epoch = self[side].machine?.record.epoch else { return }
        let header = FrameHeader(
            kind: .applyFailure, group: World.group, epoch: epoch, sequence: frame.header.sequence)
        send(Frame(header: header, body: .nothing), from: side)
    }

    /// Sends the cumulative acknowledgement that is owed.
    mutating func acknowledge(_ side: Side) -> Bool {
        guard self[side].owesAcknowledgement, let machine = self[side].machine else { return false }
        faultPoint()
        guard self[side].machine != nil else { return false }
        self[side].owesAcknowledgement = false
        let header = FrameHeader(
            kind: .acknowledgement, group: World.group, epoch: machine.record.epoch,
            sequence: machine.memory.applied)
        send(Frame(header: header, body: .nothing), from: side)
        return true
    }
}
