// Local pairs that are made, and those that a restarted array finds.
//
// A new pair is checked and its volumes reserved under the lock under which remote pairs are made too. Then, without that
// lock, each volume's whole range is held for a moment: from there on every change of the primary is told to the pair,
// and the secondary takes no host's write. Only then does the copier know of the set.

internal import CommandDevice
internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

extension ArrayController {
    // MARK: Making

    func createLocal(_ order: LocalCreationOrder) -> ArrayReply {
        guard !order.names.isEmpty, (1...15).contains(order.copyPace),
            Set(order.names.map(\.secondary)).count == order.names.count,
            Set(order.names.map { [UInt16($0.mirror), $0.primary.value] }).count == order.names.count,
            !order.isAtTime || Set(order.names.map(\.primary)).count == order.names.count
        else { return .refused(.notUnderstood, order.names.first?.primary) }
        guard order.copiesData else { return .refused(.notSupported, order.names[0].primary) }
        for name in order.names {
            if let refusal = refusal(toPairLocally: name) { return .refused(refusal, name.primary) }
        }
        for names in order.isAtTime ? [order.names] : order.names.map({ [$0] }) {
            if let refusal = createSet(names, order) { return .refused(refusal, names[0].primary) }
        }
        return .done
    }

    /// What stands against a new local pair.
    private func refusal(toPairLocally name: LocalName) -> Refusal? {
        guard let primary = volume(name.primary), let secondary = volume(name.secondary) else { return .noSuchVolume }
        guard name.mirror <= 2, primary !== secondary else { return .notUnderstood }
        guard primary.byteCount == secondary.byteCount else { return .sizesDiffer }
        // A copy of a copy, and a copy that is somebody's far side, are ours to refuse: real arrays allow a few of them.
        guard secondary.member == nil, secondary.hooks.local.withLock({ $0.isEmpty }) else { return .alreadyPaired }
        // It is about to become a remote primary.
        if secondary.hooks.isClaimed { return .busy }
        let places = primary.hooks.local.withLock { $0 }
        guard places.asSecondary == nil,
            !places.asPrimary.contains(where: { $0.set.pair($0.pair).mirror == name.mirror })
        else { return .alreadyPaired }
        if secondary.hooks.guards.contains(.secondary) { return .guarded }
        return isBeingRestored(name.primary) ? .busy : nil
    }

    private func createSet(_ names: [LocalName], _ order: LocalCreationOrder) -> Refusal? {
        let set: LocalCopySet
        do throws(Refusal) {
            set = try creation.withLock { _ throws(Refusal) in try reserveSet(names, order) }
        } catch { return error }
        attach(set)
        locals.add(set)
        if order.splits { return set.command(.split, pairs: Array(names.indices)) }
        localCopyIsWanted()
        return nil
    }

    private func reserveSet(_ names: [LocalName], _ order: LocalCreationOrder) throws(Refusal) -> LocalCopySet {
        for name in names {
            if let refusal = refusal(toPairLocally: name) { throw refusal }
        }
        let record = LocalCopyRecord(
            id: GroupIdentifier(creator: plan.identity.serial, counter: folder.nextGroupCounter()),
            serial: plan.identity.serial, consistencyGroup: order.isAtTime ? try freeLocalGroup() : nil,
            pairs: names.map { name in
                LocalPairRecord(
                    primary: name.primary, secondary: name.secondary, mirror: name.mirror,
                    layout: TrackLayout(volumeBytes: volume(name.primary)!.byteCount, trackBytes: plan.trackBytes),
                    copyPace: order.copyPace)
            })
        guard let store = try? LocalStore(creating: record, in: folder) else { throw .noGroupLeft }
        var machine = LocalCopyMachine(record: record, memory: store.memory)
        machine.markAll()
        guard (try? store.save(record)) != nil else {
            folder.removeLocal(record.id)
            throw .noGroupLeft
        }
        let set = LocalCopySet(machine: machine, store: store, owner: self)
        reserve(set)
        return set
    }

    /// The next number of local pairs that are split together, 0 to 127.
    private func freeLocalGroup() throws(Refusal) -> UInt8 {
        let used = Set(locals.all.compactMap(\.consistencyGroup))
        guard let free = (0...127).first(where: { !used.contains($0) }) else { throw .noGroupLeft }
        return free
    }

    private func reserve(_ set: LocalCopySet) {
        let pairs = set.state.withLock { $0.machine.record.pairs }
        for (index, pair) in pairs.enumerated() where !pair.isDeleted {
            let place = LocalPlaces.Place(set: set, pair: index)
            volume(pair.primary)?.hooks.local.withLock { $0.addPrimary(place) }
            volume(pair.secondary)?.hooks.local.withLock { $0.asSecondary = place }
        }
    }

    /// From here on the set's volumes tell it what is written on them, and take what it allows.
    private func attach(_ set: LocalCopySet) {
        let pairs = set.state.withLock { $0.machine.record.pairs }
        for ldev in pairs.filter({ !$0.isDeleted }).flatMap({ [$0.primary, $0.secondary] }) {
            guard let volume = volume(ldev) else { continue }
            let range = volume.acquireAll()
            volume.hooks.isWatched = true
            volume.hooks.settleAccess()
            volume.release(range)
        }
        for pair in pairs where !pair.isDeleted && pair.status != .split { noteOverwritten(pair) }
    }

    // MARK: Finding

    /// Looks at every set before anything is changed.
    static func findLocals(
        _ plan: ArrayPlan, _ folder: StateFolder
    ) throws(StateFolderProblem) -> [LocalCopies.Found] {
        var found: [LocalCopies.Found] = []
        for path in try folder.localRecordPaths() {
            guard let (store, record) = try LocalStore.open(path, in: folder), !record.isGone else { continue }
            for pair in record.pairs where !pair.isDeleted {
                for ldev in [pair.primary, pair.secondary] {
                    let planned = plan.devices.first { $0.ldev == ldev }?.byteCount
                    guard planned == pair.layout.volumeBytes, folder.volumeBytes(ldev) == planned else {
                        throw StateFolderProblem(
                            "\(path) names volume \(ldev) with \(pair.layout.volumeBytes) bytes, and the array or its "
                                + "folder has none of that size; put it back, or delete the set's two files to give "
                                + "the local pairs up")
                    }
                }
            }
            found.append(LocalCopies.Found(store: store, record: record))
        }
        return found
    }

    /// Takes up what `init` found, before anything is served and before any frame is applied.
    func takeUpLocals() {
        let found = locals.found.withLock { found in
            defer { found = [] }
            return found
        }
        folder.removeLocals(otherThan: found.map(\.record.id))
        for one in found {
            let machine = LocalCopyMachine(record: one.record, memory: one.store.memory)
            let set = LocalCopySet(machine: machine, store: one.store, owner: self)
            reserve(set)
            attach(set)
            locals.add(set)
            if !folder.memoryIsTrustworthy { set.perform { $0.distrust() } }
            set.perform { $0.recover() }
        }
    }
}
