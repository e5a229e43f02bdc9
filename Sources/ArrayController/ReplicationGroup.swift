// The shell of one replication group: the machine behind a lock, the ring in which its frames lie, the host writes that
// wait for the far side. It asks the machine, does what it says, and tells it what became of it.
//
// Order within the lock: the machine decides, effects are carried out, ready frames are queued on the link. System
// calls of the data path (local write, socket, answering the kernel) happen outside. Only a change of state writes its
// record under the lock: nothing may be answered under the old state once the new one is decided.

internal import Evidence
internal import FuseDevice
internal import LinkTransport
internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a group needs of the array around it.
protocol GroupOwner: AnyObject, Sendable {
    func copyIsWanted(by group: ReplicationGroup)
    /// Something happened to the group that a timer may have to follow. Called under the group's lock.
    func watch(_ group: ReplicationGroup)
    func commandFinished(_ token: CommandToken, _ refusal: Refusal?)
    func pairsWereRemoved(_ group: ReplicationGroup, _ ldevs: [LDEVNumber], isGone: Bool)
    /// These volumes belong to the group from here on, in these places.
    func pairsHaveJoined(_ group: ReplicationGroup, _ pairs: [(ldev: LDEVNumber, place: Int)])
    func log(_ group: GroupIdentifier, _ note: GroupNote)
    /// Whether a local copy is being restored onto this volume, or is about to be.
    func isBeingRestored(_ ldev: LDEVNumber) -> Bool
    /// These volumes are now the ones that hosts work on.
    func tookOver(_ ldevs: [LDEVNumber])
    func cannotPersist(_ group: GroupIdentifier, _ reason: String)
    /// There is no room for further pairs.
    func cannotGrow(_ group: GroupIdentifier, _ reason: String)
    /// Frames wait in the group's restore journal. May be called under the group's lock.
    func restoreIsWanted(by group: ReplicationGroup)
    /// A frame of the restore journal could not be put on its volume: errno.
    func cannotRestore(_ group: GroupIdentifier, _ code: Int32)
}

/// A replication group at work.
///
/// **Threads**: FUSE workers (`write`), the link's receive thread (`received`, `acknowledged`, `link…`), the copy
/// thread (`copyOnce`), the restore thread (`restoreOnce`), the timer thread (`tick`), command threads (`perform`).
/// `state` is the one lock; it is never held while another group's is taken.
@safe final class ReplicationGroup: Sendable {
    struct State {
        var machine: GroupMachine
        /// By slot of the machine.
        var parked: SlotTable<ParkedWrite?>
        /// By slot of the machine: where the ledger speaks of the write.
        var places: SlotTable<LedgerPlace>
        /// What the ledger was told of each pair last.
        var toldPairs: [PairRecord] = []
        var toldEpoch: Epoch?
        /// Host writes to be answered once the lock is given back.
        var answers: [(write: ParkedWrite, succeeded: Bool)] = []
        /// The ring's head when the timer last looked, and since when it is there; nil once its memory was given back.
        var ringHead: UInt64 = 0
        var ringIdleSince: Moment?
        /// The array stops: nobody waits any more.
        var refusesWaiting = false
        /// The restore thread was told of what waits in the journal. Taken back when it found nothing.
        var isRestoreWanted = false
        /// The timer looks at the group. Set by every event, taken back by the timer when nothing can become due.
        var isWatched = false
    }

    let id: GroupIdentifier
    let remoteSerial: ArraySerial
    /// Whether a host waits for the other array; never changes.
    let isSynchronous: Bool
    /// The journal in which its frames lie; nil for a side file in memory. Never changes.
    let journal: JournalNumbers?
    /// The group's part of NVRAM, for whoever lays a frame.
    let memory: GroupMemory
    /// Held over the restore of one frame: they have an order.
    let restoreTurn = Mutex(())
    let state: Monitor<State>
    let store: GroupStore
    let ledger: LedgerRing?
    let link: LinkPort
    let ring: FrameRing
    unowned let owner: any GroupOwner

    init(
        machine: consuming GroupMachine, store: GroupStore, journal: JournalFile?, link: LinkPort, ledger: LedgerRing?,
        owner: any GroupOwner
    ) {
        self.ledger = ledger
        self.journal = machine.record.journals
        memory = machine.memory
        id = machine.record.id
        isSynchronous = machine.isSynchronous
        remoteSerial = machine.record.remoteSerial
        self.store = store
        self.link = link
        self.owner = owner
        ring = journal.map { FrameRing($0) } ?? FrameRing(capacity: machine.sideFile.limits.capacity)
        let slots = machine.memory.slotCount
        state = Monitor(
            State(
                machine: machine, parked: SlotTable(count: slots, empty: nil),
                places: SlotTable(count: slots, empty: .none)))
    }

