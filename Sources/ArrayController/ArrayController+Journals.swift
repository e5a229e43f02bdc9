// Markers in the order of asynchronous groups: how far hosts have come, and how far the other array. A marker is the
// sequence number of a write; the copy has it once it has everything up to it.

internal import CommandDevice
internal import Platform
internal import ReplicationCore

extension ArrayController {
    func answer(_ order: JournalOrder) -> ArrayReply {
        switch order {
        case .marker(let ldevs):
            switch orderedGroups(ldevs) {
            case .success(let groups): return .journal(.markers(groups.map(\.marker)))
            case .failure(let refused): return .refused(refused.refusal, refused.ldev)
            }
        case .waitFor(let ldevs, let marker, let timeout):
            switch orderedGroups(ldevs) {
            case .success(let groups): return wait(for: marker, in: groups, timeout)
            case .failure(let refused): return .refused(refused.refusal, refused.ldev)
            }
        case .setTimers(let ldevs, let timers): return setTimers(timers, of: ldevs)
        }
    }

    /// Suspended groups too: the command that asks for it goes on with a copy.
    private func setTimers(_ timers: GroupTimers, of ldevs: [LDEVNumber]) -> ArrayReply {
        var groups: [ReplicationGroup] = []
        for ldev in ldevs {
            guard let volume = volume(ldev) else { return .refused(.noSuchVolume, ldev) }
            guard let member = volume.member, let pair = member.group.snapshot(ofPair: member.pair) else {
                return .refused(.notPaired, ldev)
            }
            guard pair.mode == .asynchronous else { return .refused(.notSupported, ldev) }
            guard pair.role == .primary else { return .refused(.notPrimary, ldev) }
            if !groups.contains(where: { $0 === member.group }) { groups.append(member.group) }
        }
        for group in groups {
            group.perform {
                $0.setTimers(sideFile: timers.sideFile(on: plan.clockRate), link: timers.link(on: plan.clockRate))
            }
        }
        return .done
    }

    private struct Refused: Error {
        var refusal: Refusal
        var ldev: LDEVNumber
    }

    /// The asynchronous groups of the named volumes, each once; all of them replicate from here.
    private func orderedGroups(_ ldevs: [LDEVNumber]) -> Result<[ReplicationGroup], Refused> {
        var groups: [ReplicationGroup] = []
        for ldev in ldevs {
            guard let volume = volume(ldev) else { return .failure(Refused(refusal: .noSuchVolume, ldev: ldev)) }
            guard let member = volume.member, let pair = member.group.snapshot(ofPair: member.pair) else {
                return .failure(Refused(refusal: .notPaired, ldev: ldev))
            }
            guard pair.mode == .asynchronous else { return .failure(Refused(refusal: .notSupported, ldev: ldev)) }
            guard pair.role == .primary else { return .failure(Refused(refusal: .notPrimary, ldev: ldev)) }
            guard pair.status == .paired else { return .failure(Refused(refusal: .wrongStatus, ldev: ldev)) }
            if !groups.contains(where: { $0 === member.group }) { groups.append(member.group) }
        }
        return .success(groups)
    }

    /// How often a group is looked at that has not come far enough yet.
    private static let lookNanoseconds: UInt64 = 5_000_000

    /// Waits for the last of the groups; the first that cannot come there any more ends it.
    private func wait(for marker: SequenceNumber, in groups: [ReplicationGroup], _ timeout: Span?) -> ArrayReply {
        let deadline = timeout.map { monotonicNanoseconds() + $0.nanoseconds }
        let epochs = groups.map(\.orderEpoch)
        while true {
            if isGoingDown { return .refused(.shuttingDown, nil) }
            let progress = zip(groups, epochs).map { $0.progress(to: marker, since: $1) }
            let markers = groups.map(\.marker)
            if let end = progress.first(where: { $0 == .changed || $0 == .suspended }), let end {
                return .journal(.waited(end, markers))
            }
            if progress.allSatisfy({ $0 == .reached }) { return .journal(.waited(.reached, markers)) }
            if let deadline, monotonicNanoseconds() >= deadline { return .journal(.waited(.timedOut, markers)) }
            sleepNanoseconds(Self.lookNanoseconds)
        }
    }
}

extension ReplicationGroup {
    fileprivate var orderEpoch: Epoch { state.withLock { $0.machine.record.epoch } }

    fileprivate var marker: GroupMarker {
        state.withLock { state in
            GroupMarker(
                consistencyGroup: state.machine.record.consistencyGroup ?? 0,
                newest: SequenceNumber(state.machine.memory.nextSequence.value - 1),
                delivered: state.machine.memory.acknowledged)
        }
    }

    /// What has become of waiting for a marker; nil: the other array does not have it yet.
    fileprivate func progress(to marker: SequenceNumber, since epoch: Epoch) -> MarkerOutcome? {
        state.withLock { state -> MarkerOutcome? in
            let machine = state.machine
            let pairs = machine.livePairs.map { machine.record.pairs[$0].status }
            guard !pairs.isEmpty, machine.role == .primary, machine.record.epoch == epoch else { return .changed }
            // First the state: a stream that was given up counts as acknowledged, since nobody waits for it any more.
            if pairs.contains(where: { !$0.isReplicating }) { return .suspended }
            return machine.memory.acknowledged >= marker ? .reached : nil
        }
    }
}

extension GroupTimers {
    /// On a clock that runs `rate` times as fast; nil: the array's own.
    func sideFile(on rate: UInt32) -> Span? { sideFileSeconds.map { Span.seconds(UInt64($0)).shortened(by: rate) } }

    /// The RCU-ready timer: how long an asynchronous group waits for a link that is gone.
    /// - Source: RAID Manager reference, section 6.1.
    func link(on rate: UInt32) -> Span? {
        remoteReadyMinutes.map { Span.seconds(UInt64($0) * 60).shortened(by: rate) }
    }
}
