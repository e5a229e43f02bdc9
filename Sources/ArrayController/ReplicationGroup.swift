// The shell of one replication group: the machine behind a lock, the ring in which its frames lie, the host writes that
// wait for the far side. It asks the machine, does what it says, and tells it what became of it.
//
// Order within the lock: the machine decides, effects are carried out, ready frames are queued on the link. System
// calls of the data path (local write, socket, answering the kernel) happen outside. Only a change of state writes its
// record under the lock: nothing may be answered under the old state once the new one is decided.

internal import CommandDevice
internal import FuseDevice
internal import LinkTransport
internal import Platform
internal import ReplicationCore
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a group needs of the array around it.
protocol GroupOwner: AnyObject, Sendable {
    func copyIsWanted()
    func commandFinished(_ token: CommandToken, _ refusal: Refusal?)
    func pairsWereRemoved(_ group: ReplicationGroup, _ ldevs: [LDEVNumber], isGone: Bool)
    func log(_ group: GroupIdentifier, _ note: GroupNote)
    func cannotPersist(_ group: GroupIdentifier, _ reason: String)
}

/// A replication group at work.
///
/// **Threads**: FUSE workers (`write`), the link's receive thread (`received`, `acknowledged`, `link…`), the copy
/// thread (`copyOnce`), the timer thread (`tick`), command threads (`perform`). `state` is the one lock; it is never
/// held while another group's is taken.
@safe final class ReplicationGroup: Sendable {
    struct State {
        var machine: GroupMachine
        /// By slot of the machine.
        var parked: [ParkedWrite?]
        /// Host writes to be answered once the lock is given back.
        var answers: [(write: ParkedWrite, succeeded: Bool)] = []
    }

    let id: GroupIdentifier
    let remoteSerial: ArraySerial
    let state: Monitor<State>
    private let store: GroupStore
    private let link: LinkPort
    private let ring: FrameRing
    private unowned let owner: any GroupOwner

    init(
        machine: consuming GroupMachine, store: GroupStore, link: LinkPort, owner: any GroupOwner
    ) {
        id = machine.record.id
        remoteSerial = machine.record.remoteSerial
        self.store = store
        self.link = link
        self.owner = owner
        ring = FrameRing(capacity: machine.sideFile.limits.capacity)
        let slots = machine.memory.slotCount
        state = Monitor(State(machine: machine, parked: Array(repeating: nil, count: slots)))
    }

    // MARK: Host writes

    /// Carries a host's write to its answer. Gives `range` back. // hot
    func write(
        _ write: HostWrite, to volume: Volume, pair: Int, range: UInt32, _ request: consuming FuseRequest
    ) {
        let (admission, heading) = admit(write, pair)
        switch admission {
        case .refused:
            volume.release(range)
            request.reply(failing: EIO)
        case .tracked:
            let failure = volume.put(write)
            volume.release(range)
            let needsSettling = state.withLock { $0.machine.trackedWriteFinished() }
            if needsSettling { settle() }
            write.answer(request, failure: failure)
        case .asynchronous(let sequence, let position, let delay):
            place(write, sequence, position, heading)
            let failure = volume.put(write)
            finish(sequence, failure, parking: nil)
            volume.release(range)
            if delay.nanoseconds > 0 { sleepNanoseconds(delay.nanoseconds) }
            write.answer(request, failure: failure)
        case .synchronous(let sequence, let position):
            place(write, sequence, position, heading)
            let failure = volume.put(write)
            let parked = ParkedWrite(token: request.detach(), writtenCount: write.writtenCount)
            let answer = finish(sequence, failure, parking: parked)
            volume.release(range)
            if let answer {
                if failure != 0 {
                    FuseRequest.adopt(parked.token).reply(failing: failure)
                } else {
                    parked.answer(succeeded: answer)
                }
            }
        case .wait, .undeliverable:
            preconditionFailure("admit ends with a decision")
        }
    }