    // MARK: The lock and what happens under it

    /// Runs `body` under the lock, then does what must be done without it.
    func locked<Result>(_ body: (inout State) -> Result) -> Result {
        let result = lockedUnsent(body)
        link.flush()
        return result
    }

    /// The same for a caller who has something more urgent to do than to send, and calls `link.flush()` after that.
    func lockedUnsent<Result>(_ body: (inout State) -> Result) -> Result {
        let (result, answers) = state.withLock { state -> (Result, [(write: ParkedWrite, succeeded: Bool)]) in
            let result = body(&state)
            pump(&state)
            beWatched(&state)
            guard !state.answers.isEmpty else { return (result, []) }
            defer { state.answers.removeAll(keepingCapacity: true) }
            return (result, state.answers)
        }
        for answer in answers { self.answer(answer.write, succeeded: answer.succeeded) }
        return result
    }

    /// Answers a host write that waited. // hot
    func answer(_ write: ParkedWrite, succeeded: Bool) {
        ledger?.willAnswer(write.place, succeeded: succeeded)
        write.answer(succeeded: succeeded)
        ledger?.didAnswer(write.place, succeeded: succeeded)
    }

    /// Lets the machine decide and carries its effects out.
    func perform(_ event: (inout GroupMachine) -> [GroupEffect]) {
        locked { state in carryOut(event(&state.machine), &state) }
    }

    func settle() { perform { $0.settle() } }

    /// Queues every frame that may leave, in order. // hot
    func pump(_ state: inout State) {
        let first = state.machine.nextToSend
        while let run = state.machine.nextSendable(limit: 1 << 20) {
            unsafe link.enqueue(ring.span(run))
        }
        stamp(.wire, from: first, to: state.machine.nextToSend, state)
    }

    /// Notes of the writes `first ..< end` that they have come so far. // hot
    private func stamp(_ stage: LedgerStage, from first: SequenceNumber, to end: SequenceNumber, _ state: State) {
        guard let ledger, first < end else { return }
        let now = monotonicNanoseconds()
        var sequence = first
        while sequence < end {
            let place = state.places[state.machine.memory.slotIndex(of: sequence)]
            ledger.stamp(place, of: sequence, stage, at: now)
            sequence = sequence.next
        }
    }

    func carryOut(_ effects: [GroupEffect], _ state: inout State) {
        for effect in effects {
            switch effect {
            case .persist:
                do { try store.save(state.machine.record) } catch { owner.cannotPersist(id, "\(error)") }
                noteStates(&state)
            case .send(let message):
                // Frames decided before the message leave before it.
                pump(&state)
                link.send(.control, group: id, payload: message.encoded())
            case .place(let transition, let sequence, let position):
                placeTransition(transition, sequence, position, state.machine.record.epoch)
            case .placeVoid(let sequence, let position):
                placeVoid(sequence, position, state.machine.record.epoch)
            case .acknowledge(let sequence, let epoch):
                link.send(.acknowledgement, group: id, epoch: epoch, sequence: sequence)
            case .complete(let slot, let succeeded):
                guard let write = state.parked[slot] else { continue }
                state.parked[slot] = nil
                state.answers.append((write, succeeded))
            case .wakeWriters: self.state.wakeAll()
            case .copy: owner.copyIsWanted(by: self)
            case .finished(let token, let refusal): owner.commandFinished(token, refusal)
            case .joined(let places):
                owner.pairsHaveJoined(self, places.map { (state.machine.record.pairs[$0].local, $0) })
            case .removed(let ldevs): owner.pairsWereRemoved(self, ldevs, isGone: state.machine.record.isGone)
            case .dropLink: link.drop()
            case .note(let note):
                owner.log(id, note)
                guard note.isTakeover else { continue }
                owner.tookOver(state.machine.livePairs.map { state.machine.record.pairs[$0].local })
            }
        }
    }

    private func placeTransition(
        _ transition: StreamTransition, _ sequence: SequenceNumber, _ position: UInt64, _ epoch: Epoch
    ) {
        let payload = transition.encoded()
        let target = unsafe ring.frame(at: position, payloadBytes: payload.count)
        unsafe payload.withUnsafeBytes { bytes in
            unsafe target.payload.copyMemory(from: bytes)
            let header = unsafe FrameHeader(
                kind: .transition, group: id, epoch: epoch, payloadBytes: UInt32(bytes.count), sequence: sequence,
                payloadChecksum: payloadChecksum(bytes))
            unsafe header.encode(into: target)
        }
        if isJournalled { memory.noteLaid(sequence) }
    }

