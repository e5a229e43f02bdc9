// What operators ask, turned into events for the groups that the named volumes belong to. Every named volume is looked
// at before the first group is touched (I7).

package import CommandDevice
internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

extension ArrayController {
    /// Answers a request. Blocks until the array has finished; a takeover may take minutes.
    package func answer(_ request: ArrayRequest) -> ArrayReply {
        guard !isGoingDown else { return .refused(.shuttingDown, nil) }
        switch request {
        case .identify: return .identity(plan.identity)
        case .volumes(let selection, let from): return volumes(selection, from: Int(from))
        case .create(let order): return create(order)
        case .split(let ldevs, let kind):
            return onGroups(ldevs) { machine, token, pairs in
                machine.split(
                    token, pairs: pairs, secondaryWritable: kind == .secondaryWritable,
                    protectsPrimary: kind == .primaryWriteProtected)
            }
        case .resynchronise(let ldevs, let pace, let fence):
            return onGroups(ldevs) { machine, token, pairs in
                if machine.hasRestoringVolume(self) { return [.finished(token, .busy)] }
                return machine.resynchronise(token, pairs: pairs, pace: pace, fence: fence)
            }
        case .swap(let ldevs, let pace):
            if let guarded = guardedPrimary(among: ldevs) { return .refused(.guarded, guarded) }
            return onGroups(ldevs) { machine, token, pairs in
                if machine.hasRestoringVolume(self) { return [.finished(token, .busy)] }
                return machine.swap(token, pairs: pairs, pace: pace)
            }
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
        case .inventory(let question): return answer(question)
        case .local(let order): return answer(order)
        case .journal(let order): return answer(order)
        case .guards(let order): return answer(order)
        case .administer(let order): return answer(order)
        }
    }

