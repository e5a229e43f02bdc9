// A host's write on its way through a group: admission, frame, local write, hand-over, answer (design: the way of one
// write). No allocation, no existential, no lock across a system call.

internal import Evidence
internal import FuseDevice
internal import Platform
internal import ReplicationCore
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a frame says of its pair: taken under the same lock that gave it its place in the order.
struct FrameHeading: Sendable {
    let remote: LDEVNumber
    let epoch: Epoch
    init(_ record: GroupRecord, _ pair: Int) {
        remote = record.pairs[pair].remote
        epoch = record.epoch
    }
}

extension ReplicationGroup {
    /// Carries a host's write to its answer. Gives `range` back. // hot
    func write(
        _ write: HostWrite, to volume: Volume, pair: Int, range: UInt32, _ request: consuming FuseRequest
    ) {
        let (admission, heading, place) = admit(write, pair)
        let payloadSum = note(write, place, admission, heading, volume.ldev)
        switch admission {
        case .refused:
            volume.release(range)
            request.reply(failing: EIO)
        case .tracked:
            let failure = volume.put(write)
            ledger?.stamp(place, .local, at: monotonicNanoseconds())
            volume.release(range)
            let needsSettling = state.withLock { $0.machine.trackedWriteFinished() }
            if needsSettling { settle() }
            answer(write, place, request, failure)
        case .asynchronous(let sequence, let position, let delay):
            lay(write, sequence, position, heading, payloadSum)
            let failure = volume.put(write)
            ledger?.stamp(place, .local, at: monotonicNanoseconds())
            finish(sequence, failure, parking: nil)
            volume.release(range)
            if delay.nanoseconds > 0 {
                link.flush()
                sleepNanoseconds(delay.nanoseconds)
            }
            answer(write, place, request, failure)
            // The host does not wait for the link: it has its answer before a byte is sent.
            link.flushSoon()
        case .synchronous(let sequence, let position):
            link.hostWaits()
            lay(write, sequence, position, heading, payloadSum)
            let failure = volume.put(write)
            ledger?.stamp(place, .local, at: monotonicNanoseconds())
            let parked = ParkedWrite(token: request.detach(), writtenCount: write.writtenCount, place: place)
            let answer = finish(sequence, failure, parking: parked)
            link.flush()
            volume.release(range)
            if let answer {
                if failure != 0 {
                    self.answer(write, place, FuseRequest.adopt(parked.token), failure)
                } else {
                    self.answer(parked, succeeded: answer)
                }
            }
        case .wait, .undeliverable:
            preconditionFailure("admit ends with a decision")
        }
    }

    /// Answers a host, with the ledger's notes around it. // hot
    private func answer(
        _ write: HostWrite, _ place: LedgerPlace, _ request: consuming FuseRequest, _ failure: Int32
    ) {
        ledger?.willAnswer(place, succeeded: failure == 0)
        write.answer(request, failure: failure)
        ledger?.didAnswer(place, succeeded: failure == 0)
    }

    /// Fills the write's entry in the ledger, before either copy is touched. Returns the checksum of its payload. // hot
    private func note(
        _ write: HostWrite, _ place: LedgerPlace, _ admission: Admission, _ heading: FrameHeading, _ ldev: LDEVNumber
    ) -> UInt32? {
        guard let ledger, place != .none else { return nil }
        var entry = LedgerEntry(write.ledgerKind, ldev: ldev)
        entry.group = UInt32(truncatingIfNeeded: id.value)
        entry.epoch = UInt16(truncatingIfNeeded: heading.epoch.value)
        switch admission {
        case .asynchronous(let sequence, _, _), .synchronous(let sequence, _): entry.sequence = sequence
        case .tracked, .refused, .wait, .undeliverable: break
        }
        return ledger.fill(place, write, entry, at: monotonicNanoseconds())
    }

    /// Asks until the machine decides. A write that cannot be delivered parts the pair first.
    private func admit(_ write: HostWrite, _ pair: Int) -> (Admission, FrameHeading, LedgerPlace) {
        while true {
            let (admission, heading, place) = state.wait { state -> (Admission, FrameHeading, LedgerPlace)? in
                let tracks = state.machine.record.pairs[pair].layout.tracks(of: write.extent)
                let now = Moment(nanoseconds: monotonicNanoseconds())
                switch state.machine.admit(pair: pair, tracks: tracks, payloadBytes: write.payloadBytes, now: now) {
                case .wait:
                    return state.refusesWaiting ? (.refused, FrameHeading(state.machine.record, pair), .none) : nil
                case let decision:
                    return (decision, FrameHeading(state.machine.record, pair), reserve(write, decision, &state))
                }
            }!
            guard case .undeliverable = admission else { return (admission, heading, place) }
            perform { machine in machine.giveUpLink() }
        }
    }

    /// The place of an admitted write in the ledger: taken under the lock, so that both have the same order. // hot
    private func reserve(_ write: HostWrite, _ admission: Admission, _ state: inout State) -> LedgerPlace {
        guard let ledger else { return .none }
        switch admission {
        case .refused, .wait, .undeliverable: return .none
        case .tracked: return ledger.reserve(pieces: write.pieceCount)
        case .asynchronous(let sequence, _, _), .synchronous(let sequence, _):
            let place = ledger.reserve(pieces: write.pieceCount)
            state.places[state.machine.memory.slotIndex(of: sequence)] = place
            return place
        }
    }

    /// Lays the frame of a host write into the ring.
    /// - Parameter payloadSum: the checksum of its payload, if it is known already. // hot
    private func lay(
        _ write: HostWrite, _ sequence: SequenceNumber, _ position: UInt64, _ heading: FrameHeading,
        _ payloadSum: UInt32?
    ) {
        var header: FrameHeader
        switch write.content {
        case .bytes(let bytes):
            let target = unsafe ring.frame(at: position, payloadBytes: bytes.count)
            unsafe target.payload.copyMemory(from: bytes)
            header = unsafe self.header(
                .write, sequence, heading, write.extent, payload: bytes, payloadSum: payloadSum)
            unsafe header.encode(into: target)
        case .zero(let keepsBlocks):
            let target = unsafe ring.frame(at: position, payloadBytes: 0)
            let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
            header = unsafe self.header(.zero, sequence, heading, write.extent, payload: nothing)
            header.flags = keepsBlocks ? 1 : 0
            unsafe header.encode(into: target)
        }
        if isJournalled { memory.noteLaid(sequence) }
    }

    func header(
        _ kind: FrameKind, _ sequence: SequenceNumber, _ heading: FrameHeading, _ extent: ByteExtent,
        payload: UnsafeRawBufferPointer, payloadSum: UInt32? = nil
    ) -> FrameHeader {
        FrameHeader(
            kind: kind, group: id, epoch: heading.epoch, payloadBytes: UInt32(payload.count), sequence: sequence,
            offset: extent.offset, extentBytes: extent.count, ldev: heading.remote,
            payloadChecksum: unsafe payload.isEmpty ? 0 : payloadSum ?? payloadChecksum(payload))
    }

    /// The local write is done: hand the frame over. Returns the answer, or nil if it comes with the acknowledgement. The
    /// caller flushes the link.
    // hot
    @discardableResult
    private func finish(_ sequence: SequenceNumber, _ failure: Int32, parking parked: ParkedWrite?) -> Bool? {
        let outcome = lockedUnsent { state in
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
}
