// How a host's write is told to the acknowledgement ledger: what it is, and the two notes around its answer.

internal import Evidence
internal import Platform
internal import ReplicationCore
internal import VolumeStore

extension HostWrite {
    var ledgerKind: LedgerKind {
        switch content {
        case .bytes: .write
        case .zero: .discard
        }
    }

    /// Checksums that the ledger keeps of it.
    var pieceCount: Int {
        switch content {
        case .bytes: LedgerLayout.pieceCount(of: extent)
        case .zero: 0
        }
    }
}

extension LedgerRing {
    /// Fills the entry of a host's write. Returns the checksum of its payload; 0 for a discard. // hot
    func fill(_ place: LedgerPlace, _ write: HostWrite, _ entry: LedgerEntry, at moment: UInt64) -> UInt32 {
        var entry = entry
        entry.extent = write.extent
        switch write.content {
        case .bytes(let bytes):
            return unsafe fill(place, entry, at: moment, payload: bytes)
        case .zero:
            return unsafe fill(place, entry, at: moment, payload: UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }
}

extension LedgerRing {
    /// Call just before a host is answered: it may hear of it from now on. // hot
    func willAnswer(_ place: LedgerPlace, succeeded: Bool) { note(place, succeeded ? .answering : .failed) }

    /// Call just after a host was told that its write is done. // hot
    func didAnswer(_ place: LedgerPlace, succeeded: Bool) {
        guard succeeded else { return }
        note(place, .acknowledged)
        stamp(place, .answered, at: monotonicNanoseconds())
    }
}
