// A configured volume as commands see it: its entry in the configuration, what the array says of it, and the words for
// both. Screens, exit codes and decisions are made from these values alone.

package import CommandDevice
package import ReplicationCore

/// One line of HORCM_DEV or HORCM_LDEV with the array's answer.
package struct VolumeReport: Hashable, Sendable {
    package var group: String
    package var name: String
    package var serial: ArraySerial
    /// The mirror as it is written in the file; empty for the default one.
    package var mirror: String
    /// From the file or from the array; nil if the array does not know the volume.
    package var ldev: LDEVNumber?
    package var path: VolumePath?
    /// The name of the volume's device file on the instance's host, such as `/dev/sdb`; nil if it has none there.
    package var deviceFile: String?
    /// nil: the array does not know the volume.
    package var snapshot: VolumeSnapshot?

    package init(
        group: String, name: String, serial: ArraySerial, mirror: String = "", ldev: LDEVNumber? = nil,
        path: VolumePath? = nil, deviceFile: String? = nil, snapshot: VolumeSnapshot? = nil
    ) {
        self.group = group
        self.name = name
        self.serial = serial
        self.mirror = mirror
        self.ldev = ldev
        self.path = path
        self.deviceFile = deviceFile
        self.snapshot = snapshot
    }
}

package struct VolumeView: Hashable, Sendable {
    package var report: VolumeReport
    package var mode: CopyMode

    package init(_ report: VolumeReport, _ mode: CopyMode) {
        self.report = report
        self.mode = mode
    }

    package var name: String { report.name }

    /// The pair, if the command's mode and the volume's mirror mean it. Mirrors 1 and 2 are those of local copies.
    package var pair: PairSnapshot? {
        guard mode == .horc, report.mirror != "1", report.mirror != "2" else { return nil }
        return report.snapshot?.pair
    }

    package var attribute: VolumeAttribute { pair?.attribute ?? .simplex }
    package var word: PairWord { pair?.word ?? .smpl }
    package var plainWord: PairWord { word.plain(for: attribute) }
    package var fence: FenceWord? { pair?.fence }

    /// Whether the data are no point in time at all: a copy to this secondary runs or was interrupted.
    package var isUnusable: Bool {
        guard let pair, pair.role == .secondary else { return false }
        return !pair.isUsable
    }
}

/// A pair as it is seen from one instance. `remote` is nil if the partner was not asked or does not answer.
package struct PairView: Hashable, Sendable {
    package var local: VolumeView
    package var remote: VolumeView?

    package init(local: VolumeView, remote: VolumeView?) {
        self.local = local
        self.remote = remote
    }

    package func side(_ attribute: VolumeAttribute) -> VolumeView? {
        if local.attribute == attribute { return local }
        return remote?.attribute == attribute ? remote : nil
    }

    /// The other side has stepped down for a swap, and this one never heard of it: asking again completes it.
    package var isInterruptedSwap: Bool {
        guard local.word == .ssws, let remote, let here = local.pair, let there = remote.pair else { return false }
        return there.role == .secondary && here.remoteLDEV == remote.report.ldev
            && there.remoteLDEV == local.report.ldev && here.remoteSerial == remote.report.serial
    }

    /// Whether the two volumes name each other, or have no pair at all.
    package var fitsTogether: Bool {
        guard let remote else { return true }
        guard let here = local.pair, let there = remote.pair else { return local.pair == nil && remote.pair == nil }
        return here.role != there.role && here.remoteLDEV == remote.report.ldev
            && there.remoteLDEV == local.report.ldev && here.remoteSerial == remote.report.serial
    }
}
