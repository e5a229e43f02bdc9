// What travels between two arrays: frames of a 64-byte header and a payload.
//
//   0  magic "ABLK"        4  version      6  kind
//   8  group              16  epoch       20  payload bytes
//  24  sequence           32  offset
//  40  extent bytes       48  LDEV (of the receiver)   50  flags   52  payload CRC-32C
//  56  reserved (zero)    60  header CRC-32C, over bytes 0..<60
//
// Stream frames (write, zero, copy, transition) carry a sequence number; the receiver applies them in that order and
// acknowledges cumulatively. All others stand outside the order.

/// What a frame is.
package enum FrameKind: UInt16, Sendable, CaseIterable {
    /// A host's write: payload = the bytes.
    case write = 1
    /// A host's discard or zeroing: no payload; `extentBytes` become zero.
    case zero = 2
    /// A track copy: payload = the bytes as they are on the primary.
    case copy = 3
    /// A change of the pair's state, at its place in the order: payload = `StreamTransition`.
    case transition = 4
    /// A sequence number whose write failed locally: nothing to apply.
    case void = 5
    /// Cumulative: everything up to `sequence` is applied.
    case acknowledgement = 16
    /// The write `sequence` could not be applied.
    case applyFailure = 17
    /// A request or answer between the two arrays about one group: payload = `PeerMessage`.
    case control = 32
    /// The link lives.
    case heartbeat = 48

    /// Whether the frame has a place in its group's order.
    package var isStream: Bool {
        switch self {
        case .write, .zero, .copy, .transition, .void: true
        case .acknowledgement, .applyFailure, .control, .heartbeat: false
        }
    }
}

/// The header of a frame. 64 bytes on the wire.
package struct FrameHeader: Hashable, Sendable {
    package static let byteCount = 64
    package static let version: UInt16 = 1
    static let magic: UInt32 = 0x4B4C_4241
    /// Longest payload; a longer one is damage. 4 MiB: a copy extent, or four of the kernel's largest writes.
    package static let largestPayload = 4 << 20

    package var kind: FrameKind
    package var group: GroupIdentifier
    package var epoch: Epoch
    package var payloadBytes: UInt32
    package var sequence: SequenceNumber
    package var offset: UInt64
    package var extentBytes: UInt64
    package var ldev: LDEVNumber
    package var flags: UInt16
    package var payloadChecksum: UInt32

    package init(
        kind: FrameKind, group: GroupIdentifier = GroupIdentifier(0), epoch: Epoch = Epoch(0),
        payloadBytes: UInt32 = 0, sequence: SequenceNumber = .none, offset: UInt64 = 0, extentBytes: UInt64 = 0,
        ldev: LDEVNumber = LDEVNumber(0), flags: UInt16 = 0, payloadChecksum: UInt32 = 0
    ) {
        self.kind = kind
        self.group = group
        self.epoch = epoch
        self.payloadBytes = payloadBytes
        self.sequence = sequence
        self.offset = offset
        self.extentBytes = extentBytes
        self.ldev = ldev
        self.flags = flags
        self.payloadChecksum = payloadChecksum
    }

    /// Lays the header out at `target`, which must have room for 64 bytes. // hot
    package func encode(into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count >= Self.byteCount)
        unsafe target.storeLittleEndian(Self.magic, at: 0)
        unsafe target.storeLittleEndian(Self.version, at: 4)
        unsafe target.storeLittleEndian(kind.rawValue, at: 6)
        unsafe target.storeLittleEndian(group.value, at: 8)
        unsafe target.storeLittleEndian(epoch.value, at: 16)
        unsafe target.storeLittleEndian(payloadBytes, at: 20)
        unsafe target.storeLittleEndian(sequence.value, at: 24)
        unsafe target.storeLittleEndian(offset, at: 32)
        unsafe target.storeLittleEndian(extentBytes, at: 40)
        unsafe target.storeLittleEndian(ldev.value, at: 48)
        unsafe target.storeLittleEndian(flags, at: 50)
        unsafe target.storeLittleEndian(payloadChecksum, at: 52)
        unsafe target.storeLittleEndian(UInt32(0), at: 56)
        unsafe target.storeLittleEndian(Checksum.crc32c(UnsafeRawBufferPointer(target.prefix60)), at: 60)
    }

    /// Reads a header. Checks magic, version, checksum, kind and the length of the payload. // hot
    package init(decoding source: UnsafeRawBufferPointer) throws(WireError) {
        guard source.count >= Self.byteCount else { throw .truncated }
        guard unsafe source.loadLittleEndian(UInt32.self, at: 0) == Self.magic else { throw .badMagic }
        let version = unsafe source.loadLittleEndian(UInt16.self, at: 4)
        guard version == Self.version else { throw .unsupportedVersion(version) }
        let covered = unsafe UnsafeRawBufferPointer(rebasing: source[0..<60])
        guard unsafe source.loadLittleEndian(UInt32.self, at: 60) == Checksum.crc32c(covered) else {
            throw .badChecksum
        }
        guard let kind = FrameKind(rawValue: unsafe source.loadLittleEndian(UInt16.self, at: 6)) else {
            throw .unknownValue(field: "frame kind")
        }
        self.kind = kind
        unsafe group = GroupIdentifier(source.loadLittleEndian(UInt64.self, at: 8))
        unsafe epoch = Epoch(source.loadLittleEndian(UInt32.self, at: 16))
        unsafe payloadBytes = source.loadLittleEndian(UInt32.self, at: 20)
        unsafe sequence = SequenceNumber(source.loadLittleEndian(UInt64.self, at: 24))
        unsafe offset = source.loadLittleEndian(UInt64.self, at: 32)
        unsafe extentBytes = source.loadLittleEndian(UInt64.self, at: 40)
        unsafe ldev = LDEVNumber(source.loadLittleEndian(UInt16.self, at: 48))
        unsafe flags = source.loadLittleEndian(UInt16.self, at: 50)
        unsafe payloadChecksum = source.loadLittleEndian(UInt32.self, at: 52)
        guard payloadBytes <= Self.largestPayload else { throw .unknownValue(field: "payload length") }
    }
}

extension UnsafeMutableRawBufferPointer {
    var prefix60: UnsafeMutableRawBufferPointer { unsafe UnsafeMutableRawBufferPointer(rebasing: self[0..<60]) }

    @inlinable package func storeLittleEndian<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        unsafe storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }
}

extension UnsafeRawBufferPointer {
    @inlinable
    package func loadLittleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
        T(littleEndian: unsafe loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
