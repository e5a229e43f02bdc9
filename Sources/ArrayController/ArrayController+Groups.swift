// What the groups ask of the array around them.

internal import Logging
internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

extension ArrayController: GroupOwner {
    func copyIsWanted(by group: ReplicationGroup) {
        copyWork.withLock { work in
            if work.groups[group.id] == nil { work.groups[group.id] = group }
            work.isWanted = true
        }
        copyWork.wakeAll()
    }

    func restoreIsWanted(by group: ReplicationGroup) {
        restoreWork.withLock { $0.groups.append(group) }
        restoreWork.wakeAll()
    }

    func cannotRestore(_ group: GroupIdentifier, _ code: Int32) {
        logger.error("group \(group): a frame of the journal cannot be restored: \(systemErrorText(code))")
    }

    func watch(_ group: ReplicationGroup) { newlyWatched.withLock { $0.append(group) } }

    func commandFinished(_ token: CommandToken, _ refusal: Refusal?) { waiters.finish(token, refusal) }

    func pairsWereRemoved(_ group: ReplicationGroup, _ ldevs: [LDEVNumber], isGone: Bool) {
        for ldev in ldevs { volumes[ldev]?.leave(group) }
        guard isGone else { return }
        registry.withLock { registry in
            registry.groups[group.id] = nil
            registry.retired.append(group)
        }
        folder.removeGroup(group.id)
    }

    func pairsHaveJoined(_ group: ReplicationGroup, _ pairs: [(ldev: LDEVNumber, place: Int)]) {
        for (ldev, place) in pairs { volumes[ldev]?.join(group, pair: place) }
    }

    func tookOver(_ ldevs: [LDEVNumber]) { plan.afterTakeover?(ldevs) }

    func log(_ group: GroupIdentifier, _ note: GroupNote) {
        switch note {
        case .status(let ldev, let role, let status): logger.notice("\(ldev) is \(role) and now \(status)")
        case .roleIsNow(let role): logger.notice("group \(group) is now \(role)")
        case .interruptedWritesMarked(let count):
            logger.warning("group \(group): \(count) interrupted writes are marked, the pair is suspended")
        case .goesOnFromJournal(let count):
            logger.notice("group \(group): \(count) frames lie in its journal, from which it goes on")
        case .peerDisagrees: logger.warning("group \(group): the other array disagrees about the pair")
        }
    }

    func cannotGrow(_ group: GroupIdentifier, _ reason: String) {
        logger.error("group \(group): no pair can join it: \(reason)")
    }

    /// A state that cannot be noted must not be lived: the array stops as if its NVRAM had failed.
    func cannotPersist(_ group: GroupIdentifier, _ reason: String) {
        logger.critical("group \(group): the change of state cannot be noted (\(reason)); the array stops")
        abort()
    }
}
