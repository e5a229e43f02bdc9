// What is to become a remote pair, and how.

package import ReplicationCore

/// Two volumes that are to become a pair.
package struct VolumePairing: Hashable, Sendable {
    /// On the array that is asked; it becomes the primary.
    package var local: LDEVNumber
    package var remote: LDEVNumber
    package init(local: LDEVNumber, remote: LDEVNumber) {
        self.local = local
        self.remote = remote
    }
}

/// Whether the volumes of one creation share an order.
package enum GroupingOrder: Hashable, Sendable {
    /// Each pair stands alone (synchronous only).
    case separate
    /// One consistency group for all; nil lets the array choose its number.
    case consistencyGroup(UInt8?)
}

package struct CreationOrder: Hashable, Sendable {
    package var pairings: [VolumePairing]
    package var remoteSerial: ArraySerial
    package var mode: ReplicationMode
    package var grouping: GroupingOrder
    /// 1 to 15, in tracks per turn.
    package var copyPace: UInt8
    /// False: the copies are said to be equal already, and nothing is copied.
    package var copiesData: Bool
    package var timers: GroupTimers
    /// Journals of both sides; nil for pairs without journals.
    package var journals: JournalNumbers?
    /// The pairs are made suspended, and nothing is copied until they are resynchronised.
    package var startsSuspended: Bool
    /// The secondaries refuse their hosts' reads as long as they are paired.
    package var refusesReads: Bool
    /// The number of the group of paths to be used; nil leaves it to the array.
    package var pathGroup: UInt8?

    package init(
        pairings: [VolumePairing], remoteSerial: ArraySerial, mode: ReplicationMode, grouping: GroupingOrder,
        copyPace: UInt8 = 3, copiesData: Bool = true, sideFileTimeoutSeconds: UInt16? = nil,
        timers: GroupTimers = GroupTimers(), journals: JournalNumbers? = nil, startsSuspended: Bool = false,
        refusesReads: Bool = false, pathGroup: UInt8? = nil
    ) {
        self.pairings = pairings
        self.remoteSerial = remoteSerial
        self.mode = mode
        self.grouping = grouping
        self.copyPace = copyPace
        self.copiesData = copiesData
        self.timers = timers
        if let sideFileTimeoutSeconds { self.timers.sideFileSeconds = sideFileTimeoutSeconds }
        self.journals = journals
        self.startsSuspended = startsSuspended
        self.refusesReads = refusesReads
        self.pathGroup = pathGroup
    }

    /// Side-file timeout in seconds; nil keeps the array's own.
    package var sideFileTimeoutSeconds: UInt16? { timers.sideFileSeconds }
}

extension CreationOrder {
    func write(to w: inout WireWriter) {
        w.write(each: pairings) {
            $0.write($1.local.value)
            $0.write($1.remote.value)
        }
        w.write(remoteSerial.value)
        w.write(mode.code)
        switch grouping {
        case .separate: w.write(UInt8(0))
        case .consistencyGroup(let number):
            w.write(UInt8(1))
            w.write(optional: number) { $0.write($1) }
        }
        w.write(copyPace)
        w.write(copiesData)
        timers.write(to: &w)
        w.write(optional: journals) {
            $0.write($1.local)
            $0.write($1.remote)
        }
        w.write(startsSuspended)
        w.write(refusesReads)
        w.write(optional: pathGroup) { $0.write($1) }
    }
    init(from r: inout WireReader) throws(WireError) {
        let pairings = try r.readEach { (r) throws(WireError) in
            VolumePairing(local: LDEVNumber(try r.read()), remote: LDEVNumber(try r.read()))
        }
        let serial = ArraySerial(try r.read())
        let mode = try ReplicationMode(code: try r.read(UInt8.self))
        let grouping: GroupingOrder =
            try r.readFlag()
            ? .consistencyGroup(try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
            : .separate
        self.init(
            pairings: pairings, remoteSerial: serial, mode: mode, grouping: grouping, copyPace: try r.read(),
            copiesData: try r.readFlag(), timers: try GroupTimers(from: &r),
            journals: try r.readOptional { (r) throws(WireError) in
                JournalNumbers(local: try r.read(), remote: try r.read())
            },
            startsSuspended: try r.readFlag(), refusesReads: try r.readFlag(),
            pathGroup: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
    }
}
