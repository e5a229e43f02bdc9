// What an array says of one of its remote pairs.

package import ReplicationCore

/// A pair as the array that holds this volume knows it.
package struct PairSnapshot: Hashable, Sendable {
    package var group: GroupIdentifier
    /// The number of the consistency group; nil for a synchronous pair that stands alone.
    package var consistencyGroup: UInt8?
    package var role: Role
    package var mode: ReplicationMode
    package var status: PairStatus
    package var remoteSerial: ArraySerial
    package var remoteLDEV: LDEVNumber
    /// How many percent of the volume's tracks are not marked: the progress of a copy, or the likeness of a split
    /// pair. 0 to 100; 100 only if no track at all is marked.
    package var cleanPercent: UInt8
    /// Number of marked tracks.
    package var markedTracks: UInt64
    /// Number of tracks of the volume.
    package var trackCount: UInt64
    /// Fill of the group's side file in percent of a full one; 0 for synchronous pairs.
    package var sideFilePercent: UInt8
    /// The side file's high-water mark, in percent of a full one.
    package var highWaterPercent: UInt8
    /// Whether the side file is above its high-water mark.
    package var isAboveHighWater: Bool
    /// Whether the split left the secondary writable for its hosts (asked of either side).
    package var isSecondaryHostWritable: Bool
    /// On a secondary: whether its hosts have written since the split or takeover.
    package var isWrittenSinceSplit: Bool
    /// Whether hosts may write to this volume now.
    package var access: HostAccess
    /// Whether a fence refuses the hosts' writes to this primary.
    package var isFenced: Bool
    /// On a secondary: whether its data are a usable point in time. False while a bitmap copy runs or was interrupted.
    package var isUsable: Bool
    /// Whether the link to the other array is up.
    package var isLinkUp: Bool
    /// Copy pace, 1 to 15.
    package var copyPace: UInt8
    /// The mirror unit of a remote copy, 0 to 3.
    package var mirror: UInt8
    /// The journal on this side and on the other; nil for pairs without journals.
    package var journal: UInt8?
    package var remoteJournal: UInt8?
    /// Fill of this side's journal, in percent.
    package var journalPercent: UInt8
    /// Paths to the other array that work now, and how many there must be.
    package var activePaths: UInt8
    package var minimumPaths: UInt8
    /// Whether the secondary refuses its hosts' reads while it is paired.
    package var isReadRefused: Bool

    package init(
        group: GroupIdentifier, consistencyGroup: UInt8? = nil, role: Role, mode: ReplicationMode,
        status: PairStatus, remoteSerial: ArraySerial, remoteLDEV: LDEVNumber, cleanPercent: UInt8 = 100,
        markedTracks: UInt64 = 0, trackCount: UInt64 = 1, sideFilePercent: UInt8 = 0, highWaterPercent: UInt8 = 30,
        isAboveHighWater: Bool = false, isSecondaryHostWritable: Bool = false, isWrittenSinceSplit: Bool = false,
        access: HostAccess = .readWrite, isFenced: Bool = false, isUsable: Bool = true, isLinkUp: Bool = true,
        copyPace: UInt8 = 3, mirror: UInt8 = 0, journal: UInt8? = nil, remoteJournal: UInt8? = nil,
        journalPercent: UInt8 = 0, activePaths: UInt8 = 1, minimumPaths: UInt8 = 1, isReadRefused: Bool = false
    ) {
        self.group = group
        self.consistencyGroup = consistencyGroup
        self.role = role
        self.mode = mode
        self.status = status
        self.remoteSerial = remoteSerial
        self.remoteLDEV = remoteLDEV
        self.cleanPercent = cleanPercent
        self.markedTracks = markedTracks
        self.trackCount = trackCount
        self.sideFilePercent = sideFilePercent
        self.highWaterPercent = highWaterPercent
        self.isAboveHighWater = isAboveHighWater
        self.isSecondaryHostWritable = isSecondaryHostWritable
        self.isWrittenSinceSplit = isWrittenSinceSplit
        self.access = access
        self.isFenced = isFenced
        self.isUsable = isUsable
        self.isLinkUp = isLinkUp
        self.copyPace = copyPace
        self.mirror = mirror
        self.journal = journal
        self.remoteJournal = remoteJournal
        self.journalPercent = journalPercent
        self.activePaths = activePaths
        self.minimumPaths = minimumPaths
        self.isReadRefused = isReadRefused
    }
}

extension PairSnapshot {
    func write(to w: inout WireWriter) {
        w.write(group.value)
        w.write(optional: consistencyGroup) { $0.write($1) }
        w.write(role.rawValue)
        w.write(mode.code)
        w.write(status.code)
        w.write(remoteSerial.value)
        w.write(remoteLDEV.value)
        w.write(cleanPercent)
        w.write(markedTracks)
        w.write(trackCount)
        w.write(sideFilePercent)
        w.write(highWaterPercent)
        w.write(isAboveHighWater)
        w.write(isSecondaryHostWritable)
        w.write(isWrittenSinceSplit)
        w.write(access.rawValue)
        w.write(isFenced)
        w.write(isUsable)
        w.write(isLinkUp)
        w.write(copyPace)
        w.write(mirror)
        w.write(optional: journal) { $0.write($1) }
        w.write(optional: remoteJournal) { $0.write($1) }
        w.write(journalPercent)
        w.write(activePaths)
        w.write(minimumPaths)
        w.write(isReadRefused)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            group: GroupIdentifier(try r.read()),
            consistencyGroup: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
            role: try Role.read(from: &r, field: "role"),
            mode: try ReplicationMode(code: try r.read()), status: try PairStatus(code: try r.read()),
            remoteSerial: ArraySerial(try r.read()), remoteLDEV: LDEVNumber(try r.read()),
            cleanPercent: try r.read(), markedTracks: try r.read(), trackCount: try r.read(),
            sideFilePercent: try r.read(), highWaterPercent: try r.read(), isAboveHighWater: try r.readFlag(),
            isSecondaryHostWritable: try r.readFlag(), isWrittenSinceSplit: try r.readFlag(),
            access: try HostAccess.read(from: &r, field: "access"), isFenced: try r.readFlag(),
            isUsable: try r.readFlag(), isLinkUp: try r.readFlag(), copyPace: try r.read(), mirror: try r.read(),
            journal: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
            remoteJournal: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
            journalPercent: try r.read(), activePaths: try r.read(), minimumPaths: try r.read(),
            isReadRefused: try r.readFlag())
    }
}
