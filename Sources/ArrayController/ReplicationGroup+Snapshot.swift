// What a group shows of one of its pairs.

internal import CommandDevice
internal import Platform
internal import ReplicationCore

extension ReplicationGroup {
    func snapshot(ofPair index: Int) -> PairSnapshot? {
        state.withLock { state in
            let machine = state.machine
            let pair = machine.record.pairs[index]
            guard !pair.isDeleted, !machine.isBeingMade else { return nil }
            return PairSnapshot(
                group: id, consistencyGroup: machine.record.consistencyGroup, role: machine.role,
                mode: machine.record.mode, status: pair.status, remoteSerial: machine.record.remoteSerial,
                remoteLDEV: pair.remote, cleanPercent: machine.cleanPercent(of: index),
                markedTracks: UInt64(machine.marks[index].markedCount), trackCount: UInt64(pair.layout.trackCount),
                sideFilePercent: machine.isSynchronous ? 0 : UInt8(machine.sideFile.fillPercent),
                highWaterPercent: UInt8(machine.sideFile.limits.highWaterPercent),
                isAboveHighWater: !machine.isSynchronous && machine.sideFile.isAboveHighWater,
                isSecondaryHostWritable: pair.isSecondaryHostWritable,
                isWrittenSinceSplit: machine.role == .secondary && machine.marks[index].markedCount > 0,
                access: machine.access(of: index), isFenced: pair.isFenced,
                isUsable: machine.role == .primary || pair.isServiceable, isLinkUp: machine.isLinkOpen,
                copyPace: pair.copyPace)
        }
    }
}