    /// Asks until the machine decides. A write that cannot be delivered parts the pair first.
    private func admit(_ write: HostWrite, _ pair: Int) -> (Admission, FrameHeading) {
        while true {
            let (admission, heading) = state.wait { state -> (Admission, FrameHeading)? in
                let tracks = state.machine.record.pairs[pair].layout.tracks(of: write.extent)
                let now = Moment(nanoseconds: monotonicNanoseconds())
                switch state.machine.admit(pair: pair, tracks: tracks, payloadBytes: write.payloadBytes, now: now) {
                case .wait: return nil
                case let decision: return (decision, FrameHeading(state.machine.record, pair))
                }
            }!
            guard case .undeliverable = admission else { return (admission, heading) }
            perform { machine in machine.giveUpLink() }
        }
    }

    /// Lays the frame of a host write into the ring. // hot
    private func place(
        _ write: HostWrite, _ sequence: SequenceNumber, _ position: UInt64, _ heading: FrameHeading
    ) {
        var header: FrameHeader
        switch write.content {
        case .bytes(let bytes):
            let target = unsafe ring.frame(at: position, payloadBytes: bytes.count)
            unsafe target.payload.copyMemory(from: bytes)
            header = unsafe self.header(
                .write, sequence, heading, write.extent, payload: bytes)
            unsafe header.encode(into: target)
        case .zero(let keepsBlocks):
            let target = unsafe ring.frame(at: position, payloadBytes: 0)
            let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
            header = unsafe self.header(.zero, sequence, heading, write.extent, payload: nothing)
            header.flags = keepsBlocks ? 1 : 0
            unsafe header.encode(into: target)
        }
    }

    private func header(
        _ kind: FrameKind, _ sequence: SequenceNumber, _ heading: FrameHeading, _ extent: ByteExtent,
        payload: UnsafeRawBufferPointer
    ) -> FrameHeader {
        FrameHeader(
            kind: kind, group: id, epoch: heading.epoch, payloadBytes: UInt32(payload.count), sequence: sequence,
            offset: extent.offset, extentBytes: extent.count, ldev: heading.remote,
            payloadChecksum: unsafe payload.isEmpty ? 0 : payloadChecksum(payload))
    }

    /// The local write is done: hand the frame over. Returns the answer, or nil if it comes with the acknowledgement.
    // hot
    @discardableResult
    private func finish(_ sequence: SequenceNumber, _ failure: Int32, parking parked: ParkedWrite?) -> Bool? {
        let outcome = locked { state in
            let slot = state.machine.memory.slotIndex(of: sequence)
            let outcome = state.machine.localWriteFinished(sequence, succeeded: failure == 0)
            if outcome.answer == nil { state.parked[slot] = parked }
            if failure != 0 { carryOut(state.machine.suspendByFault(), &state) }
            pump(&state)
            if outcome.needsSettling { carryOut(state.machine.settle(), &state) }
            return outcome
        }
        return outcome.answer
    }

    // MARK: The lock and what happens under it

    /// Runs `body` under the lock, then does what must be done without it.
    func locked<Result>(_ body: (inout State) -> Result) -> Result {
        let (result, answers) = state.withLock { state -> (Result, [(write: ParkedWrite, succeeded: Bool)]) in
            let result = body(&state)
            pump(&state)
            guard !state.answers.isEmpty else { return (result, []) }
            defer { state.answers.removeAll(keepingCapacity: true) }
            return (result, state.answers)
        }
        link.flush()
        for answer in answers { answer.write.answer(succeeded: answer.succeeded) }
        return result
    }

    /// Lets the machine decide and carries its effects out.
    func perform(_ event: (inout GroupMachine) -> [GroupEffect]) {
        locked { state in carryOut(event(&state.machine), &state) }
    }

    func settle() { perform { $0.settle() } }

    /// Queues every frame that may leave, in order. // hot
    private func pump(_ state: inout State) {
        while let run = state.machine.nextSendable(limit: 1 << 20) {
            unsafe link.enqueue(ring.span(run))
        }
    }

