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

extension VolumeReport {
    /// The digit of the mirror in the file; 0 where there is none.
    package var mirrorNumber: UInt8 { mirror.last.flatMap { decimal(String($0), as: UInt8.self) } ?? 0 }

    /// Whether the file means a mirror that only local copies have.
    var isOfLocalMirror: Bool { mirror == "1" || mirror == "2" }
}

package struct VolumeView: Hashable, Sendable {
    package var report: VolumeReport
    package var mode: CopyMode
    /// The mirror that the command asked for; nil: the one of the configuration.
    package var shown: UInt8?

    package init(_ report: VolumeReport, _ mode: CopyMode, shown: UInt8? = nil) {
        self.report = report
        self.mode = mode
        self.shown = shown
    }

    package var name: String { report.name }

    /// The mirror that is looked at.
    package var mirror: UInt8 { shown ?? report.mirrorNumber }

    /// The pair, if the command's mode and the volume's mirror mean one.
    package var facts: PairFacts? {
        guard let snapshot = report.snapshot else { return nil }
        switch mode {
        case .horc:
            // A volume has one remote pair at most: every remote mirror of the file means it. MU# 1 and 2 without an `h`
            // are mirrors of local copies.
            guard let pair = snapshot.pair, shown.map({ $0 == pair.mirror }) ?? !report.isOfLocalMirror else {
                return nil
            }
            return PairFacts(pair)
        case .mrcf:
            // The mirror is the primary's; a secondary has one pair and is MU# 0 in most files.
            let pairs = snapshot.localPairs
            let found =
                pairs.first { $0.name.mirror == mirror }
                ?? (mirror == 0 ? pairs.first { $0.role == .secondary } : nil)
            return found.map { PairFacts($0, in: report.serial) }
        }
    }

    package var attribute: VolumeAttribute { facts?.attribute ?? .simplex }
    package var word: PairWord { facts?.word ?? .smpl }
    package var plainWord: PairWord { word.plain(for: attribute) }
    package var fence: FenceWord? { facts?.fence }

    /// Whether the data are no point in time at all: a copy to this secondary runs or was interrupted.
    package var isUnusable: Bool { facts.map { !$0.isUsable } ?? false }
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
        guard local.word == .ssws, let remote, let here = local.facts, let there = remote.facts else { return false }
        return there.role == .secondary && here.partnerLDEV == remote.report.ldev
            && there.partnerLDEV == local.report.ldev && here.partnerSerial == remote.report.serial
    }

    /// Whether the two volumes name each other, or have no pair at all.
    package var fitsTogether: Bool {
        guard let remote else { return true }
        guard let here = local.facts, let there = remote.facts else {
            return local.facts == nil && remote.facts == nil
        }
        return here.role != there.role && here.partnerLDEV == remote.report.ldev
            && there.partnerLDEV == local.report.ldev && here.partnerSerial == remote.report.serial
    }
}