    // MARK: Link

    func linkCameUp() { perform { $0.linkCameUp() } }
    func linkWentDown() { perform { $0.linkWentDown(now: Moment(nanoseconds: monotonicNanoseconds())) } }
    func received(_ message: PeerMessage) {
        perform { machine in
            if message.startsCopy, machine.hasRestoringVolume(owner) { return [.send(.refused(.busy))] }
            return machine.receive(message, now: Moment(nanoseconds: monotonicNanoseconds()))
        }
    }
    /// The same for a caller who holds something that sending must not wait for.
    func receivedUnsent(_ message: PeerMessage) {
        lockedUnsent { state in
            carryOut(
                state.machine.receive(message, now: Moment(nanoseconds: monotonicNanoseconds())), &state)
        }
    }
    /// Runs the group's timers.
    /// - Returns: false if nothing can become due before the next event: the group calls its owner then.
    func tick(_ now: Moment) -> Bool {
        let (hasTimerRunning, isWatched) = state.withLock { state in
            giveRingBack(&state, now)
            let isGone = state.machine.record.isGone
            let hasTimerRunning = !isGone && state.machine.hasTimerRunning
            state.isWatched = hasTimerRunning || (!isGone && state.ringIdleSince != nil)
            return (hasTimerRunning, state.isWatched)
        }
        if hasTimerRunning { perform { $0.tick(now: now) } }
        return isWatched
    }

    /// Has the timer look at the group from now on.
    func watch() { state.withLock { beWatched(&$0) } }

    // hot
    private func beWatched(_ state: inout State) {
        guard !state.isWatched else { return }
        state.isWatched = true
        owner.watch(self)
    }

    /// A ring that nobody has used for this long gives its memory back, and so do the tables beside its slots.
    private static let ringPatience = Span.seconds(2)

    private func giveRingBack(_ state: inout State, _ now: Moment) {
        let head = state.machine.sideFile.head
        guard head == state.ringHead else {
            (state.ringHead, state.ringIdleSince) = (head, now)
            return
        }
        guard let since = state.ringIdleSince, now >= since + Self.ringPatience, state.machine.sideFile.isEmpty,
            link.isDrained
        else { return }
        state.ringIdleSince = nil
        ring.giveBack()
        // Nothing is under way: no host waits, and the ledger is done with every write.
        state.parked.giveBack()
        state.places.giveBack()
    }

    /// The far side has everything up to `through`. // hot
    ///
    /// - Parameter answered: the receive thread's own array, which keeps its capacity from one call to the next.
    /// - Returns: how many host writes were answered.
    func acknowledged(through: SequenceNumber, epoch: Epoch, answered: inout [ParkedWrite]) -> Int {
        locked { state in
            guard epoch == state.machine.record.epoch else { return }
            let first = state.machine.memory.acknowledged.next
            if through < state.machine.nextToSend { stamp(.far, from: first, to: through.next, state) }
            let needsSettling = state.machine.acknowledge(through: through) { slot in
                guard let write = state.parked[slot] else { return }
                state.parked[slot] = nil
                answered.append(write)
            }
            switch needsSettling {
            case nil: carryOut([.dropLink], &state)
            case true?: carryOut(state.machine.settle(), &state)
            case false?: break
            }
        }
        for write in answered { answer(write, succeeded: true) }
        defer { answered.removeAll(keepingCapacity: true) }
        return answered.count
    }

    /// The far side could not apply a write.
    func farSideFailed() { perform { $0.suspendByFault() } }

    /// Host writes that wait, now or from now on, are refused. What can be admitted still is.
    func refuseWaiting() {
        state.withLock { $0.refusesWaiting = true }
        state.wakeAll()
    }

    /// Returns whether marks, slots and the journal are on the disk.
    func synchroniseMemory() -> Bool { ring.synchronise() && (try? store.synchroniseMemory()) != nil }
}

extension GroupMachine {
    /// Whether a volume of the group changes behind its back. Asked under the group's lock, as the restore asks for the
    /// group's state: of the two, one sees the other.
    func hasRestoringVolume(_ owner: any GroupOwner) -> Bool {
        livePairs.contains { owner.isBeingRestored(record.pairs[$0].local) }
    }
}
