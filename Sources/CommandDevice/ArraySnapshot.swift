// What an array says of itself through its command device: one value, taken at one moment. Screens are drawn from
// these values alone, so that a screen can be tested without an array.

package import ReplicationCore

/// An array as a host command sees it.
package struct ArrayIdentity: Hashable, Sendable {
    package var serial: ArraySerial
    /// The name under which the bench knows the array.
    package var name: String
    /// Micro-program version as the array reports it, such as `60-08-01/00`.
    package var microcode: String
    /// Cache size in MiB.
    package var cacheMebibytes: UInt32
    /// The LDEV number under which the command device itself is reported.
    package var commandDevice: LDEVNumber

    package init(
        serial: ArraySerial, name: String, microcode: String = "60-08-01/00", cacheMebibytes: UInt32 = 320_000,
        commandDevice: LDEVNumber = LDEVNumber(0xFEFE)
    ) {
        self.serial = serial
        self.name = name
        self.microcode = microcode
        self.cacheMebibytes = cacheMebibytes
        self.commandDevice = commandDevice
    }
}

/// Where a host finds a volume: port, target and logical unit number.
package struct VolumePath: Hashable, Sendable {
    /// `CL1-A`, or with a host group `CL1-A-3`.
    package var port: String
    package var target: UInt16
    package var lun: UInt16
    package init(port: String, target: UInt16, lun: UInt16) {
        self.port = port
        self.target = target
        self.lun = lun
    }
}

/// One volume and, if it has one, its pair.
package struct VolumeSnapshot: Hashable, Sendable {
    package var ldev: LDEVNumber
    package var byteCount: UInt64
    package var path: VolumePath
    /// The file that presents the volume, absolute; a loop device over it is shown in `blockDevice`.
    package var device: String
    /// The block device that the bench attached, such as `/dev/loop3`; nil if none.
    package var blockDevice: String?
    package var pair: PairSnapshot?

    package init(
        ldev: LDEVNumber, byteCount: UInt64, path: VolumePath, device: String, blockDevice: String? = nil,
        pair: PairSnapshot? = nil
    ) {
        self.ldev = ldev
        self.byteCount = byteCount
        self.path = path
        self.device = device
        self.blockDevice = blockDevice
        self.pair = pair
    }
}

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

    package init(
        group: GroupIdentifier, consistencyGroup: UInt8? = nil, role: Role, mode: ReplicationMode,
        status: PairStatus, remoteSerial: ArraySerial, remoteLDEV: LDEVNumber, cleanPercent: UInt8 = 100,
        markedTracks: UInt64 = 0, trackCount: UInt64 = 1, sideFilePercent: UInt8 = 0, highWaterPercent: UInt8 = 30,
        isAboveHighWater: Bool = false, isSecondaryHostWritable: Bool = false, isWrittenSinceSplit: Bool = false,
        access: HostAccess = .readWrite, isFenced: Bool = false, isUsable: Bool = true, isLinkUp: Bool = true,
        copyPace: UInt8 = 3
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
    }
}
