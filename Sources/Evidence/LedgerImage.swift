// A ledger as somebody reads it: bytes that may still be changing, or that a dead array left, or that are damaged.
// Nothing is guessed: an entry counts if its seal is right for its place, and every place whose seal is wrong without a
// reason is damage.

package import ReplicationCore

/// Why bytes are no ledger.
package enum LedgerProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case notALedger
    case unsupportedVersion(UInt16)
    /// The header's checksum or its sizes are wrong.
    case damagedHeader

    package var description: String {
        switch self {
        case .notALedger: "it is not a ledger"
        case .unsupportedVersion(let version):
            "it has format \(version), this program reads format \(LedgerLayout.version)"
        case .damagedHeader: "its header is damaged"
        }
    }
}

/// An entry with everything that became of it.
package struct LedgerRecord: Hashable, Sendable {
    package var ordinal: UInt64
    package var entry: LedgerEntry
    package var state: LedgerState?
    /// Microseconds after `entry.begun`, by stage; 0 = not reached.
    package var stages: SIMD4<UInt32>
    /// Where in `LedgerImage.checksums` those of the pieces after the first are.
    package var more: Range<Int>

    /// When the stage was reached: wall clock, nanoseconds since 1970.
    package func time(of stage: LedgerStage) -> UInt64? {
        let after = stages[stage.rawValue]
        return after == 0 ? nil : entry.begun + UInt64(after) * 1000
    }
}

