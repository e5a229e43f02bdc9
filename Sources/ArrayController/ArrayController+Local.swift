// What operators order of local pairs. Every pair that an order names is looked at before the first one is touched (I7);
// orders come one after the other.
//
// A volume that loses its hosts' writes is closed first, while its whole range is held, so that no write is under way;
// then the set is brought to rest, and changes. A primary that is to be restored is *claimed* before its remote pair is
// looked at: from then on no copy can begin there, asked here or by the other array.

internal import CommandDevice
internal import Evidence
internal import Logging
internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

extension ArrayController: LocalOwner {
    func answer(_ order: LocalOrder) -> ArrayReply {
        locals.orders.withLock { _ in
            switch order {
            case .create(let order): createLocal(order)
            case .split(let names): onSets(names, .split)
            case .resynchronise(let names, let pace): onSets(names, .resynchronise(pace: pace))
            case .restore(let names, let pace): onSets(names, .restore(pace: pace))
            case .fail(let names): onSets(names, .fail)
            case .delete(let names): onSets(names, .delete)
            }
        }
    }

    /// Pairs of one set, with the first volume that named it.
    private struct Target {
        let set: LocalCopySet
        var pairs: [Int]
        let first: LDEVNumber
    }

    private func onSets(_ names: [LocalName], _ command: LocalCommand) -> ArrayReply {
        guard command.pace.map({ (1...15).contains($0) }) ?? true else { return .refused(.notUnderstood, nil) }
        var targets: [Target] = []
        for name in names {
            guard volume(name.primary) != nil else { return .refused(.noSuchVolume, name.primary) }
            guard volume(name.secondary) != nil else { return .refused(.noSuchVolume, name.secondary) }
            guard let (set, pair) = find(name) else { return .refused(.notPaired, name.primary) }
            if let index = targets.firstIndex(where: { $0.set === set }) {
                if !targets[index].pairs.contains(pair) { targets[index].pairs.append(pair) }
            } else {
                targets.append(Target(set: set, pairs: [pair], first: name.primary))
            }
        }
        for target in targets {
            if let (refusal, ldev) = refusal(of: command, target) { return .refused(refusal, ldev) }
        }
        for target in targets {
            if let refusal = carryOut(command, target) { return .refused(refusal, target.first) }
        }
        return .done
    }

    func find(_ name: LocalName) -> (LocalCopySet, Int)? {
        for set in locals.all {
            if let pair = set.state.withLock({
                $0.machine.index(of: name.primary, name.secondary, mirror: name.mirror)
            }) {
                return (set, pair)
            }
        }
        return nil
    }

    // MARK: What stands against it

    private func refusal(of command: LocalCommand, _ target: Target) -> (Refusal, LDEVNumber)? {
        let machine = target.set.state.withLock { $0.machine }
        if let (refusal, pair) = machine.refusal(of: command, pairs: target.pairs) {
            return (refusal, machine.record.pairs[pair].primary)
        }
        for pair in target.pairs where machine.changes(command, pair) {
            let record = machine.record.pairs[pair]
            if let refusal = refusal(of: command, record, beside: target.set) { return (refusal, record.primary) }
        }
        return nil
    }

    /// What the primary's other copies, near and far, and the volumes' guards have against it.
    private func refusal(
        of command: LocalCommand, _ record: LocalPairRecord, beside set: LocalCopySet
    ) -> Refusal? {
        guard let primary = volume(record.primary), let secondary = volume(record.secondary) else {
            return .noSuchVolume
        }
        let others = primary.hooks.local.withLock { $0.asPrimary }.filter { $0.set !== set }
            .map { $0.set.pair($0.pair) }
        switch command {
        case .fail, .delete: return nil
        case .split: return others.contains { $0.isHalfRestored } ? .busy : nil
        case .resynchronise:
            if secondary.hooks.guards.contains(.secondary) { return .guarded }
            return others.contains { $0.isHalfRestored } ? .busy : nil
        case .restore:
            if primary.hooks.guards.contains(.secondary) { return .guarded }
            guard others.allSatisfy({ $0.status.allowsRestoreBeside && !$0.isHalfRestored }) else {
                return .wrongStatus
            }
            return isFarSideAtRest(primary) ? nil : .wrongStatus
        }
    }

    private func isFarSideAtRest(_ volume: Volume) -> Bool {
        guard let member = volume.member else { return true }
        return member.group.state.withLock { $0.machine.isAtRest(member.pair) }
    }

    // MARK: Carrying it out

    private func carryOut(_ command: LocalCommand, _ target: Target) -> Refusal? {
        let machine = target.set.state.withLock { $0.machine }
        let pairs = target.pairs.filter { machine.changes(command, $0) }.map { machine.record.pairs[$0] }
        guard !pairs.isEmpty else { return nil }
        let claimed = claim(volumes(losing: command, pairs))
        defer { for volume in claimed { volume.hooks.isClaimed = false } }
        if case .restore = command {
            // Once more: a copy may have begun, or a remote pair been made, before the claim.
            let isAtRest = creation.withLock { _ in
                pairs.allSatisfy { volume($0.primary).map(isFarSideAtRest) == true }
            }
            guard isAtRest else { return .wrongStatus }
        }
        return target.set.command(command, pairs: target.pairs)
    }

    /// The volumes whose hosts may no longer write.
    private func volumes(losing command: LocalCommand, _ pairs: [LocalPairRecord]) -> [Volume] {
        switch command {
        case .split, .delete: []
        case .resynchronise, .fail: pairs.compactMap { volume($0.secondary) }
        case .restore: pairs.flatMap { [volume($0.primary), volume($0.secondary)] }.compactMap(\.self)
        }
    }

    /// Ends the hosts' writes that are under way, one volume after the other, and lets no new one begin.
    private func claim(_ volumes: [Volume]) -> [Volume] {
        for volume in volumes {
            let range = volume.acquireAll()
            volume.hooks.isClaimed = true
            volume.release(range)
        }
        return volumes
    }

    /// Whether a local pair keeps copies from beginning on this volume.
    func isBeingRestored(_ ldev: LDEVNumber) -> Bool {
        guard let hooks = volume(ldev)?.hooks else { return false }
        return hooks.isClosed || hooks.isClaimed
    }

    // MARK: LocalOwner

    func localCopyIsWanted() { locals.copyIsWanted() }

    func localPairWasRemoved(_ set: LocalCopySet, pair: Int) {
        let record = set.pair(pair)
        for ldev in [record.primary, record.secondary] {
            guard let hooks = volume(ldev)?.hooks else { continue }
            hooks.local.withLock { places in
                places.remove(set, pair: pair)
                if places.isEmpty { hooks.isWatched = false }
            }
            hooks.settleAccess()
        }
        guard set.state.withLock({ $0.machine.record.isGone }) else { return }
        locals.remove(set)
        folder.removeLocal(set.id)
    }

    func log(_ pair: LocalPairRecord, _ status: LocalStatus) {
        if status == .copying { noteOverwritten(pair) }
        logger.notice(
            "local pair \(pair.primary) to \(pair.secondary), mirror unit \(pair.mirror), is now \(status)")
    }

    /// A secondary may be a remote primary one day: then nobody must look in a copy of it for what its hosts wrote before
    /// it was a secondary.
    func noteOverwritten(_ pair: LocalPairRecord) {
        ledger?.append(LedgerEntry(.overwritten, ldev: pair.secondary), at: monotonicNanoseconds())
    }
}

extension LocalCommand {
    fileprivate var pace: UInt8? {
        switch self {
        case .resynchronise(let pace), .restore(let pace): pace
        case .split, .fail, .delete: nil
        }
    }
}