    func carryOut(_ effects: [GroupEffect], _ state: inout State) {
        for effect in effects {
            switch effect {
            case .persist:
                do { try store.save(state.machine.record) } catch { owner.cannotPersist(id, "\(error)") }
            case .send(let message):
                // Frames decided before the message leave before it.
                pump(&state)
                link.send(.control, group: id, payload: message.encoded())
            case .place(let transition, let sequence, let position):
                placeTransition(transition, sequence, position, state.machine.record.epoch)
            case .complete(let slot, let succeeded):
                guard let write = state.parked[slot] else { continue }
                state.parked[slot] = nil
                state.answers.append((write, succeeded))
            case .wakeWriters: self.state.wakeAll()
            case .copy: owner.copyIsWanted()
            case .finished(let token, let refusal): owner.commandFinished(token, refusal)
            case .removed(let ldevs): owner.pairsWereRemoved(self, ldevs, isGone: state.machine.record.isGone)
            case .dropLink: link.drop()
            case .note(let note): owner.log(id, note)
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
    }

    // MARK: Link

    func linkCameUp() { perform { $0.linkCameUp() } }
    func linkWentDown() { perform { $0.linkWentDown(now: Moment(nanoseconds: monotonicNanoseconds())) } }
    func received(_ message: PeerMessage) {
        perform { $0.receive(message, now: Moment(nanoseconds: monotonicNanoseconds())) }
    }
    func tick(_ now: Moment) { perform { $0.tick(now: now) } }

    /// The far side has everything up to `through`. // hot
    ///
    /// - Parameter answered: the receive thread's own array, which keeps its capacity from one call to the next.
    func acknowledged(through: SequenceNumber, epoch: Epoch, answered: inout [ParkedWrite]) {
        locked { state in
            guard epoch == state.machine.record.epoch else { return }
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
        for write in answered { write.answer(succeeded: true) }
        answered.removeAll(keepingCapacity: true)
    }

    /// The far side could not apply a write.
    func farSideFailed() { perform { $0.suspendByFault() } }

    // MARK: Copying

    /// Copies one run of tracks. Returns false if there is nothing to copy or no room for it now.
    func copyOnce(_ volumeOf: (LDEVNumber) -> Volume?) -> Bool {
        guard
            let (pair, tracks, extent, ldev) = state.withLock({ state -> (Int, TrackRange, ByteExtent, LDEVNumber)? in
                state.machine.peekCopy().map { ($0.pair, $0.tracks, $0.extent, state.machine.record.pairs[$0.pair].local) }
            }), let volume = volumeOf(ldev)
        else { return false }
        let range = volume.acquire(extent)
        defer { volume.release(range) }
        let issued = state.withLock { state in
            state.machine.issueCopy(pair: pair, tracks: tracks).map { ($0, FrameHeading(state.machine.record, pair)) }
        }
        guard let (job, heading) = issued else { return false }
        let target = unsafe ring.frame(at: job.position, payloadBytes: Int(job.extent.count))
        let payload = unsafe target.payload
        let failure = unsafe volume.file.read(into: payload, at: job.extent.offset)
        let header = unsafe self.header(
            .copy, job.sequence, heading, job.extent, payload: UnsafeRawBufferPointer(payload))
        unsafe header.encode(into: target)
        perform { $0.copyFilled(job.sequence, succeeded: failure == 0) }
        return true
    }

    // MARK: Receiving

    /// Applies a stream frame. Returns false if it could not be written.
    func apply(
        _ header: FrameHeader, payload: UnsafeRawBufferPointer, cache: FarCache, _ volumeOf: (LDEVNumber) -> Volume?
    ) -> ApplyResult {
        let extent = ByteExtent(offset: header.offset, count: header.extentBytes)
        let volume = header.kind == .transition || header.kind == .void ? nil : volumeOf(header.ldev)
        if let volume {
            guard extent.end >= extent.offset, extent.end <= volume.byteCount, header.kind == .zero || payload.count == Int(extent.count)
            else { return .broken }
        }
        let range = volume.map { $0.acquire(extent) }
        defer { if let range { volume?.release(range) } }
        switch state.withLock({ $0.machine.receive(header) }) {
        case .stale: return .ignored
        case .duplicate: return .applied
        case .gap: return .broken
        case .skip:
            if header.kind == .transition {
                guard let transition = try? StreamTransition(decoding: unsafe [UInt8](payload)) else { return .broken }
                perform { machine in
                    let effects = machine.apply(transition)
                    machine.applied(header.sequence)
                    return effects
                }
            } else {
                state.withLock { $0.machine.applied(header.sequence) }
            }
            return .applied
        case .apply:
            guard let volume else { return .broken }
            unsafe cache.begin(header, ldev: header.ldev, payload: payload)
            let failure = unsafe put(header.kind, header.flags, extent, payload, volume)
            guard failure == 0 else {
                cache.end()
                perform { $0.applyFailed() }
                return .failed(failure)
            }
            state.withLock { $0.machine.applied(header.sequence) }
            cache.end()
            return .applied
        }
    }

    private func put(
        _ kind: FrameKind, _ flags: UInt16, _ extent: ByteExtent, _ payload: UnsafeRawBufferPointer, _ volume: Volume
    ) -> Int32 {
        kind == .zero
            ? volume.file.zero(extent, keepsBlocks: flags & 1 == 1)
            : unsafe volume.file.write(payload, at: extent.offset)
    }

    /// Finishes what a killed process was applying.
    func redo(_ frame: UnfinishedFrame, on volume: Volume) -> Int32 {
        let isNext = state.withLock { $0.machine.record.role == .secondary && $0.machine.memory.applied.next == frame.sequence }
        guard isNext else { return 0 }
        let failure = unsafe put(frame.kind, 0, frame.extent, frame.payload, volume)
        if failure == 0 { state.withLock { $0.machine.applied(frame.sequence) } }
        return failure
    }

    var applied: (SequenceNumber, Epoch) { state.withLock { ($0.machine.memory.applied, $0.machine.record.epoch) } }

    func synchroniseMemory() { try? store.synchroniseMemory() }

    func snapshot(ofPair index: Int) -> PairSnapshot? {
        state.withLock { state in
            let machine = state.machine
            let pair = machine.record.pairs[index]
            guard !pair.isDeleted, !machine.isBeingMade else { return nil }
            return PairSnapshot(
                group: id, consistencyGroup: machine.record.consistencyGroup, role: machine.role,
                mode: machine.record.mode, status: pair.status, remoteSerial: machine.record.remoteSerial,
                remoteLDEV: pair.remote, cleanPercent: machine.cleanPercent(of: index),
                markedTracks: UInt64(machine.marks[index].markedCount), trackCount: UInt64(pair.layout.trackCount),
                sideFilePercent: machine.isSynchronous ? 0 : UInt8(machine.sideFile.fillPercent),
                highWaterPercent: UInt8(machine.sideFile.limits.highWaterPercent),
                isAboveHighWater: !machine.isSynchronous && machine.sideFile.isAboveHighWater,
                isSecondaryHostWritable: pair.isSecondaryHostWritable,
                isWrittenSinceSplit: machine.role == .secondary && machine.marks[index].markedCount > 0,
                access: machine.access(of: index), isFenced: pair.isFenced,
                isUsable: machine.role == .primary || pair.isUsable, isLinkUp: machine.isLinkOpen,
                copyPace: pair.copyPace)
        }
    }
}

/// What a frame says of its pair: taken under the same lock that gave it its place in the order.
struct FrameHeading: Sendable {
    let remote: LDEVNumber
    let epoch: Epoch
    init(_ record: GroupRecord, _ pair: Int) {
        remote = record.pairs[pair].remote
        epoch = record.epoch
    }
}

/// What became of a stream frame.
enum ApplyResult: Hashable {
    case applied
    case ignored
    /// The volume refused it: errno.
    case failed(Int32)
    /// It was against the rules of the stream.
    case broken
}