/// What a ledger says.
package struct LedgerImage: Sendable {
    package let serial: ArraySerial
    /// Entries that the ring has room for.
    package let capacity: Int
    /// The oldest ordinal that can still be in the ring, and the one after the newest.
    package private(set) var ordinals: Range<UInt64>
    /// In the order of their ordinals.
    package private(set) var records: [LedgerRecord] = []
    /// CRC-32C of pieces after the first, for all records.
    package private(set) var checksums: [UInt32] = []
    /// Ordinals of places whose bytes are damaged.
    package private(set) var damage: [UInt64] = []

    /// Whether older entries have made room for newer ones.
    package var hasForgotten: Bool { ordinals.lowerBound > 0 }

    /// Reads a ledger that may be in use.
    /// - Parameter checksum: CRC-32C of bytes, continued from a sum.
    package init(
        _ bytes: UnsafeRawBufferPointer, checksum: (UInt32, UnsafeRawBufferPointer) -> UInt32
    ) throws(LedgerProblem) {
        guard bytes.count >= LedgerLayout.headerBytes,
            unsafe bytes.loadLittleEndian(UInt32.self, at: 0) == LedgerLayout.magic
        else { throw .notALedger }
        let version = unsafe bytes.loadLittleEndian(UInt16.self, at: 4)
        guard version == LedgerLayout.version else { throw .unsupportedVersion(version) }
        let covered = unsafe Checksum.crc32c(bytes[0..<24])
        let entries = unsafe bytes.loadLittleEndian(UInt64.self, at: 16)
        guard unsafe bytes.loadLittleEndian(UInt32.self, at: 24) == covered,
            unsafe bytes.loadLittleEndian(UInt16.self, at: 6) == UInt16(LedgerLayout.entryBytes),
            entries > 0, entries & (entries - 1) == 0,
            UInt64(bytes.count - LedgerLayout.headerBytes) == entries * UInt64(LedgerLayout.entryBytes)
        else { throw .damagedHeader }
        serial = ArraySerial(unsafe bytes.loadLittleEndian(UInt64.self, at: 8))
        capacity = Int(entries)
        let next = unsafe bytes.loadLittleEndian(UInt64.self, at: LedgerLayout.nextOrdinalAt)
        ordinals = (next > entries ? next - entries : 0)..<next
        unsafe read(bytes, checksum)
    }

    private enum Place {
        /// Finished, for this ordinal.
        case whole
        /// Taken and not filled (yet), or given to a newer entry meanwhile.
        case vacant
        case damaged
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ checksum: (UInt32, UnsafeRawBufferPointer) -> UInt32
    ) {
        var copy = [UInt8](repeating: 0, count: LedgerLayout.entryBytes)
        records.reserveCapacity(Int(clamping: ordinals.upperBound - ordinals.lowerBound))
        var ordinal = ordinals.lowerBound
        while ordinal < ordinals.upperBound {
            defer { ordinal += 1 }
            switch unsafe load(ordinal, from: bytes, into: &copy, checksum) {
            case .vacant: continue
            case .damaged:
                damage.append(ordinal)
                continue
            case .whole: break
            }
            guard let record = unsafe copy.withUnsafeBytes({ unsafe Self.record($0, ordinal) }) else { continue }
            guard unsafe append(record, bytes, &copy, checksum) else { continue }
            ordinal += UInt64(record.entry.continuations)
        }
    }

    private static func record(_ bytes: UnsafeRawBufferPointer, _ ordinal: UInt64) -> LedgerRecord? {
        guard let entry = unsafe LedgerEntry(decoding: bytes), entry.kind != .continuation else { return nil }
        var stages = SIMD4<UInt32>()
        for stage in 0..<4 {
            stages[stage] = unsafe bytes.loadLittleEndian(UInt32.self, at: LedgerLayout.stagesAt + 4 * stage)
        }
        return LedgerRecord(
            ordinal: ordinal, entry: entry, state: LedgerState(rawValue: unsafe bytes[LedgerLayout.stateAt]),
            stages: stages, more: 0..<0)
    }

    /// Takes a record with its continuations. Returns false if one of them is missing.
    private mutating func append(
        _ record: LedgerRecord, _ bytes: UnsafeRawBufferPointer, _ copy: inout [UInt8],
        _ checksum: (UInt32, UnsafeRawBufferPointer) -> UInt32
    ) -> Bool {
        var record = record
        let start = checksums.count
        for index in 0..<UInt64(record.entry.continuations) {
            let ordinal = record.ordinal + 1 + index
            switch unsafe load(ordinal, from: bytes, into: &copy, checksum) {
            case .whole where copy[LedgerLayout.kindAt] == LedgerKind.continuation.rawValue:
                unsafe copy.withUnsafeBytes { view in
                    for at in 0..<LedgerLayout.checksumsPerContinuation {
                        checksums.append(unsafe view.loadLittleEndian(UInt32.self, at: 8 + 4 * at))
                    }
                }
            case .whole, .damaged:
                damage.append(ordinal)
                checksums.removeLast(checksums.count - start)
                return false
            case .vacant:
                // The ring came round while this was read.
                checksums.removeLast(checksums.count - start)
                return false
            }
        }
        record.more = start..<checksums.count
        records.append(record)
        return true
    }

    /// Copies an entry first: what is looked at must not change any more.
    private func load(
        _ ordinal: UInt64, from bytes: UnsafeRawBufferPointer, into copy: inout [UInt8],
        _ checksum: (UInt32, UnsafeRawBufferPointer) -> UInt32
    ) -> Place {
        let turn = UInt64(capacity)
        let start = LedgerLayout.headerBytes + Int(ordinal & (turn - 1)) * LedgerLayout.entryBytes
        return unsafe copy.withUnsafeMutableBytes { target in
            unsafe target.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + LedgerLayout.entryBytes]))
            let view = UnsafeRawBufferPointer(target)
            let seal = unsafe view.loadLittleEndian(UInt32.self, at: 0)
            if seal == 0 { return .vacant }
            if unsafe LedgerLayout.seal(view, ordinal: ordinal, checksum: checksum) == seal { return .whole }
            // Another turn's: the one before (this one was taken, and its array killed), or a later one.
            for other in [ordinal &- turn, ordinal &+ turn, ordinal &+ 2 * turn] {
                if unsafe LedgerLayout.seal(view, ordinal: other, checksum: checksum) == seal { return .vacant }
            }
            return .damaged
        }
    }
}
