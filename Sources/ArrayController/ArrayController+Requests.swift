// What operators ask, turned into events for the groups that the named volumes belong to. Every named volume is looked
// at before the first group is touched (I7).

package import CommandDevice
internal import Platform
internal import ReplicationCore
internal import VolumeStore

extension ArrayController {
    /// Answers a request. Blocks until the array has finished; a takeover may take minutes.
    package func answer(_ request: ArrayRequest) -> ArrayReply {
        guard !isGoingDown else { return .refused(.shuttingDown, nil) }
        switch request {
        case .identify: return .identity(plan.identity)
        case .volumes(let selection): return .volumes(snapshots(selection))
        case .create(let order): return create(order)
        case .split(let ldevs, let kind):
            return onGroups(ldevs) { machine, token, pairs in
                machine.split(
                    token, pairs: pairs, secondaryWritable: kind == .secondaryWritable,
                    protectsPrimary: kind == .primaryWriteProtected)
            }
        case .resynchronise(let ldevs, let pace, let fence):
            return onGroups(ldevs) { machine, token, pairs in
                machine.resynchronise(token, pairs: pairs, pace: pace, fence: fence)
            }
        case .swap(let ldevs, let pace):
            return onGroups(ldevs) { machine, token, pairs in machine.swap(token, pairs: pairs, pace: pace) }
        case .takeOver(let ldevs, let timeout):
            let deadline = timeout.map { monotonicNanoseconds() + UInt64($0) * 1_000_000_000 }
            return onGroups(ldevs, deadline: deadline) { machine, token, pairs in
                machine.takeOver(token, pairs: pairs)
            }
        case .rollBackTakeover(let ldevs):
            return onGroups(ldevs) { machine, token, pairs in machine.rollBackTakeover(token, pairs: pairs) }
        case .lowerFence(let ldevs):
            return onGroups(ldevs) { machine, token, pairs in machine.lowerFence(token, pairs: pairs) }
        case .delete(let ldevs, let localOnly):
            return onGroups(ldevs) { machine, token, pairs in
                machine.delete(token, pairs: pairs, localOnly: localOnly)
            }
        }
    }

    private func snapshots(_ selection: VolumeSelection) -> [VolumeSnapshot] {
        switch selection {
        case .all: allVolumes.map(\.snapshot)
        case .ldevs(let ldevs): ldevs.compactMap { volume($0)?.snapshot }
        case .paths(let paths):
            paths.compactMap { path in allVolumes.first { $0.path == path }?.snapshot }
        }
    }

    /// Runs an event on each group that `ldevs` belong to, one after the other, and waits for each to end.
    private func onGroups(
        _ ldevs: [LDEVNumber], deadline: UInt64? = nil,
        _ event: (inout GroupMachine, CommandToken, [Int]) -> [GroupEffect]
    ) -> ArrayReply {
        var order: [(group: ReplicationGroup, pairs: [Int], first: LDEVNumber)] = []
        for ldev in ldevs {
            guard let volume = volume(ldev) else { return .refused(.noSuchVolume, ldev) }
            guard let member = volume.member else { return .refused(.notPaired, ldev) }
            if let index = order.firstIndex(where: { $0.group === member.group }) {
                order[index].pairs.append(member.pair)
            } else {
                order.append((member.group, [member.pair], ldev))
            }
        }
        for (group, pairs, first) in order {
            let token = waiters.makeToken()
            group.perform { event(&$0, token, pairs.sorted()) }
            if let refusal = waiters.wait(for: token, deadline: deadline) { return .refused(refusal, first) }
        }
        return .done
    }

    // MARK: Creation

    private func create(_ order: CreationOrder) -> ArrayReply {
        guard let port = link(to: order.remoteSerial) else { return .refused(.noSuchLink, nil) }
        for pairing in order.pairings {
            guard let volume = volume(pairing.local) else { return .refused(.noSuchVolume, pairing.local) }
            guard volume.member == nil else { return .refused(.alreadyPaired, pairing.local) }
        }
        guard Set(order.pairings.map(\.local)).count == order.pairings.count, !order.pairings.isEmpty,
            (1...15).contains(order.copyPace)
        else { return .refused(.notUnderstood, order.pairings.first?.local) }
        switch order.grouping {
        case .separate:
            guard order.mode.isSynchronous else { return .refused(.notUnderstood, nil) }
            for pairing in order.pairings {
                if let refusal = createGroup([pairing], order, number: nil, port) {
                    return .refused(refusal, pairing.local)
                }
            }
        case .consistencyGroup(let wanted):
            let used = allGroups.contains { $0.state.withLock { $0.machine.record.consistencyGroup == wanted } }
            if let wanted, used || wanted > 127 { return .refused(.groupDiffers, order.pairings[0].local) }
            guard let number = wanted ?? freeConsistencyGroup() else { return .refused(.noGroupLeft, nil) }
            if let refusal = createGroup(order.pairings, order, number: number, port) {
                return .refused(refusal, order.pairings[0].local)
            }
        }
        return .done
    }

