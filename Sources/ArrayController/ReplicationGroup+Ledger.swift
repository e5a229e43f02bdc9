// What a group tells the acknowledgement ledger besides its hosts' writes: the states of its pairs, and what it applies.

internal import Evidence
internal import Platform
internal import ReplicationCore
internal import VolumeStore

extension ReplicationGroup {
    /// Notes every pair whose state is another than the ledger was told last.
    /// - Parameter isInherited: the array starts, and repeats what was so before.
    func noteStates(_ state: inout State, isInherited: Bool = false) {
        guard let ledger else { return }
        let record = state.machine.record
        let isPrimary = record.role == .primary
        for (index, pair) in record.pairs.enumerated() {
            let told = index < state.toldPairs.count ? state.toldPairs[index] : nil
            // A place that never had a pair.
            if told == nil, pair.isDeleted { continue }
            guard
                told?.status != pair.status || told?.isUsable != pair.isUsable || state.toldEpoch != record.epoch
                    || told?.isDeleted != pair.isDeleted
            else { continue }
            let last = isPrimary ? state.machine.memory.nextSequence.value - 1 : state.machine.memory.applied.value
            var note = PairStateNote(
                group: id, epoch: record.epoch, role: record.role, mode: record.mode, pair: pair)
            note.isInherited = isInherited
            ledger.append(LedgerEntry(note, last: SequenceNumber(last)), at: monotonicNanoseconds())
        }
        state.toldPairs = record.pairs
        state.toldEpoch = record.epoch
    }

    /// Notes a frame that is in the far cache and is applied next. // hot
    func noteArrival(_ header: FrameHeader) -> LedgerPlace {
        guard let ledger else { return .none }
        let kind: LedgerKind
        switch header.kind {
        case .write: kind = .applied
        case .zero: kind = .appliedDiscard
        case .copy: kind = .appliedCopy
        case .transition, .void, .acknowledgement, .applyFailure, .control, .heartbeat: return .none
        }
        var entry = LedgerEntry(kind, ldev: header.ldev)
        entry.group = UInt32(truncatingIfNeeded: id.value)
        entry.epoch = UInt16(truncatingIfNeeded: header.epoch.value)
        entry.sequence = header.sequence
        entry.checksum = header.payloadChecksum
        entry.extent = ByteExtent(offset: header.offset, count: header.extentBytes)
        return ledger.append(entry, at: monotonicNanoseconds())
    }
}
