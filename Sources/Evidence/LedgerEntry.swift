// One entry of the ledger, as a value, with the two directions of its codec. The layout is drawn in `LedgerLayout`.

package import ReplicationCore

/// What an entry says under its seal.
package struct LedgerEntry: Hashable, Sendable {
    package var kind: LedgerKind
    package var continuations: UInt16 = 0
    /// The counter of the group's identifier; 0 for a volume without a pair.
    package var group: UInt32 = 0
    package var epoch: UInt16 = 0
    package var ldev: LDEVNumber
    package var sequence = SequenceNumber.none
    package var offset: UInt64 = 0
    /// Wall clock, nanoseconds since 1970.
    package var begun: UInt64 = 0
    package var bytes: UInt32 = 0
    package var checksum: UInt32 = 0

    package init(_ kind: LedgerKind, ldev: LDEVNumber) {
        self.kind = kind
        self.ldev = ldev
    }

    /// The bytes that a write, a discard or what was applied of them covers.
    package var extent: ByteExtent {
        get {
            ByteExtent(offset: offset, count: hasWideLength ? UInt64(checksum) << 32 | UInt64(bytes) : UInt64(bytes))
        }
        set {
            offset = newValue.offset
            bytes = UInt32(truncatingIfNeeded: newValue.count)
            if hasWideLength { checksum = UInt32(truncatingIfNeeded: newValue.count >> 32) }
        }
    }

    private var hasWideLength: Bool { kind == .discard || kind == .appliedDiscard }

    /// Lays the entry out at `target`, without its seal. // hot
    package func encode(into target: UnsafeMutableRawBufferPointer) {
        let word = UInt32(kind.rawValue) | UInt32(continuations) << 16
        unsafe target.storeLittleEndian(word, at: LedgerLayout.kindAt)
        unsafe target.storeLittleEndian(group, at: 8)
        unsafe target.storeLittleEndian(epoch, at: 12)
        unsafe target.storeLittleEndian(ldev.value, at: 14)
        unsafe target.storeLittleEndian(sequence.value, at: 16)
        unsafe target.storeLittleEndian(offset, at: 24)
        unsafe target.storeLittleEndian(begun, at: LedgerLayout.begunAt)
        unsafe target.storeLittleEndian(bytes, at: 40)
        unsafe target.storeLittleEndian(checksum, at: 44)
        unsafe target.storeLittleEndian(UInt64(0), at: 48)
        unsafe target.storeLittleEndian(UInt64(0), at: 56)
    }

    /// Reads the entry at `source`, whose seal has been found right.
    /// - Returns: nil for a kind that this version does not know.
    package init?(decoding source: UnsafeRawBufferPointer) {
        guard let kind = LedgerKind(rawValue: unsafe source[LedgerLayout.kindAt]) else { return nil }
        self.kind = kind
        unsafe continuations = source.loadLittleEndian(UInt16.self, at: LedgerLayout.continuationsAt)
        unsafe group = source.loadLittleEndian(UInt32.self, at: 8)
        unsafe epoch = source.loadLittleEndian(UInt16.self, at: 12)
        unsafe ldev = LDEVNumber(source.loadLittleEndian(UInt16.self, at: 14))
        unsafe sequence = SequenceNumber(source.loadLittleEndian(UInt64.self, at: 16))
        unsafe offset = source.loadLittleEndian(UInt64.self, at: 24)
        unsafe begun = source.loadLittleEndian(UInt64.self, at: LedgerLayout.begunAt)
        unsafe bytes = source.loadLittleEndian(UInt32.self, at: 40)
        unsafe checksum = source.loadLittleEndian(UInt32.self, at: 44)
    }
}

