// What every sector of a stamped write says about itself: which run wrote it, where it belongs, with which write it came
// and what that write followed. A copy can therefore be judged without asking whoever made it.
//
//   byte   0        8    10   12     16     24       32       40       48       56         88                    512
//          ├────────┼────┼────┼──────┼──────┼────────┼────────┼────────┼────────┼──────────┼─────────────────────┤
//          │ magic  │ver │vol │ sum  │ run  │ sector │sequence│ write's│ write's│ precedent│ filling, follows    │
//          │ABSTAMP1│    │    │      │      │ offset │        │ offset │ length │ 32 bytes │ from the fields     │
//          └────────┴────┴────┴──────┴──────┴────────┴────────┴────────┴────────┴──────────┴─────────────────────┘
//   precedent: sequence (0: none), offset, length, volume (2), zero (6). All fields are little-endian.
//   sum: CRC-32C of the 512 bytes with these four as zero.
//
// The whole write's place is in each of its sectors: where some sectors of a write are there and others are not, the
// write is torn, and both halves can say so.

internal import Platform

/// The write that was acknowledged before this one was begun, on purpose: who finds the second finds the first.
package struct Precedent: Hashable, Sendable {
    package var sequence: UInt64
    package var volume: UInt16
    package var offset: UInt64
    package var length: UInt64

    package init(sequence: UInt64, volume: UInt16, offset: UInt64, length: UInt64) {
        self.sequence = sequence
        self.volume = volume
        self.offset = offset
        self.length = length
    }
}

/// What all sectors of one write have in common.
package struct Stamp: Hashable, Sendable {
    package static let sectorBytes = 512
    package static let version: UInt16 = 1
    /// "ABSTAMP1" as its bytes lie on the disk.
    static let magic: UInt64 = 0x3150_4D41_5453_4241
    static let fillingStart = 88

    package var run: UInt64
    package var volume: UInt16
    /// From 1, over all volumes of a run.
    package var sequence: UInt64
    /// Bytes from the beginning of the volume; a multiple of 512.
    package var offset: UInt64
    /// Bytes; a multiple of 512.
    package var length: UInt64
    package var precedent: Precedent?

    package init(
        run: UInt64, volume: UInt16, sequence: UInt64, offset: UInt64, length: UInt64, precedent: Precedent? = nil
    ) {
        self.run = run
        self.volume = volume
        self.sequence = sequence
        self.offset = offset
        self.length = length
        self.precedent = precedent
    }

    /// Stamps a whole write: `length` bytes from the start of `buffer`. // hot
    package func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count >= Int(length) && length % UInt64(Self.sectorBytes) == 0, "a write is whole sectors")
        for start in stride(from: 0, to: Int(length), by: Self.sectorBytes) {
            let sector = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + Self.sectorBytes])
            unsafe fill(sector: sector, at: offset + UInt64(start))
        }
    }

    private func fill(sector: UnsafeMutableRawBufferPointer, at place: UInt64) {
        unsafe sector.put(Self.magic, 0)
        unsafe sector.put(Self.version, 8)
        unsafe sector.put(volume, 10)
        unsafe sector.put(UInt32(0), 12)
        unsafe sector.put(run, 16)
        unsafe sector.put(place, 24)
        unsafe sector.put(sequence, 32)
        unsafe sector.put(offset, 40)
        unsafe sector.put(length, 48)
        unsafe sector.put(precedent?.sequence ?? 0, 56)
        unsafe sector.put(precedent?.offset ?? 0, 64)
        unsafe sector.put(precedent?.length ?? 0, 72)
        unsafe sector.put(UInt64(precedent?.volume ?? 0), 80)
        var word = filling(at: place)
        for position in stride(from: Self.fillingStart, to: Self.sectorBytes, by: 8) {
            unsafe sector.put(word, position)
            word = word &* 0x5851_F42D_4C95_7F2D &+ 0x1405_7B7E_F767_814F
        }
        unsafe sector.put(payloadChecksum(UnsafeRawBufferPointer(sector)), 12)
    }

    private func filling(at place: UInt64) -> UInt64 { run ^ sequence &* 0x9E37_79B9_7F4A_7C15 ^ place }
}

/// What a sector turned out to hold.
package enum SectorContents: Hashable, Sendable {
    case zero
    /// A whole stamp, and the byte offset at which its sector belongs.
    case stamp(Stamp, place: UInt64)
    /// It begins like a stamp, but its sum is wrong or its fields contradict each other.
    case broken
    /// A stamp of a version that this program does not know.
    case otherVersion(UInt16)
    /// Something that no load wrote.
    case other

    /// Reads 512 bytes.
    package init(_ sector: UnsafeRawBufferPointer) {
        precondition(sector.count == Stamp.sectorBytes, "a sector has 512 bytes")
        guard unsafe sector.get(UInt64.self, 0) == Stamp.magic else {
            self = unsafe sector.isZero ? .zero : .other
            return
        }
        // The sum with its own field as zero: the field is taken out of the sum by summing a copy.
        let sum = unsafe withUnsafeTemporaryAllocation(byteCount: Stamp.sectorBytes, alignment: 8) { copy in
            unsafe copy.copyMemory(from: sector)
            unsafe copy.put(UInt32(0), 12)
            return unsafe payloadChecksum(UnsafeRawBufferPointer(copy))
        }
        guard unsafe sector.get(UInt32.self, 12) == sum else {
            self = .broken
            return
        }
        let version = unsafe sector.get(UInt16.self, 8)
        guard version == Stamp.version else {
            self = .otherVersion(version)
            return
        }
        let precedent = unsafe sector.get(UInt64.self, 56)
        let stamp = unsafe Stamp(
            run: sector.get(UInt64.self, 16), volume: sector.get(UInt16.self, 10),
            sequence: sector.get(UInt64.self, 32), offset: sector.get(UInt64.self, 40),
            length: sector.get(UInt64.self, 48),
            precedent: precedent == 0
                ? nil
                : Precedent(
                    sequence: precedent, volume: sector.get(UInt16.self, 80), offset: sector.get(UInt64.self, 64),
                    length: sector.get(UInt64.self, 72)))
        let place = unsafe sector.get(UInt64.self, 24)
        let isWithinWrite = place >= stamp.offset && place - stamp.offset < stamp.length
        self = isWithinWrite && stamp.sequence > 0 ? .stamp(stamp, place: place) : .broken
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores a little-endian field. // hot
    func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, _ position: Int) {
        unsafe storeBytes(of: value.littleEndian, toByteOffset: position, as: Value.self)
    }
}

extension UnsafeRawBufferPointer {
    /// Loads a little-endian field. // hot
    func get<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, _ position: Int) -> Value {
        Value(littleEndian: unsafe loadUnaligned(fromByteOffset: position, as: Value.self))
    }

    /// Whether all bytes are zero; the count is a multiple of eight. // hot
    var isZero: Bool {
        for position in stride(from: 0, to: count, by: 8) where unsafe get(UInt64.self, position) != 0 { return false }
        return true
    }
}
