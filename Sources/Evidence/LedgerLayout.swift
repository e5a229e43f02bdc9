// How the acknowledgement ledger lies in its file: a header, then a ring of 64-byte entries. An array writes it while it
// runs; anybody may read it, also when the array is dead. All fields are little-endian.
//
// Header, 4,096 bytes:
//    0  magic "ABLG" 4 · version 2 · entry bytes 2 · serial of the array 8 · number of entries 8
//   24  CRC-32C of bytes 0..<24, 4 · reserved
//   64  next ordinal 8: entries that were ever taken, the first having ordinal 0
//
// Entry, at 4096 + 64 × (ordinal mod number of entries):
//    0  seal 4 · kind 1 · state 1 · continuations 2
//    8  group's counter 4 · epoch, low half 2 · LDEV 2
//   16  sequence 8 (0 = none)                     24  offset 8
//   32  begun 8: wall clock, nanoseconds since 1970
//   40  bytes 4 · checksum 4                       (see `LedgerKind` for what they mean)
//   48  stages 4 × 4: microseconds after `begun`, 0 = not reached: local · wire · far · answered
//
// Continuation, the entries behind one that has more than one checksum:
//    0  seal 4 · kind 1 · reserved 3               8  checksums 14 × 4
//
// The **seal** is the CRC-32C of bytes 8..<48 (continuation: 8..<64), the ordinal (8 bytes) and bytes 4..<8 with a state
// of 0. It is stored last, so that an entry counts whole or not at all; it is 0 while an entry is being made. It says
// three things at once: the entry is finished, it belongs to this turn of the ring, and nobody damaged it. `state` and
// the stages are not under it: each is stored by itself, at its own time.

package import ReplicationCore

package enum LedgerLayout {
    package static let magic: UInt32 = 0x474C_4241
    package static let version: UInt16 = 1
    package static let headerBytes = 4096
    package static let entryBytes = 64
    package static let nextOrdinalAt = 64
    package static let checksumsPerContinuation = 14

    /// The piece of a write that one checksum covers: the write is cut at multiples of this in its volume.
    package static let pieceBytes: UInt64 = 4096

    package static let kindAt = 4
    package static let stateAt = 5
    package static let continuationsAt = 6
    package static let sealedBytes = 8..<48
    package static let stagesAt = 48
    package static let begunAt = 32
    package static let sequenceAt = 16

    /// Number of pieces of `extent`.
    package static func pieceCount(of extent: ByteExtent) -> Int {
        guard extent.count > 0 else { return 0 }
        return Int((extent.end - 1) / pieceBytes - extent.offset / pieceBytes) + 1
    }

    /// Entries that a write of `pieces` takes. // hot
    package static func entryCount(pieces: Int) -> Int {
        pieces <= 1 ? 1 : 1 + (pieces - 1 + checksumsPerContinuation - 1) / checksumsPerContinuation
    }

    package static func fileBytes(entries: Int) -> Int { headerBytes + entries * entryBytes }
}

/// What an entry is about. Codes are never reused.
package enum LedgerKind: UInt8, Sendable, CaseIterable {
    /// A host's write. `bytes` its length; the first checksum is here, the others in the continuations.
    case write = 1
    /// A host's discard or zeroing. `bytes` and `checksum` are the low and the high half of its length.
    case discard = 2
    /// A host's flush.
    case flush = 3
    /// A write of the primary, applied here. `begun`: it is in the far cache; stage local: it is on the far disk;
    /// checksum: of the whole payload.
    case applied = 4
    /// A discard of the primary, applied here; as `discard`.
    case appliedDiscard = 5
    /// Copied tracks, applied here.
    case appliedCopy = 6
    /// A pair's state. `offset`: the group's whole identifier; `sequence`: the last one given (primary) or applied
    /// (secondary); `bytes`: status, role, flags (1 usable, 2 deleted, 4 inherited), mode, one byte each; `checksum`: the
    /// remote LDEV.
    case state = 7
    /// The array starts. `offset`: 1 if what a process stored before is here for certain, 0 after a crash of the machine.
    case start = 8
    /// From now on a local copy writes over the whole volume: what hosts wrote there before says nothing about its bytes.
    case overwritten = 9
    /// More checksums of the entry before.
    case continuation = 15
}

/// How far a host's request has come.
package enum LedgerState: UInt8, Sendable {
    /// Admitted: it may have touched either copy.
    case begun = 1
    /// The array is about to say that it is done. If the process was killed now, nobody here knows whether the host heard.
    case answering = 2
    /// The host was told that it is done.
    case acknowledged = 3
    /// The host was told that it failed: it may be there, not be there, or be there in part.
    case failed = 4
}

/// The stations on a write's way whose time is noted.
package enum LedgerStage: Int, Sendable, CaseIterable {
    /// On the disk of this array.
    case local = 0
    /// Handed to the link.
    case wire = 1
    /// Acknowledged by the far array: it is in its cache and on its disk.
    case far = 2
    /// The host was answered.
    case answered = 3
}