/// The state of a pair, as a `state` entry tells it.
package struct PairStateNote: Hashable, Sendable {
    package var group: GroupIdentifier
    package var epoch: Epoch
    package var role: Role
    package var mode: ReplicationMode
    package var ldev: LDEVNumber
    package var remote: LDEVNumber
    package var status: PairStatus
    package var isUsable: Bool
    package var isDeleted: Bool
    /// It was so when the array started, and is only repeated.
    package var isInherited = false

    package init(group: GroupIdentifier, epoch: Epoch, role: Role, mode: ReplicationMode, pair: PairRecord) {
        self.group = group
        self.epoch = epoch
        self.role = role
        self.mode = mode
        ldev = pair.local
        remote = pair.remote
        status = pair.status
        isUsable = pair.isUsable
        isDeleted = pair.isDeleted
    }

    /// - Returns: nil if the entry is no state, or one that this version does not know.
    package init?(_ entry: LedgerEntry) {
        guard entry.kind == .state, let role = Role(rawValue: UInt8(truncatingIfNeeded: entry.bytes >> 8)),
            let status = try? PairStatus(code: UInt8(truncatingIfNeeded: entry.bytes)),
            let mode = try? ReplicationMode(code: UInt8(truncatingIfNeeded: entry.bytes >> 24))
        else { return nil }
        group = GroupIdentifier(entry.offset)
        epoch = Epoch(UInt32(entry.epoch))
        self.role = role
        self.mode = mode
        self.status = status
        ldev = entry.ldev
        remote = LDEVNumber(UInt16(truncatingIfNeeded: entry.checksum))
        isUsable = entry.bytes & 1 << 16 != 0
        isDeleted = entry.bytes & 1 << 17 != 0
        isInherited = entry.bytes & 1 << 18 != 0
    }
}

extension LedgerEntry {
    package init(_ note: PairStateNote, last: SequenceNumber) {
        self.init(.state, ldev: note.ldev)
        group = UInt32(truncatingIfNeeded: note.group.value)
        epoch = UInt16(truncatingIfNeeded: note.epoch.value)
        sequence = last
        offset = note.group.value
        bytes =
            UInt32(note.status.code) | UInt32(note.role.rawValue) << 8 | (note.isUsable ? 1 << 16 : 0)
            | (note.isDeleted ? 1 << 17 : 0) | (note.isInherited ? 1 << 18 : 0) | UInt32(note.mode.code) << 24
        checksum = UInt32(note.remote.value)
    }
}

extension LedgerLayout {
    /// What a seal covers beside the entry's own bytes: the ordinal, and the first word with a state of 0. // hot
    package static func sealTail(_ bytes: UnsafeRawBufferPointer, ordinal: UInt64) -> (UInt64, UInt32) {
        (ordinal, unsafe bytes.loadLittleEndian(UInt32.self, at: kindAt) & 0xFFFF_00FF)
    }

    /// The bytes under the seal of an entry of this kind.
    package static func sealed(_ kind: UInt8) -> Range<Int> {
        kind == LedgerKind.continuation.rawValue ? 8..<entryBytes : sealedBytes
    }

    /// The seal that an entry with this ordinal must have; never 0.
    /// - Parameter checksum: CRC-32C continued from a sum; the shell has it with hardware instructions.
    package static func seal(
        _ bytes: UnsafeRawBufferPointer, ordinal: UInt64,
        checksum: (UInt32, UnsafeRawBufferPointer) -> UInt32
    ) -> UInt32 {
        let covered = unsafe UnsafeRawBufferPointer(rebasing: bytes[sealed(bytes[kindAt])])
        var sum = unsafe checksum(0, covered)
        var (number, word) = unsafe sealTail(bytes, ordinal: ordinal)
        number = number.littleEndian
        word = word.littleEndian
        unsafe withUnsafeBytes(of: &number) { unsafe sum = checksum(sum, $0) }
        unsafe withUnsafeBytes(of: &word) { unsafe sum = checksum(sum, $0) }
        return sum == 0 ? 1 : sum
    }

    /// The header of a new ledger.
    package static func header(serial: ArraySerial, entries: Int) -> [UInt8] {
        var writer = WireWriter()
        writer.write(magic)
        writer.write(version)
        writer.write(UInt16(entryBytes))
        writer.write(serial.value)
        writer.write(UInt64(entries))
        writer.write(Checksum.crc32c(writer.bytes))
        return writer.bytes
    }
}
