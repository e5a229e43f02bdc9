// Groups whose rings are journals: what a killed process left in them, and restoring on the secondary's side.

internal import ReplicationCore

extension World {
    /// The frame of this number in a ring, if it lies there whole.
    static func whole(_ sequence: SequenceNumber, at position: UInt64, in ring: [Site.Place?]) -> Frame? {
        let place = ring[Int(sequence.value) & (ring.count - 1)]
        guard let place, place.position == position, place.frame.header.sequence == sequence else { return nil }
        return place.frame
    }

    mutating func noteLaid(_ sequence: SequenceNumber, at side: Side) {
        if self[side].isJournalled { self[side].memory?.noteLaid(sequence) }
    }

    mutating func placeVoid(_ sequence: SequenceNumber, _ position: UInt64, at side: Side) {
        let header = FrameHeader(
            kind: .void, group: self[side].groupIdentifier, epoch: self[side].group[0].record.epoch, sequence: sequence)
        put(Frame(header: header), at: position, of: side)
        noteLaid(sequence, at: side)
        ledgers[side.group].record(.other, at: sequence)
    }

    /// A primary that starts writes again what was under way.
    mutating func repeatJournal(_ side: Side) {
        guard self[side].hasGroup else { return }
        let life = self[side].life
        for write in self[side].group[0].journalledWrites {
            guard let frame = World.whole(write.sequence, at: write.position, in: self[side].ring) else {
                fail(.ring, "\(side) has lost number \(write.sequence.value) of its journal")
                return
            }
            note(side, "repeats number \(write.sequence.value)")
            if sabotage != .repeatsNothing { fill(frame, pair: write.pair, at: side) }
            guard self[side].life == life else { return }
            self[side].group[0].repeated(write)
            faultPoint()
            guard self[side].life == life else { return }
        }
        self[side].maySend = true
    }

    // MARK: The secondary

    /// A stream frame arrives: it is laid into the journal.
    mutating func store(_ frame: Frame, at side: Side) {
        let life = self[side].life
        while self[side].hasGroup, self[side].life == life {
            switch self[side].group[0].arrive(frame.header) {
            case .stale: return
            case .duplicate:
                self[side].owesAcknowledgement = true
                return
            case .gap:
                cut(side)
                notice(side)
                return
            case .noRoom:
                guard restore(side) || self[side].life != life else {
                    fail(.progress, "\(side) has no room for a frame, and nothing to restore")
                    return
                }
            case .store(let position):
                put(frame, at: position, of: side)
                faultPoint()
                guard self[side].life == life else { return }
                if self[side].group[0].arrived(frame.header, at: position) { self[side].owesAcknowledgement = true }
                return
            }
        }
    }

    /// Whether frames wait to be restored.
    func canRestore(_ side: Side) -> Bool {
        sites[side.index].isUp && sites[side.index].hasGroup && sites[side.index].group[0].nextToRestore != nil
    }

    /// The oldest frame that waits is put on its volume.
    package mutating func restore(_ side: Side) -> Bool {
        guard canRestore(side) else { return false }
        faultPoint()
        guard self[side].hasGroup, let job = self[side].group[0].nextToRestore else { return false }
        let life = self[side].life
        let frame = World.whole(job.sequence, at: job.position, in: self[side].ring)
        note(side, "restores number \(job.sequence.value)")
        switch self[side].group[0].restore(job, frame?.header) {
        case .damaged:
            fail(.ring, "\(side) has lost number \(job.sequence.value) of its restore journal")
            return true
        case .apply(let pair):
            guard let frame else { preconditionFailure("what is damaged is not applied") }
            if self[side].failsNextApply {
                failApply(frame, at: side)
                return true
            }
            restore(frame, job, pair, at: side)
        case .skip:
            if let frame, frame.header.kind == .transition, case .bytes(let bytes) = frame.payload {
                guard let transition = try? StreamTransition(decoding: bytes) else {
                    preconditionFailure("a transition of our own")
                }
                tell(side) { $0.apply(transition) }
            }
        }
        faultPoint()
        guard self[side].life == life else { return true }
        count(job, at: side)
        return true
    }

    /// The frame counts as restored. The order is followed before anything else becomes of it: a takeover may.
    private mutating func count(_ job: RestoreJob, at side: Side) {
        self[side].restoring = nil
        self[side].isStale = true
        let isTarget = RecordView(self[side].group[0].record).isTarget
        let effects = self[side].group[0].restored(job)
        ledgers[side.group].fold(side, isTarget: isTarget, applied: job.sequence, into: &contents[side.group])
        perform(effects, at: side)
    }

    /// A secondary took over: what it told its primary that it had must be on its volumes.
    mutating func checkTakeover(_ side: Side, _ view: RecordView) {
        guard self[side].isJournalled, let (epoch, sequence) = ledgers[side.group].delivered[side.half],
            epoch == view.epoch, self[side].memories[0].applied < sequence
        else { return }
        fail(
            .i6,
            "\(side) took over with \(self[side].memories[0].applied.value), having acknowledged \(sequence.value)")
    }

    /// The blocks of a volume that frames in the restore journal are about to change, and what to.
    func waitingValues(_ side: Side, _ volume: Int) -> [Int: BlockValue] {
        guard self[side].isJournalled, self[side].record?.role == .secondary, let memory = self[side].memory,
            memory.applied < memory.arrived
        else { return [:] }
        var values: [Int: BlockValue] = [:]
        for number in memory.applied.value + 1...memory.arrived.value {
            let sequence = SequenceNumber(number)
            guard let slot = memory.slot(at: memory.slotIndex(of: sequence)), slot.pair == volume,
                slot.tracks.count > 0,
                let frame = World.whole(sequence, at: slot.position, in: self[side].ring)
            else { continue }
            for offset in 0..<Int(frame.count) { values[Int(frame.first) + offset] = frame.value(at: offset) }
        }
        return values
    }

    /// For a canary.
    func forgetRestoreJournal(_ side: Side) {
        guard canRestore(side), let memory = self[side].memory else { return }
        memory.arrived = memory.applied
    }

    private mutating func restore(_ frame: Frame, _ job: RestoreJob, _ pair: Int, at side: Side) {
        if sabotage == .restoresNotAll, job.sequence.value % 5 == 0 { return }
        self[side].restoring = FarNote(
            group: frame.header.group, sequence: job.sequence, volume: pair, frame: frame)
        fill(frame, pair: pair, at: side)
    }
}
