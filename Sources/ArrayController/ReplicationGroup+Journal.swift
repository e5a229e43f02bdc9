// A group whose ring is a journal: what a killed primary left there is written again and goes on; what comes to a secondary
// is laid there and restored some time later.

internal import Evidence
internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

extension ReplicationGroup {
    var isJournalled: Bool { journal != nil }

    // MARK: Primary, after a restart

    /// The machine's question after a restart: the header of the frame that lies at a slot's place, if it is whole.
    func frame(of slot: InFlightSlot) -> FrameHeader? {
        ring.whole(at: slot.position, byteCount: Int(slot.byteCount))?.header
    }

    /// Puts the writes of the journal on their volumes that were under way. Call before hosts are served and the link is up.
    /// Returns 0 or an errno; then the pair is suspended, as it would have been had the process lived.
    func repeatJournalledWrites(_ volumeOf: (LDEVNumber) -> Volume?) -> Int32 {
        let (writes, pairs) = state.withLock { ($0.machine.journalledWrites, $0.machine.record.pairs) }
        for write in writes {
            let volume = volumeOf(pairs[write.pair].local)
            let failure = put(write, on: volume)
            guard failure == 0 else {
                perform { $0.suspendByFault() }
                return failure
            }
            state.withLock { $0.machine.repeated(write) }
        }
        return 0
    }

    private func put(_ write: JournalledWrite, on volume: Volume?) -> Int32 {
        guard let volume, let frame = ring.whole(at: write.position, byteCount: write.byteCount),
            unsafe Self.fits(frame.header, frame.payload.count, volume)
        else { return EIO }
        let extent = ByteExtent(offset: frame.header.offset, count: frame.header.extentBytes)
        let range = volume.acquire(extent)
        defer { volume.release(range) }
        return unsafe put(frame.header.kind, frame.header.flags, extent, frame.payload, volume)
    }

    func placeVoid(_ sequence: SequenceNumber, _ position: UInt64, _ epoch: Epoch) {
        let target = unsafe ring.frame(at: position, payloadBytes: 0)
        let header = FrameHeader(kind: .void, group: id, epoch: epoch, sequence: sequence)
        unsafe header.encode(into: target)
        memory.noteLaid(sequence)
    }

    // MARK: Secondary: arriving

    /// Lays a stream frame into the journal. The receive thread's alone. // hot
    func store(
        _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ volumeOf: (LDEVNumber) -> Volume?
    ) -> ApplyResult {
        while true {
            switch state.withLock({ $0.machine.arrive(header) }) {
            case .stale: return .ignored
            case .duplicate: return .applied
            case .gap: return .broken
            case .noRoom:
                // What is too fast for the restore waits as if there were no journal: this thread restores too.
                guard restoreOnce(volumeOf) else { return .broken }
            case .store(let position):
                let target = unsafe ring.frame(at: position, payloadBytes: payload.count)
                unsafe target.payload.copyMemory(from: payload)
                unsafe header.encode(into: target)
                return arrived(header, at: position) ? .applied : .ignored
            }
        }
    }

    private func arrived(_ header: FrameHeader, at position: UInt64) -> Bool {
        let (isKept, isNews) = state.withLock { state -> (Bool, Bool) in
            let isKept = state.machine.arrived(header, at: position)
            defer { state.isRestoreWanted = true }
            return (isKept, !state.isRestoreWanted)
        }
        if isNews { owner.restoreIsWanted(by: self) }
        return isKept
    }

    /// After a start: whether frames wait, of which the restore thread is told.
    func resumeRestore() {
        let waits = state.withLock { state in
            state.isRestoreWanted = state.machine.nextToRestore != nil
            return state.isRestoreWanted
        }
        if waits { owner.restoreIsWanted(by: self) }
    }

    // MARK: Secondary: restoring

    /// Restores the oldest frame that waits. Returns false if there is none. Any thread, one at a time.
    func restoreOnce(_ volumeOf: (LDEVNumber) -> Volume?) -> Bool {
        restoreTurn.withLock { _ in
            let job = state.withLock { state in
                let job = state.machine.nextToRestore
                if job == nil { state.isRestoreWanted = false }
                return job
            }
            guard let job else { return false }
            restore(job, volumeOf)
            return true
        }
    }

    private func restore(_ job: RestoreJob, _ volumeOf: (LDEVNumber) -> Volume?) {
        let frame = ring.whole(at: job.position, byteCount: job.byteCount)
        switch state.withLock({ $0.machine.restore(job, frame?.header) }) {
        case .damaged: fail(job, EIO)
        case .skip:
            guard let frame, frame.header.kind == .transition else { return finish(job) }
            guard let transition = try? StreamTransition(decoding: unsafe [UInt8](frame.payload)) else {
                return fail(job, EIO)
            }
            locked { state in
                // The record first: a change that is counted as applied is never sent again.
                carryOut(state.machine.apply(transition), &state)
                carryOut(state.machine.restored(job), &state)
            }
        case .apply:
            guard let frame, let volume = volumeOf(frame.header.ldev),
                unsafe Self.fits(frame.header, frame.payload.count, volume)
            else { return fail(job, EIO) }
            let failure = apply(frame, to: volume)
            if failure == 0 { finish(job) } else { fail(job, failure) }
        }
    }

    private func apply(_ frame: WholeFrame, to volume: Volume) -> Int32 {
        let extent = ByteExtent(offset: frame.header.offset, count: frame.header.extentBytes)
        let range = volume.acquire(extent)
        defer { volume.release(range) }
        let place = noteArrival(frame.header)
        let failure = unsafe put(frame.header.kind, frame.header.flags, extent, frame.payload, volume)
        if failure == 0 { ledger?.stamp(place, .local, at: monotonicNanoseconds()) }
        return failure
    }

    private func finish(_ job: RestoreJob) {
        let isQuiet = state.withLock { state -> Bool in
            let effects = state.machine.restored(job)
            guard !effects.isEmpty else { return true }
            carryOut(effects, &state)
            return false
        }
        // Whatever was heeded may have more to do than an effect says: frames to send, timers to watch.
        if !isQuiet { perform { $0.settle() } }
    }

    private func fail(_ job: RestoreJob, _ code: Int32) {
        owner.cannotRestore(id, code)
        locked { state in
            let epoch = state.machine.record.epoch
            link.send(.applyFailure, group: id, epoch: epoch, sequence: job.sequence)
            carryOut(state.machine.restoreFailed(), &state)
        }
    }
}
