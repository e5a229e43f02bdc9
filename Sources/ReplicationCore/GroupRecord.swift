// What an array keeps of a replication group besides its memory: who is paired with whom, and in which state. Written
// as a whole at every change of state; read when the array starts.

/// One pair as its array keeps it.
package struct PairRecord: Hashable, Sendable {
    package var local: LDEVNumber
    package var remote: LDEVNumber
    package var layout: TrackLayout
    package var status: PairStatus
    /// Secondary: whether its data are a point in time. False from the start of a copy until its end.
    package var isUsable: Bool
    /// Whether the split left the secondary writable for its hosts. Known on both sides.
    package var isSecondaryHostWritable = false
    /// Primary: whether an operator took the hosts' right to write.
    package var isPrimaryWriteProtected = false
    /// Primary: whether the fence refuses the hosts' writes.
    package var isFenced = false
    /// 1 to 15: tracks per copy turn.
    package var copyPace: UInt8 = 3
    /// The pair no longer exists, or does not exist yet; its place in the group is kept.
    package var isDeleted = false
    /// Secondary, after a pair joined the running stream: nothing before this number of the epoch is about it.
    package var since = SequenceNumber.none
    /// Secondary: the pair joined, and the primary has not shown yet that it has noted it too.
    package var isUnconfirmed = false

    package init(
        local: LDEVNumber, remote: LDEVNumber, layout: TrackLayout, status: PairStatus, isUsable: Bool,
        copyPace: UInt8 = 3
    ) {
        self.local = local
        self.remote = remote
        self.layout = layout
        self.status = status
        self.isUsable = isUsable
        self.copyPace = copyPace
    }
}

extension PairRecord {
    /// Whether a secondary's data may be given to hosts: they are a point in time, or what hosts have worked on since a
    /// takeover, whatever became of it when its machine crashed.
    package var isServiceable: Bool { isUsable || status == .takenOver }

    /// What hosts may do with the volume while its group has this role here. // hot
    package func access(as role: Role) -> HostAccess {
        if isDeleted { return .readWrite }
        switch role {
        case .primary:
            return isFenced || isPrimaryWriteProtected ? .readOnly : .readWrite
        case .secondary:
            switch status {
            case .takenOver: return .readWrite
            case .suspended: return isSecondaryHostWritable ? .readWrite : .readOnly
            case .copying, .paired: return .readOnly
            }
        }
    }
}

