// One turn of the local copier: a run of tracks, its bytes held on both volumes from before it is read until its mark is
// cleared. A restore writes on a primary that may have further local copies and a suspended remote pair: they are told
// before a byte changes, and the ledger too, for what hosts wrote there before is overwritten.

internal import Evidence
internal import Platform
internal import ReplicationCore
internal import VolumeStore

extension LocalCopySet {
    /// Copies one run, or puts a volume on the disk whose copy ended. Returns false if there is nothing to do now: from then
    /// on whoever makes work wakes the copier.
    func copyOnce(_ volumeOf: (LDEVNumber) -> Volume?, _ ledger: LedgerRing?) -> Bool {
        if let pair = state.withLock({ $0.synchronisations.popLast() }) {
            synchronise(pair, volumeOf)
            return true
        }
        guard
            let (peeked, record) = state.withLock({ state -> (LocalCopyJob, LocalPairRecord)? in
                state.machine.peekCopy().map { ($0, state.machine.record.pairs[$0.pair]) }
            }), let primary = volumeOf(record.primary), let secondary = volumeOf(record.secondary)
        else { return false }
        let held = (primary.acquire(peeked.extent), secondary.acquire(peeked.extent))
        defer {
            secondary.release(held.1)
            primary.release(held.0)
        }
        // A host has copied the run out of its way meanwhile, or a command came: what else is marked nobody announces again.
        guard let job = state.withLock({ $0.machine.beginCopy(peeked) }) else { return true }
        let failure = job.isRestoring ? restore(job, primary, secondary, ledger) : follow(job, primary, secondary)
        perform { $0.copied(job, succeeded: failure == 0) }
        return true
    }

    private func synchronise(_ pair: Int, _ volumeOf: (LDEVNumber) -> Volume?) {
        let record = self.pair(pair)
        let target = record.status == .restoring ? record.primary : record.secondary
        let failure = volumeOf(target)?.file.synchronise() ?? 0
        perform { $0.synchronised(pair, succeeded: failure == 0) }
    }

    private func follow(_ job: LocalCopyJob, _ primary: Volume, _ secondary: Volume) -> Int32 {
        unsafe CopyBuffer.forEachPiece(of: job.extent) { piece, bytes in
            let failure = unsafe primary.file.read(into: bytes, at: piece.offset)
            guard failure == 0 else { return failure }
            return unsafe secondary.file.write(UnsafeRawBufferPointer(bytes), at: piece.offset)
        }
    }

    private func restore(
        _ job: LocalCopyJob, _ primary: Volume, _ secondary: Volume, _ ledger: LedgerRing?
    ) -> Int32 {
        let admitted = primary.hooks.admit(job.extent, except: self)
        defer { admitted.end() }
        if let member = primary.member {
            member.group.state.withLock { $0.machine.markExternal(member.pair, job.extent) }
        }
        return unsafe CopyBuffer.forEachPiece(of: job.extent) { piece, bytes in
            let failure = unsafe secondary.file.read(into: bytes, at: piece.offset)
            guard failure == 0 else { return failure }
            let write = unsafe HostWrite(
                extent: piece, content: .bytes(UnsafeRawBufferPointer(bytes)), isDurable: false)
            return noted(write, primary, ledger)
        }
    }

    /// To the ledger a restore is one more writer, whose writes are acknowledged at once.
    private func noted(_ write: HostWrite, _ primary: Volume, _ ledger: LedgerRing?) -> Int32 {
        let place = ledger?.reserve(pieces: write.pieceCount) ?? .none
        _ = ledger?.fill(place, write, LedgerEntry(write.ledgerKind, ldev: primary.ldev), at: monotonicNanoseconds())
        let failure = primary.putUnwatched(write)
        ledger?.stamp(place, .local, at: monotonicNanoseconds())
        ledger?.willAnswer(place, succeeded: failure == 0)
        ledger?.didAnswer(place, succeeded: failure == 0)
        return failure
    }
}
