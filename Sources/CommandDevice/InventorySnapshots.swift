// The parts of an array that an inventory names.

package import ReplicationCore

/// A port over which hosts reach volumes.
package struct PortSnapshot: Hashable, Sendable {
    /// `CL1-A`, without a host group.
    package var name: String
    /// World-wide name.
    package var wwn: UInt64
    /// The port's address on an arbitrated loop (AL-PA).
    package var loopAddress: UInt8
    /// Numbers of the host groups in use, rising; 0 is the one that a port has by itself.
    package var hostGroups: [UInt8]

    package init(name: String, wwn: UInt64, loopAddress: UInt8, hostGroups: [UInt8]) {
        self.name = name
        self.wwn = wwn
        self.loopAddress = loopAddress
        self.hostGroups = hostGroups
    }
}

/// An array at the other end of links.
package struct RemoteArraySnapshot: Hashable, Sendable {
    package var serial: ArraySerial
    /// The name of the (first) link.
    package var linkName: String
    package var pathCount: UInt8
    /// Those that work now.
    package var activePaths: UInt8
    package var pathGroup: UInt8

    package init(serial: ArraySerial, linkName: String, pathCount: UInt8, activePaths: UInt8, pathGroup: UInt8 = 0) {
        self.serial = serial
        self.linkName = linkName
        self.pathCount = pathCount
        self.activePaths = activePaths
        self.pathGroup = pathGroup
    }
}

/// A consistency group.
package struct GroupSnapshot: Hashable, Sendable {
    package var number: UInt8
    package var id: GroupIdentifier
    package var role: Role
    package var mode: ReplicationMode
    /// The state of the pair that is worst off.
    package var status: PairStatus
    package var pairCount: UInt32
    package var remoteSerial: ArraySerial
    package var activePaths: UInt8
    /// Fill of the side file, in percent of a full one; 0 for synchronous groups.
    package var sideFilePercent: UInt8
    /// Bytes of the side file, 0 for synchronous groups.
    package var sideFileBytes: UInt64
    package var isAboveHighWater: Bool
    /// The newest write in the group's order: on the primary the last one taken, on the secondary the last one applied.
    package var marker: SequenceNumber
    /// Writes that the other array does not have yet; 0 on a secondary.
    package var waiting: UInt64
    package var journal: UInt8?
    /// In force, with the array's own where none were ordered.
    package var timers: GroupTimers
    /// Made suspended and without a copy, for a delta resynchronisation that has not come yet.
    package var isHeld: Bool

    package init(
        number: UInt8, id: GroupIdentifier, role: Role, mode: ReplicationMode, status: PairStatus, pairCount: UInt32,
        remoteSerial: ArraySerial, activePaths: UInt8, sideFilePercent: UInt8 = 0, sideFileBytes: UInt64 = 0,
        isAboveHighWater: Bool = false, marker: SequenceNumber = .none, waiting: UInt64 = 0, journal: UInt8? = nil,
        timers: GroupTimers = GroupTimers(), isHeld: Bool = false
    ) {
        self.number = number
        self.id = id
        self.role = role
        self.mode = mode
        self.status = status
        self.pairCount = pairCount
        self.remoteSerial = remoteSerial
        self.activePaths = activePaths
        self.sideFilePercent = sideFilePercent
        self.sideFileBytes = sideFileBytes
        self.isAboveHighWater = isAboveHighWater
        self.marker = marker
        self.waiting = waiting
        self.journal = journal
        self.timers = timers
        self.isHeld = isHeld
    }
}

/// A journal.
package struct JournalSnapshot: Hashable, Sendable {
    package var number: UInt8
    package var ldevs: [LDEVNumber]
    package var byteCount: UInt64
    /// The group that uses it; nil for a journal without pairs.
    package var group: GroupSnapshot?
    /// In percent.
    package var usedPercent: UInt8

    package init(
        number: UInt8, ldevs: [LDEVNumber], byteCount: UInt64, group: GroupSnapshot? = nil, usedPercent: UInt8 = 0
    ) {
        self.number = number
        self.ldevs = ldevs
        self.byteCount = byteCount
        self.group = group
        self.usedPercent = usedPercent
    }
}

/// What hosts did to a volume since the array's start. The counters only rise.
package struct VolumeActivity: Hashable, Sendable {
    package var ldev: LDEVNumber
    package var reads: UInt64
    package var writes: UInt64
    package var readBytes: UInt64
    package var writtenBytes: UInt64

    package init(ldev: LDEVNumber, reads: UInt64, writes: UInt64, readBytes: UInt64, writtenBytes: UInt64) {
        self.ldev = ldev
        self.reads = reads
        self.writes = writes
        self.readBytes = readBytes
        self.writtenBytes = writtenBytes
    }
}

extension PortSnapshot {
    func write(to w: inout WireWriter) {
        w.write(name)
        w.write(wwn)
        w.write(loopAddress)
        w.write(each: hostGroups) { $0.write($1) }
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            name: try r.readText(), wwn: try r.read(), loopAddress: try r.read(),
            hostGroups: try r.readEach { (r) throws(WireError) in try r.read(UInt8.self) })
    }
}

extension RemoteArraySnapshot {
    func write(to w: inout WireWriter) {
        w.write(serial.value)
        w.write(linkName)
        w.write(pathCount)
        w.write(activePaths)
        w.write(pathGroup)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            serial: ArraySerial(try r.read()), linkName: try r.readText(), pathCount: try r.read(),
            activePaths: try r.read(), pathGroup: try r.read())
    }
}

extension GroupSnapshot {
    func write(to w: inout WireWriter) {
        w.write(number)
        w.write(id.value)
        w.write(role.rawValue)
        w.write(mode.code)
        w.write(status.code)
        w.write(pairCount)
        w.write(remoteSerial.value)
        w.write(activePaths)
        w.write(sideFilePercent)
        w.write(sideFileBytes)
        w.write(isAboveHighWater)
        w.write(marker.value)
        w.write(waiting)
        w.write(optional: journal) { $0.write($1) }
        timers.write(to: &w)
        w.write(isHeld)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            number: try r.read(), id: GroupIdentifier(try r.read()), role: try Role.read(from: &r, field: "role"),
            mode: try ReplicationMode(code: try r.read()), status: try PairStatus(code: try r.read()),
            pairCount: try r.read(), remoteSerial: ArraySerial(try r.read()), activePaths: try r.read(),
            sideFilePercent: try r.read(), sideFileBytes: try r.read(), isAboveHighWater: try r.readFlag(),
            marker: SequenceNumber(try r.read()), waiting: try r.read(),
            journal: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
            timers: try GroupTimers(from: &r), isHeld: try r.readFlag())
    }
}

extension JournalSnapshot {
    func write(to w: inout WireWriter) {
        w.write(number)
        w.write(ldevs)
        w.write(byteCount)
        w.write(optional: group) { $1.write(to: &$0) }
        w.write(usedPercent)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            number: try r.read(), ldevs: try r.readLDEVs(), byteCount: try r.read(),
            group: try r.readOptional { (r) throws(WireError) in try GroupSnapshot(from: &r) },
            usedPercent: try r.read())
    }
}

extension VolumeActivity {
    func write(to w: inout WireWriter) {
        w.write(ldev.value)
        w.write(reads)
        w.write(writes)
        w.write(readBytes)
        w.write(writtenBytes)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            ldev: LDEVNumber(try r.read()), reads: try r.read(), writes: try r.read(), readBytes: try r.read(),
            writtenBytes: try r.read())
    }
}
