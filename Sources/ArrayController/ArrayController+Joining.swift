// Volumes that are taken into a group whose pairs are there already: which group an order means, and what each side looks
// at before its machine is asked. The hosts of the new volumes are held on the primary until both sides have noted the
// pairs: of a write that no group knew, the other side would never hear.

internal import CommandDevice
internal import Logging
internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

/// A join that is about to be asked for.
struct Join {
    let group: ReplicationGroup
    let pairs: [PairRecord]
    let volumes: HeldVolumes
}

/// Volumes that are to join: nothing changes them until they are given back.
struct HeldVolumes {
    private let held: [(volume: Volume, range: UInt32)]

    /// Waits for the writes that are under way. From then on nothing else is done with the volumes either.
    init(_ volumes: [Volume]) {
        held = volumes.map { ($0, $0.acquireAll()) }
    }

    /// What else wants to change them.
    var refusal: Refusal? { held.lazy.compactMap(\.volume.localRefusalToJoin).first }

    func claim() { for (volume, _) in held { volume.hooks.isClaimed = true } }

    /// - Parameter isClaimed: whether `claim` was called.
    func giveBack(isClaimed: Bool) {
        for (volume, range) in held {
            if isClaimed { volume.hooks.isClaimed = false }
            volume.release(range)
        }
    }
}

extension ArrayController {
    /// The group that the pairs of `order` join; nil if they are to have one of their own.
    /// - Source: RAID Manager reference, sections 2.2 and 4.6 (214 and 216); which difference gives which code is ours.
    func groupToJoin(_ order: CreationOrder) throws(Refusal) -> ReplicationGroup? {
        guard case .consistencyGroup(let wanted) = order.grouping else { return nil }
        let groups = allGroups.map { group in (group: group, record: group.state.withLock { $0.machine.record }) }
        let numbered = wanted.flatMap { number in groups.first { $0.record.consistencyGroup == number } }
        let found: (group: ReplicationGroup, record: GroupRecord)?
        if let journals = order.journals {
            found = groups.first { $0.record.journals?.local == journals.local }
            guard let used = found?.record.journals else {
                if numbered != nil { throw .groupDiffers }
                return nil
            }
            guard used == journals, found?.record.remoteSerial == order.remoteSerial else { throw .journalInUse }
            guard wanted == nil || wanted == found?.record.consistencyGroup else { throw .groupDiffers }
        } else {
            found = numbered
        }
        guard let (group, record) = found else { return nil }
        guard record.remoteSerial == order.remoteSerial else { throw .groupElsewhere }
        guard record.role == .primary else { throw .notPrimary }
        guard record.mode == order.mode, record.journals == order.journals else { throw .groupDiffers }
        return group
    }

    /// Makes room in the group, and holds the volumes until the request to take them in has ended. The group keeps its
    /// timers, whatever the order says of them.
    func beginJoin(
        _ group: ReplicationGroup, _ pairings: [VolumePairing], _ order: CreationOrder
    ) throws(Refusal) -> Join {
        if order.startsSuspended { throw .wrongStatus }
        let pairs = pairings.map { pairing in
            PairRecord(
                local: pairing.local, remote: pairing.remote, layout: layout(of: volume(pairing.local)!),
                status: order.copiesData ? .copying : .paired, isUsable: true, copyPace: order.copyPace)
        }
        if let refusal = group.makePlaces(for: pairs, as: .primary) { throw refusal }
        let held = HeldVolumes(pairings.map { volume($0.local)! })
        if let refusal = held.refusal {
            held.giveBack(isClaimed: false)
            throw refusal
        }
        held.claim()
        return Join(group: group, pairs: pairs, volumes: held)
    }

    /// Asks both sides to take the pairs in, and waits for the end of it.
    func carryOut(_ join: Join) -> Refusal? {
        let token = waiters.makeToken()
        join.group.perform { $0.join(token, join.pairs) }
        defer { join.volumes.giveBack(isClaimed: true) }
        return waiters.wait(for: token, deadline: nil)
    }

    /// Takes pairs that another array ordered into the secondary half of a group.
    func takeIn(_ order: PeerJoin, into group: ReplicationGroup) {
        creation.withLock { _ in
            if let refusal = refusal(toTakeIn: order) ?? group.makePlaces(for: order.pairs, as: .secondary) {
                group.link.send(.control, group: group.id, payload: PeerMessage.refused(refusal).encoded())
                return
            }
            // The link's thread sends the answer later: it must not wait for the other array under this lock.
            group.receivedUnsent(.join(order))
            // Hosts of the future secondary may be in the middle of a write: it ends before the first frame is applied.
            for member in order.members { volume(member.ldev)!.quiesce() }
        }
    }

    private func refusal(toTakeIn order: PeerJoin) -> Refusal? {
        guard TrackLayout.isValid(trackBytes: order.trackBytes) else { return .notUnderstood }
        return refusal(toBecomeSecondary: order.members)
    }
}

extension ReplicationGroup {
    /// Makes places for those of `pairs` that have none.
    func makePlaces(for pairs: [PairRecord], as role: Role) -> Refusal? {
        state.withLock { state in
            if let refusal = state.machine.refusalToGrow(as: role) { return refusal }
            let record = state.machine.record
            let missing = pairs.filter { record.freePlace(for: $0) == nil }
            do throws(GrowthProblem) {
                let bitmaps = try store.grow(to: record.withPlaces(for: missing))
                state.machine.addPlaces(zip(missing, bitmaps).map { (pair: $0, bitmap: $1) })
            } catch {
                switch error {
                case .noRoom(let reason): owner.cannotGrow(id, reason)
                case .notOnDisk(let failure): owner.cannotPersist(id, "\(failure)")
                }
                return .noGroupLeft
            }
            return nil
        }
    }
}