/// A replication group as its array keeps it. Its pairs share role, mode, epoch and order.
package struct GroupRecord: Hashable, Sendable {
    package static let magic: UInt32 = 0x5247_4241
    /// A group that no pair joined later, and that is not held, is written as version 3; without a link timeout of its own
    /// as version 2, and without journals as version 1.
    package static let version: UInt16 = 4

    package var id: GroupIdentifier
    package var localSerial: ArraySerial
    package var remoteSerial: ArraySerial
    /// The number that operators see; nil for a synchronous pair that stands alone.
    package var consistencyGroup: UInt8?
    package var role: Role
    package var mode: ReplicationMode
    package var epoch: Epoch
    /// Slots of the group's memory: a power of two.
    package var slotCount: UInt32
    /// Nil: the array's own timeout.
    package var sideFileTimeout: Span?
    /// The same for the loss of the link.
    package var linkTimeout: Span?
    /// The journals in which the stream lies here and there; nil for a side file in memory.
    package var journals: JournalNumbers?
    /// Made suspended and without a copy; nothing has been copied since. The mirror of its journals is held.
    package var isHeld = false
    package var pairs: [PairRecord]
    /// So many places have their bitmaps in the group's memory; each later one has a memory of its own.
    package private(set) var foundingPlaces: Int

    package init(
        id: GroupIdentifier, localSerial: ArraySerial, remoteSerial: ArraySerial, consistencyGroup: UInt8?,
        role: Role, mode: ReplicationMode, epoch: Epoch, slotCount: UInt32, sideFileTimeout: Span? = nil,
        journals: JournalNumbers? = nil, pairs: [PairRecord]
    ) {
        self.id = id
        self.localSerial = localSerial
        self.remoteSerial = remoteSerial
        self.consistencyGroup = consistencyGroup
        self.role = role
        self.mode = mode
        self.epoch = epoch
        self.slotCount = slotCount
        self.sideFileTimeout = sideFileTimeout
        self.journals = journals
        self.pairs = pairs
        foundingPlaces = pairs.count
    }

    package var trackCounts: [Int] { pairs.map(\.layout.trackCount) }
    /// Of the places whose bitmaps lie in the group's memory.
    package var foundingTrackCounts: [Int] { pairs.prefix(foundingPlaces).map(\.layout.trackCount) }
    package var isGone: Bool { pairs.allSatisfy(\.isDeleted) }

    /// The place that a new pair of this volume can take: its last pair is gone.
    package func freePlace(for pair: PairRecord) -> Int? {
        pairs.firstIndex { $0.isDeleted && $0.local == pair.local && $0.layout == pair.layout }
    }

    /// Adds a place without a pair.
    mutating func addPlace(_ pair: PairRecord) {
        var place = pair
        place.isDeleted = true
        place.status = .suspended(.byOperator)
        pairs.append(place)
    }

    /// The record with further places.
    package func withPlaces(for pairs: [PairRecord]) -> GroupRecord {
        var larger = self
        for pair in pairs { larger.addPlace(pair) }
        return larger
    }

    private var writtenVersion: UInt16 {
        let isGrown = pairs.count > foundingPlaces || pairs.contains { $0.isUnconfirmed || $0.since != .none }
        if isGrown || isHeld { return Self.version }
        return linkTimeout != nil ? 3 : journals == nil ? 1 : 2
    }

    /// Bytes that the record can take with these places, whatever becomes of it.
    package var byteCountMaximum: Int {
        var largest = self
        largest.isHeld = true
        largest.consistencyGroup = 0
        largest.journals = JournalNumbers(local: 0, remote: 0)
        largest.sideFileTimeout = Span(nanoseconds: 0)
        largest.linkTimeout = Span(nanoseconds: 0)
        return largest.encoded().count
    }

    package func encoded() -> [UInt8] {
        var w = WireWriter(reserving: 64 + pairs.count * 56)
        let version = writtenVersion
        w.write(Self.magic)
        w.write(version)
        w.write(id.value)
        w.write(localSerial.value)
        w.write(remoteSerial.value)
        w.write(optional: consistencyGroup) { $0.write($1) }
        w.write(role.rawValue)
        w.write(mode.code)
        w.write(epoch.value)
        w.write(slotCount)
        w.write(optional: sideFileTimeout) { $0.write($1.nanoseconds) }
        if version == Self.version {
            w.write(optional: linkTimeout) { $0.write($1.nanoseconds) }
            w.write(optional: journals) { $0.write($1) }
            w.write(UInt32(foundingPlaces))
            w.write(isHeld)
        } else if let linkTimeout {
            w.write(linkTimeout.nanoseconds)
            w.write(optional: journals) { $0.write($1) }
        } else if let journals {
            w.write(journals)
        }
        w.write(each: pairs) {
            $0.write($1.local.value)
            $0.write($1.remote.value)
            $0.write($1.layout.volumeBytes)
            $0.write($1.layout.trackBytes)
            $0.write($1.status.code)
            $0.write($1.isUsable)
            $0.write($1.isSecondaryHostWritable)
            $0.write($1.isPrimaryWriteProtected)
            $0.write($1.isFenced)
            $0.write($1.copyPace)
            $0.write($1.isDeleted)
            guard version == Self.version else { return }
            $0.write($1.since.value)
            $0.write($1.isUnconfirmed)
        }
        w.write(Checksum.crc32c(w.bytes))
        return w.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var (r, version) = try WireReader.stored(bytes, magic: Self.magic, versions: 1...Self.version)
        id = GroupIdentifier(try r.read())
        localSerial = ArraySerial(try r.read())
        remoteSerial = ArraySerial(try r.read())
        consistencyGroup = try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) }
        role = try Role.read(from: &r, field: "role")
        mode = try ReplicationMode(code: try r.read())
        epoch = Epoch(try r.read())
        slotCount = try r.read()
        guard slotCount > 0, slotCount & (slotCount - 1) == 0, slotCount <= 1 << 20 else {
            throw .unknownValue(field: "slot count")
        }
        sideFileTimeout = try r.readOptional { (r) throws(WireError) in Span(nanoseconds: try r.read()) }
        switch version {
        case 1: journals = nil
        case 2: journals = try r.readJournals()
        case 3:
            linkTimeout = Span(nanoseconds: try r.read())
            journals = try r.readOptional { (r) throws(WireError) in try r.readJournals() }
        case _:
            linkTimeout = try r.readOptional { (r) throws(WireError) in Span(nanoseconds: try r.read()) }
            journals = try r.readOptional { (r) throws(WireError) in try r.readJournals() }
        }
        let founding = version == Self.version ? Int(try r.read(UInt32.self)) : nil
        isHeld = version == Self.version ? try r.readFlag() : false
        pairs = try r.readEach { (r) throws(WireError) in try PairRecord(from: &r, version) }
        foundingPlaces = founding ?? pairs.count
        guard foundingPlaces <= pairs.count else { throw .unknownValue(field: "founding places") }
        try r.finish()
    }
}

extension PairRecord {
    fileprivate init(from r: inout WireReader, _ version: UInt16) throws(WireError) {
        local = LDEVNumber(try r.read())
        remote = LDEVNumber(try r.read())
        let volumeBytes = try r.read(UInt64.self)
        let trackBytes = try r.read(UInt32.self)
        guard volumeBytes > 0, TrackLayout.isValid(trackBytes: trackBytes) else {
            throw .unknownValue(field: "track layout")
        }
        layout = TrackLayout(volumeBytes: volumeBytes, trackBytes: trackBytes)
        status = try PairStatus(code: try r.read())
        isUsable = try r.readFlag()
        isSecondaryHostWritable = try r.readFlag()
        isPrimaryWriteProtected = try r.readFlag()
        isFenced = try r.readFlag()
        copyPace = try r.read()
        isDeleted = try r.readFlag()
        guard version == GroupRecord.version else { return }
        since = SequenceNumber(try r.read())
        isUnconfirmed = try r.readFlag()
    }
}
