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
                copyPace: pair.copyPace, journal: journal?.local, remoteJournal: journal?.remote,
                journalPercent: journal == nil ? 0 : UInt8(machine.sideFile.fillPercent),
                activePaths: machine.isLinkOpen ? 1 : 0)
        }
    }
}

extension ReplicationGroup {
    /// The group as one thing; nil if it has no number, or no pair yet or any more.
    /// - Parameter clockRate: how much faster than the wall's this array's clock runs.
    func groupSnapshot(clockRate: UInt32) -> GroupSnapshot? {
        state.withLock { state in
            let machine = state.machine
            let record = machine.record
            let pairs = record.pairs.filter { !$0.isDeleted }
            guard let number = record.consistencyGroup, !machine.isBeingMade,
                let worst = pairs.map(\.status).max(by: { $0.severity < $1.severity })
            else { return nil }
            let isPrimary = machine.role == .primary
            return GroupSnapshot(
                number: number, id: id, role: machine.role, mode: record.mode, status: worst,
                pairCount: UInt32(pairs.count), remoteSerial: remoteSerial,
                activePaths: machine.isLinkOpen ? 1 : 0,
                sideFilePercent: machine.isSynchronous ? 0 : UInt8(machine.sideFile.fillPercent),
                sideFileBytes: machine.isSynchronous ? 0 : UInt64(machine.sideFile.limits.capacity),
                isAboveHighWater: !machine.isSynchronous && machine.sideFile.isAboveHighWater,
                marker: isPrimary
                    ? SequenceNumber(machine.memory.nextSequence.value - 1) : machine.newestHere,
                waiting: isPrimary ? machine.unacknowledged : machine.waitingToBeRestored, journal: journal?.local,
                timers: machine.orderedTimers(clockRate), isHeld: record.isHeld)
        }
    }

    /// Fill of the ring, in percent.
    var fillPercent: UInt8 { state.withLock { UInt8($0.machine.sideFile.fillPercent) } }
}

extension GroupMachine {
    /// The timers in force, in the units in which hosts order them. The loss of the link has one timer for both ends.
    fileprivate func orderedTimers(_ clockRate: UInt32) -> GroupTimers {
        func seconds(_ span: Span) -> UInt64 { span.nanoseconds * UInt64(clockRate) / 1_000_000_000 }
        let minutes = UInt8(clamping: seconds(linkTimeout) / 60)
        return GroupTimers(
            sideFileSeconds: UInt16(clamping: seconds(sideFileTimeout)), copyPendingMinutes: minutes,
            remoteReadyMinutes: minutes)
    }
}

extension PairStatus {
    /// How much of an operator's attention a pair needs; the order in which one state speaks for a whole group.
    /// - Source: RAID Manager reference, section 4.2.
    fileprivate var severity: Int {
        switch self {
        case .paired: 0
        case .suspended(.byOperator), .takenOver: 1
        case .suspended(.sideFileFull): 2
        case .suspended(.byFault): 3
        case .copying: 4
        }
    }
}
