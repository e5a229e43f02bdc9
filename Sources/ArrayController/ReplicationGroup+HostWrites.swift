// A host's write on its way through a group: admission, frame, local write, hand-over, answer (design: the way of one
// write). No allocation, no existential, no lock across a system call.

internal import FuseDevice
internal import Platform
internal import ReplicationCore

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
                case .wait:
                    return state.refusesWaiting ? (.refused, FrameHeading(state.machine.record, pair)) : nil
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

    func header(
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
}