    /// Runs an event on each group that `ldevs` belong to, one after the other, and waits for each to end.
    private func onGroups(
        _ ldevs: [LDEVNumber], deadline: UInt64? = nil,
        _ event: (inout GroupMachine, CommandToken, [Int]) -> [GroupEffect]
    ) -> ArrayReply {
        var order: [(group: ReplicationGroup, pairs: [Int], first: LDEVNumber)] = []
        var places: [GroupIdentifier: Int] = [:]
        for ldev in ldevs {
            guard let volume = volume(ldev) else { return .refused(.noSuchVolume, ldev) }
            guard let member = volume.member else { return .refused(.notPaired, ldev) }
            if let index = places[member.group.id] {
                order[index].pairs.append(member.pair)
            } else {
                places[member.group.id] = order.count
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
        // Only a pair with journals can be held for a delta resynchronisation.
        guard !order.startsSuspended || order.journals != nil, !order.refusesReads else {
            return .refused(.notSupported, nil)
        }
        if let journals = order.journals {
            guard order.mode == .asynchronous else { return .refused(.notUnderstood, nil) }
            guard self.journals[journals.local] != nil else { return .refused(.journalMissing, nil) }
        }
        guard Set(order.pairings.map(\.local)).count == order.pairings.count,
            Set(order.pairings.map(\.remote)).count == order.pairings.count, !order.pairings.isEmpty,
            (1...15).contains(order.copyPace)
        else { return .refused(.notUnderstood, order.pairings.first?.local) }
        for pairing in order.pairings {
            if let refusal = refusal(toPair: pairing.local) { return .refused(refusal, pairing.local) }
        }
        switch order.grouping {
        case .separate:
            guard order.mode.isSynchronous else { return .refused(.notUnderstood, nil) }
            for pairing in order.pairings {
                if let refusal = createGroup([pairing], order, port) { return .refused(refusal, pairing.local) }
            }
        case .consistencyGroup:
            if let refusal = createGroup(order.pairings, order, port) {
                return .refused(refusal, order.pairings[0].local)
            }
        }
        return .done
    }

    /// What stands against a new pair of the volume `ldev`.
    private func refusal(toPair ldev: LDEVNumber) -> Refusal? {
        guard let volume = volume(ldev) else { return .noSuchVolume }
        if let refusal = volume.localRefusalToJoin { return refusal }
        return volume.member == nil ? nil : .alreadyPaired
    }

    /// What the other array is asked for.
    private enum Beginning {
        case ofGroup(ReplicationGroup, CommandToken)
        case ofJoin(Join)
    }

    private func createGroup(_ pairings: [VolumePairing], _ order: CreationOrder, _ port: LinkPort) -> Refusal? {
        let beginning: Beginning
        do throws(Refusal) {
            // Two requests at once must not both find a volume or a number free. The other array's answer is not
            // waited for under this lock: the link's thread takes it too.
            beginning = try creation.withLock { _ throws(Refusal) in try begin(pairings, order, port) }
        } catch {
            return error
        }
        switch beginning {
        case .ofGroup(let group, let token):
            let refusal = waiters.wait(for: token, deadline: nil)
            if refusal != nil { group.perform { $0.discard() } }
            return refusal
        case .ofJoin(let join): return carryOut(join)
        }
    }

    private func begin(
        _ pairings: [VolumePairing], _ order: CreationOrder, _ port: LinkPort
    ) throws(Refusal) -> Beginning {
        for pairing in pairings {
            if let refusal = refusal(toPair: pairing.local) { throw refusal }
        }
        if let group = try groupToJoin(order) { return .ofJoin(try beginJoin(group, pairings, order)) }
        let (group, token) = try beginGroup(pairings, order, port)
        return .ofGroup(group, token)
    }

    /// Makes the primary half, asks the other array for its half, and hands the volumes over to the group.
    private func beginGroup(
        _ pairings: [VolumePairing], _ order: CreationOrder, _ port: LinkPort
    ) throws(Refusal) -> (ReplicationGroup, CommandToken) {
        if let number = order.journals?.local, let refusal = refusal(toUseJournal: number) { throw refusal }
        let record = try newRecord(pairings, order)
        guard let store = try? GroupStore(creating: record, in: folder) else { throw .noGroupLeft }
        let group = makeGroup(record, store, port, isRestart: false)
        if order.copiesData {
            group.state.withLock { state in
                for index in record.pairs.indices { state.machine.markAll(index) }
            }
        }
        guard adoptIfOpen(group, over: port) else {
            folder.removeGroup(record.id)
            throw .linkDown
        }
        // Hosts are held up until the volumes belong to the group: a write that no group knows, behind the first
        // track that is copied, would be on this side only and marked nowhere.
        let held = pairings.map { volume($0.local)! }.map { ($0, $0.acquireAll()) }
        let token = waiters.makeToken()
        group.perform { $0.create(token, peerCreation(record, order)) }
        for (index, pairing) in pairings.enumerated() { volume(pairing.local)!.join(group, pair: index) }
        for (volume, range) in held { volume.release(range) }
        return (group, token)
    }

    private func newRecord(_ pairings: [VolumePairing], _ order: CreationOrder) throws(Refusal) -> GroupRecord {
        var record = GroupRecord(
            id: GroupIdentifier(creator: plan.identity.serial, counter: folder.nextGroupCounter()),
            localSerial: plan.identity.serial, remoteSerial: order.remoteSerial,
            consistencyGroup: try consistencyGroup(for: order.grouping), role: .primary, mode: order.mode,
            epoch: Epoch(1),
            slotCount: slotCount(
                for: order.mode, isAlone: order.grouping == .separate, journal: order.journals?.local),
            journals: order.journals,
            pairs: pairings.map { pairing in
                PairRecord(
                    local: pairing.local, remote: pairing.remote, layout: layout(of: volume(pairing.local)!),
                    status: status(copies: order.copiesData, isHeld: order.startsSuspended), isUsable: true,
                    copyPace: order.copyPace)
            })
        record.isHeld = order.startsSuspended
        record.sideFileTimeout = order.timers.sideFile(on: plan.clockRate)
        record.linkTimeout = order.mode == .asynchronous ? order.timers.link(on: plan.clockRate) : nil
        return record
    }

    /// Of a pair when it is made.
    private func status(copies: Bool, isHeld: Bool) -> PairStatus {
        isHeld ? .suspended(.byOperator) : copies ? .copying : .paired
    }

    private func consistencyGroup(for grouping: GroupingOrder) throws(Refusal) -> UInt8? {
        guard case .consistencyGroup(let wanted) = grouping else { return nil }
        guard let wanted else {
            guard let free = freeConsistencyGroup() else { throw .noGroupLeft }
            return free
        }
        guard wanted <= 127 else { throw .groupDiffers }
        return wanted
    }

    private func peerCreation(_ record: GroupRecord, _ order: CreationOrder) -> PeerCreation {
        PeerCreation(
            members: record.pairs.map { pair in
                PeerCreation.Member(ldev: pair.remote, remote: pair.local, byteCount: pair.layout.volumeBytes)
            },
            mode: record.mode, consistencyGroup: record.consistencyGroup, copiesData: order.copiesData,
            trackBytes: plan.trackBytes, epoch: record.epoch, copyPace: order.copyPace,
            journals: record.journals?.seenFromThere, startsSuspended: order.startsSuspended)
    }

    func layout(of volume: Volume) -> TrackLayout {
        TrackLayout(volumeBytes: volume.byteCount, trackBytes: plan.trackBytes)
    }

    /// Makes the secondary half of a group that another array ordered.
    func makeSecondary(_ id: GroupIdentifier, _ order: PeerCreation, over port: LinkPort) -> PeerMessage {
        creation.withLock { _ in beginSecondary(id, order, port) }
    }

    private func beginSecondary(
        _ id: GroupIdentifier, _ creation: PeerCreation, _ port: LinkPort
    ) -> PeerMessage {
        guard TrackLayout.isValid(trackBytes: creation.trackBytes) else { return .refused(.notUnderstood) }
        if let refusal = refusal(toBecomeSecondary: creation.members) { return .refused(refusal) }
        if let number = creation.journals?.local, let refusal = refusal(toUseJournal: number) {
            return .refused(refusal)
        }
        var record = GroupRecord(
            id: id, localSerial: plan.identity.serial, remoteSerial: port.remoteSerial,
            consistencyGroup: creation.consistencyGroup, role: .secondary, mode: creation.mode,
            epoch: creation.epoch,
            slotCount: slotCount(
                for: creation.mode, isAlone: creation.consistencyGroup == nil, journal: creation.journals?.local),
            journals: creation.journals,
            pairs: creation.members.map { member in
                PairRecord(
                    local: member.ldev, remote: member.remote,
                    layout: TrackLayout(volumeBytes: member.byteCount, trackBytes: creation.trackBytes),
                    status: status(copies: creation.copiesData, isHeld: creation.startsSuspended),
                    isUsable: !creation.copiesData, copyPace: creation.copyPace)
            })
        record.isHeld = creation.startsSuspended
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

    /// What stands against making these volumes secondaries.
    func refusal(toBecomeSecondary members: [PeerCreation.Member]) -> Refusal? {
        guard !members.isEmpty, Set(members.map(\.ldev)).count == members.count else { return .notUnderstood }
        for member in members {
            guard let volume = volume(member.ldev) else { return .noSuchVolume }
            guard volume.member == nil else { return .alreadyPaired }
            guard !isSecondaryForbidden(member.ldev) else { return .guarded }
            if let refusal = volume.localRefusalToJoin { return refusal }
            guard volume.byteCount == member.byteCount else { return .sizesDiffer }
        }
        return nil
    }
}
