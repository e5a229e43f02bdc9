// What an array says of one of its volumes, taken at one moment. Screens are drawn from these values alone, so that a
// screen can be tested without an array.

package import ReplicationCore

/// One volume with the pairs that it belongs to.
package struct VolumeSnapshot: Hashable, Sendable {
    package var ldev: LDEVNumber
    package var byteCount: UInt64
    package var path: VolumePath
    /// The file that presents the volume, absolute; a loop device over it is shown in `blockDevice`.
    package var device: String
    /// The block device that the bench attached, such as `/dev/loop3`; nil if none.
    package var blockDevice: String?
    /// The pair with another array.
    package var pair: PairSnapshot?
    /// Pairs with volumes of the same array, by rising mirror.
    package var localPairs: [LocalPairSnapshot]
    /// What the volume's guard refuses.
    package var guards: GuardFlags
    /// How often the guard kept a host from something since the array's start.
    package var guardErrors: UInt32
    /// The product that an inquiry names, such as `OPEN-V`.
    package var emulation: String
    /// Whether the volume holds a journal; no host reaches it then.
    package var isJournal: Bool
    /// The number of the subsystem of 256 volumes that it lies in (SSID).
    package var subsystem: UInt16

    package init(
        ldev: LDEVNumber, byteCount: UInt64, path: VolumePath, device: String, blockDevice: String? = nil,
        pair: PairSnapshot? = nil, localPairs: [LocalPairSnapshot] = [], guards: GuardFlags = [],
        guardErrors: UInt32 = 0, emulation: String = "OPEN-V", isJournal: Bool = false, subsystem: UInt16 = 4
    ) {
        self.ldev = ldev
        self.byteCount = byteCount
        self.path = path
        self.device = device
        self.blockDevice = blockDevice
        self.pair = pair
        self.localPairs = localPairs
        self.guards = guards
        self.guardErrors = guardErrors
        self.emulation = emulation
        self.isJournal = isJournal
        self.subsystem = subsystem
    }
}

extension VolumeSnapshot {
    func write(to w: inout WireWriter) {
        w.write(ldev.value)
        w.write(byteCount)
        path.write(to: &w)
        w.write(device)
        w.write(optional: blockDevice) { $0.write($1) }
        w.write(optional: pair) { $1.write(to: &$0) }
        w.write(each: localPairs) { $1.write(to: &$0) }
        w.write(guards.rawValue)
        w.write(guardErrors)
        w.write(emulation)
        w.write(isJournal)
        w.write(subsystem)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            ldev: LDEVNumber(try r.read()), byteCount: try r.read(), path: try VolumePath(from: &r),
            device: try r.readText(),
            blockDevice: try r.readOptional { (r) throws(WireError) in try r.readText() },
            pair: try r.readOptional { (r) throws(WireError) in try PairSnapshot(from: &r) },
            localPairs: try r.readEach { (r) throws(WireError) in try LocalPairSnapshot(from: &r) },
            guards: try GuardFlags(from: &r), guardErrors: try r.read(), emulation: try r.readText(),
            isJournal: try r.readFlag(),
            subsystem: try r.read())
    }
}