    private func createGroup(
        _ pairings: [VolumePairing], _ order: CreationOrder, number: UInt8?, _ port: LinkPort
    ) -> Refusal? {
        let id = GroupIdentifier(creator: plan.identity.serial, counter: folder.nextGroupCounter())
        var record = GroupRecord(
            id: id, localSerial: plan.identity.serial, remoteSerial: order.remoteSerial, consistencyGroup: number,
            role: .primary, mode: order.mode, epoch: Epoch(1), slotCount: slotCount(for: order.mode),
            pairs: pairings.map { pairing in
                PairRecord(
                    local: pairing.local, remote: pairing.remote, layout: layout(of: volume(pairing.local)!),
                    status: order.copiesData ? .copying : .paired, isUsable: true, copyPace: order.copyPace)
            })
        record.sideFileTimeout = order.sideFileTimeoutSeconds.map {
            Span.seconds(UInt64($0)).shortened(by: plan.clockRate)
        }
        guard let store = try? GroupStore(creating: record, in: folder) else { return .noGroupLeft }
        let group = makeGroup(record, store, port, isRestart: false)
        if order.copiesData {
            group.state.withLock { state in
                for index in record.pairs.indices { state.machine.markAll(index) }
            }
        }
        guard adoptIfOpen(group, over: port) else {
            folder.removeGroup(id)
            return .linkDown
        }
        let creation = PeerCreation(
            members: pairings.map { pairing in
                PeerCreation.Member(
                    ldev: pairing.remote, remote: pairing.local, byteCount: volume(pairing.local)!.byteCount)
            },
            mode: order.mode, consistencyGroup: number, copiesData: order.copiesData, trackBytes: plan.trackBytes,
            epoch: record.epoch, copyPace: order.copyPace)
        let token = waiters.makeToken()
        group.perform { $0.create(token, creation) }
        // From here on writes go through the group; those that began before are let through to the end.
        for (index, pairing) in pairings.enumerated() { volume(pairing.local)!.join(group, pair: index) }
        for pairing in pairings { volume(pairing.local)!.quiesce() }
        let refusal = waiters.wait(for: token, deadline: nil)
        if refusal != nil { group.perform { $0.discard() } }
        return refusal
    }

    private func layout(of volume: Volume) -> TrackLayout {
        TrackLayout(volumeBytes: volume.byteCount, trackBytes: plan.trackBytes)
    }

    /// Makes the secondary half of a group that another array ordered.
    func makeSecondary(_ id: GroupIdentifier, _ creation: PeerCreation, over port: LinkPort) -> PeerMessage {
        guard !creation.members.isEmpty, TrackLayout.isValid(trackBytes: creation.trackBytes) else {
            return .refused(.notUnderstood)
        }
        for member in creation.members {
            guard let volume = volume(member.ldev) else { return .refused(.noSuchVolume) }
            guard volume.member == nil else { return .refused(.alreadyPaired) }
            guard volume.byteCount == member.byteCount else { return .refused(.sizesDiffer) }
        }
        let record = GroupRecord(
            id: id, localSerial: plan.identity.serial, remoteSerial: port.remoteSerial,
            consistencyGroup: creation.consistencyGroup, role: .secondary, mode: creation.mode,
            epoch: creation.epoch, slotCount: slotCount(for: creation.mode),
            pairs: creation.members.map { member in
                PairRecord(
                    local: member.ldev, remote: member.remote,
                    layout: TrackLayout(volumeBytes: member.byteCount, trackBytes: creation.trackBytes),
                    status: creation.copiesData ? .copying : .paired, isUsable: !creation.copiesData,
                    copyPace: creation.copyPace)
            })
        guard let store = try? GroupStore(creating: record, in: folder), (try? store.save(record)) != nil else {
            return .refused(.noGroupLeft)
        }
        let group = makeGroup(record, store, port, isRestart: false)
        group.state.withLock { $0.machine.joinOpenLink() }
        adopt(group)
        // Hosts of the future secondary may be in the middle of a write: it ends before the first frame is applied.
        for member in creation.members { volume(member.ldev)!.quiesce() }
        return .done
    }
}
