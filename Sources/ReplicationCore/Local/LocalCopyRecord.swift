// What an array keeps of a set of local pairs besides its memory. Pairs that are split at one instant share one record,
// so that a killed process leaves the whole set split or none of it. Written as a whole at every change of state.

/// One local pair as its array keeps it.
package struct LocalPairRecord: Hashable, Sendable {
    package var primary: LDEVNumber
    package var secondary: LDEVNumber
    /// 0 to 2: which of the primary's copies this is.
    package var mirror: UInt8
    package var layout: TrackLayout
    package var status: LocalStatus = .copying
    /// From the start of a restore until its end: the primary is neither what it was nor what the secondary is.
    package var isHalfRestored = false
    /// 1 to 15: tracks per copy turn.
    package var copyPace: UInt8
    /// The pair no longer exists; its place in the set is kept.
    package var isDeleted = false

    package init(
        primary: LDEVNumber, secondary: LDEVNumber, mirror: UInt8, layout: TrackLayout, copyPace: UInt8 = 3
    ) {
        self.primary = primary
        self.secondary = secondary
        self.mirror = mirror
        self.layout = layout
        self.copyPace = copyPace
    }

    /// What hosts may do with the primary as far as this pair goes.
    package var primaryAccess: HostAccess { !isDeleted && isHalfRestored ? .readOnly : .readWrite }

    /// What hosts may do with the secondary.
    package var secondaryAccess: HostAccess { isDeleted || status == .split ? .readWrite : .readOnly }

    /// Whether the secondary's data are a point in time.
    package var isUsable: Bool { status == .split || status == .restoring || isHalfRestored }
}

/// A set of local pairs as its array keeps it.
package struct LocalCopyRecord: Hashable, Sendable {
    package static let magic: UInt32 = 0x4C4C_4241
    package static let version: UInt16 = 1

    package var id: GroupIdentifier
    package var serial: ArraySerial
    /// The number that operators see of pairs made to be split together; nil for a pair that stands alone.
    package var consistencyGroup: UInt8?
    package var pairs: [LocalPairRecord]

    package init(
        id: GroupIdentifier, serial: ArraySerial, consistencyGroup: UInt8? = nil, pairs: [LocalPairRecord]
    ) {
        self.id = id
        self.serial = serial
        self.consistencyGroup = consistencyGroup
        self.pairs = pairs
    }

    package var trackCounts: [Int] { pairs.map(\.layout.trackCount) }
    package var isGone: Bool { pairs.allSatisfy(\.isDeleted) }
    package var livePairs: [Int] { pairs.indices.filter { !pairs[$0].isDeleted } }

    package func encoded() -> [UInt8] {
        var w = WireWriter(reserving: 40 + pairs.count * 24)
        w.write(Self.magic)
        w.write(Self.version)
        w.write(id.value)
        w.write(serial.value)
        w.write(optional: consistencyGroup) { $0.write($1) }
        w.write(each: pairs) {
            $0.write($1.primary.value)
            $0.write($1.secondary.value)
            $0.write($1.mirror)
            $0.write($1.layout.volumeBytes)
            $0.write($1.layout.trackBytes)
            $0.write($1.status.rawValue)
            $0.write($1.isHalfRestored)
            $0.write($1.copyPace)
            $0.write($1.isDeleted)
        }
        w.write(Checksum.crc32c(w.bytes))
        return w.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var (r, _) = try WireReader.stored(bytes, magic: Self.magic, versions: Self.version...Self.version)
        id = GroupIdentifier(try r.read())
        serial = ArraySerial(try r.read())
        consistencyGroup = try r.readOptional { r throws(WireError) in try r.read() }
        pairs = try r.readEach { r throws(WireError) in try LocalPairRecord(from: &r) }
        try r.finish()
    }
}

extension LocalPairRecord {
    fileprivate init(from r: inout WireReader) throws(WireError) {
        primary = LDEVNumber(try r.read())
        secondary = LDEVNumber(try r.read())
        mirror = try r.read()
        guard mirror <= 2 else { throw .unknownValue(field: "mirror unit") }
        let volumeBytes: UInt64 = try r.read()
        let trackBytes: UInt32 = try r.read()
        guard volumeBytes > 0, TrackLayout.isValid(trackBytes: trackBytes) else {
            throw .unknownValue(field: "track layout")
        }
        layout = TrackLayout(volumeBytes: volumeBytes, trackBytes: trackBytes)
        status = try LocalStatus.read(from: &r, field: "local status")
        isHalfRestored = try r.readFlag()
        copyPace = try r.read()
        guard (1...15).contains(copyPace) else { throw .unknownValue(field: "copy pace") }
        isDeleted = try r.readFlag()
    }
}
