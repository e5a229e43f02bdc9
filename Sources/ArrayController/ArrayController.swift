// One disk array: its volumes, groups, links and timers, put together. Started once, stopped once; killed at any
// instant it comes back from its state folder.

internal import CommandDevice
internal import FuseDevice
internal import LinkTransport
package import Logging
internal import Platform
package import ReplicationCore
internal import Synchronization
package import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// A running array.
///
/// **Threads**: `start` and `stop` by the main thread. Volumes and links never change; `registry` holds the groups.
/// A group's lock may be held while the registry's is taken, never the other way round.
@safe package final class ArrayController: Sendable {
    package let plan: ArrayPlan
    let folder: StateFolder
    let logger: Logger
    let waiters = CommandWaiters()
    let volumes: [LDEVNumber: Volume]
    let volumesByPath: [VolumePath: Volume]
    let ledger: LedgerRing?
    let registry = Monitor(Registry())
    let guards: Mutex<GuardTable>
    let administration: Mutex<AdministrationOffice>
    private let running = Mutex(Running())
    let copyWork = Monitor(CopyWork())
    let restoreWork = Monitor(RestoreWork())
    /// The journals of the array, by their numbers.
    let journals: [UInt8: Journal]
    let locals: LocalCopies
    /// Groups that the timer is to look at from its next turn on. May be locked under a group's lock.
    let newlyWatched = Mutex([ReplicationGroup]())
    /// Held from the check that volumes are free until they belong to their new group.
    let creation = Mutex(())
    private let isStopping = Atomic(false)

    struct Registry: Sendable {
        var groups: [GroupIdentifier: ReplicationGroup] = [:]
        /// Groups that are gone, whose frames a link may still have queued.
        var retired: [ReplicationGroup] = []
    }
    private struct Running: Sendable {
        /// What `init` found, until `start` takes it up.
        var found: [FoundGroup] = []
        var sessions: [FuseSession] = []
        var links: [LinkPort] = []
        var threads: [NamedThread] = []
    }
    struct CopyWork: Sendable {
        var isWanted = false
        var isOver = false
        /// Groups that have asked for copies since their last one was done: of thousands usually none or a few.
        var groups: [GroupIdentifier: ReplicationGroup] = [:]
    }

    struct RestoreWork: Sendable {
        /// Groups in whose journals frames wait.
        var groups: [ReplicationGroup] = []
        var isOver = false
    }

    /// Reads the groups that the folder knows and opens the volumes. Nothing is served yet.
    /// - Throws: `StateFolderProblem`: a damaged or foreign file; everything is left as it was.
    package init(plan: ArrayPlan, folder: StateFolder, logger: Logger) throws(StateFolderProblem) {
        self.plan = plan
        self.folder = folder
        self.logger = logger
        DescriptorLimit.raise()
        let found = try FoundGroup.all(plan, folder)
        locals = LocalCopies(found: try Self.findLocals(plan, folder))
        journals = try Self.openJournals(plan, folder, inUse: Set(found.compactMap(\.record.journals?.local)))
        running.withLock { $0.found = found }
        var files: [LDEVNumber: VolumeFile] = [:]
        for device in plan.devices {
            do {
                files[device.ldev] = try VolumeFile(path: folder.volumePath(device.ldev), byteCount: device.byteCount)
            } catch { throw StateFolderProblem(error) }
        }
        ledger = try Self.openLedger(plan, folder, logger)
        var volumes: [LDEVNumber: Volume] = [:]
        for device in plan.devices {
            let name = device.ldev.fileName
            volumes[device.ldev] = Volume(
                ldev: device.ldev, path: device.path, file: files[device.ldev]!, name: name,
                devicePath: plan.mountPoint + "/" + name, ledger: ledger)
        }
        self.volumes = volumes
        volumesByPath = Dictionary(volumes.values.map { ($0.path, $0) }) { first, _ in first }
        let table = try Self.openGuards(folder)
        for guarded in table.guards.values { volumes[guarded.ldev]?.hooks.guards = GuardFlags(rawValue: guarded.flags) }
        guards = Mutex(table)
        administration = Mutex(try Self.openOffice(plan, folder))
    }

    private static func openLedger(
        _ plan: ArrayPlan, _ folder: StateFolder, _ logger: Logger
    ) throws(StateFolderProblem) -> LedgerRing? {
        guard let bytes = plan.ledgerBytes else { return nil }
        do {
            let ledger = try LedgerRing(
                path: folder.ledgerPath, serial: plan.identity.serial, bytes: bytes)
            if ledger.replacedAnother {
                logger.warning(
                    "\(folder.ledgerPath) could not be gone on with; it is now \(folder.ledgerPath).old, and the history of acknowledged writes begins anew"
                )
            }
            return ledger
        } catch { throw StateFolderProblem(error) }
    }

    // MARK: Life

    /// Brings the array up: links, groups, timers, then the device files.
    package func start() throws {
        var links: [LinkPort] = []
        for port in plan.links {
            let made = try LinkPort(
                configuration: port.configuration, remoteName: port.remoteName,
                cachePath: folder.cachePath(port.configuration.name), controller: self, logger: logger)
            made.link.impairment = port.impairment
            links.append(made)
        }
        running.withLock { $0.links = links }
        ledger?.noteStart(isTrustworthy: folder.memoryIsTrustworthy)
        takeUpGroups(links)
        takeUpLocals()
        // Every group that is not to be trusted has noted it: only now may the folder look like that of this boot.
        try folder.markRunning()
        for link in links { link.redoUnfinished() }
        repeatJournalledWrites()
        do {
            for link in links { try link.start() }
            try mount()
        } catch {
            stop()
            throw error
        }
        running.withLock { running in
            running.threads.append(NamedThread("copy") { self.runCopies() })
            running.threads.append(NamedThread("local copy") { self.locals.run(self.volume, self.ledger) })
            running.threads.append(NamedThread("timer") { self.runTimers() })
            if !journals.isEmpty { running.threads.append(NamedThread("restore") { self.runRestores() }) }
        }
        for group in allGroups { group.resumeRestore() }
        for group in allGroups where group.isCopying { copyIsWanted(by: group) }
        localCopyIsWanted()
    }

    private func mount() throws {
        let files = plan.devices.map { volumes[$0.ldev]! as any FuseFile }
        let name = plan.identity.name
        let session = try FuseSession(
            mountPoint: plan.mountPoint, files: files, threads: plan.fuseThreads, sourceName: "arraybench:\(name)")
        running.withLock { $0.sessions.append(session) }
        let commands = try FuseSession(
            mountPoint: plan.commandMountPoint, files: [CommandDeviceFile(controller: self)], threads: 2,
            sourceName: "arraybench:\(name)-cmd")
        running.withLock { $0.sessions.append(commands) }
    }

    /// Stops in order: hosts first, then links; everything is on the disk afterwards.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        let (sessions, links, threads) = running.withLock { ($0.sessions, $0.links, $0.threads) }
        copyWork.withLock { $0.isOver = true }
        copyWork.wakeAll()
        restoreWork.withLock { $0.isOver = true }
        restoreWork.wakeAll()
        locals.end()
        // Whoever waits for room or for a link may wait for ever once the timers have ended.
        for group in allGroups { group.refuseWaiting() }
        for session in sessions { session.stop() }
        for link in links { link.stop() }
        for thread in threads { thread.join() }
        var isSafe = true
        for group in allGroups where !group.synchroniseMemory() { isSafe = false }
        for set in locals.all where !set.synchroniseMemory() { isSafe = false }
        if ledger?.synchronise() == false { isSafe = false }
        for volume in volumes.values where volume.file.synchronise() != 0 { isSafe = false }
        if isSafe { folder.markClean() }
    }

    private func takeUpGroups(_ links: [LinkPort]) {
        let found = running.withLock { running in
            defer { running.found = [] }
            return running.found
        }
        folder.removeGroups(otherThan: found.map(\.record))
        for group in found {
            guard let link = links.first(where: { $0.remoteSerial == group.record.remoteSerial }) else {
                preconditionFailure("FoundGroup lets no group without a link pass")
            }
            adopt(makeGroup(group.record, group.store, link, isRestart: true))
        }
    }

    /// Makes a group's shell around a new or restarted machine.
    func makeGroup(
        _ record: GroupRecord, _ store: GroupStore, _ link: LinkPort, isRestart: Bool
    ) -> ReplicationGroup {
        let journal = record.journals.flatMap { journals[$0.local] }
        let machine = GroupMachine(
            record: record, memory: store.memory, limits: journal?.limits(plan.sideFile) ?? limits(for: record.mode),
            timers: plan.timers, now: now)
        let group = ReplicationGroup(
            machine: machine, store: store, journal: journal?.file, link: link, ledger: ledger, owner: self)
        group.watch()
        if isRestart {
            group.state.withLock { group.noteStates(&$0, isInherited: true) }
            if !folder.memoryIsTrustworthy { group.perform { $0.distrust() } }
            group.perform { $0.recover(group.frame) }
        }
        return group
    }

    /// A synchronous group needs room for what is under way only.
    private func limits(for mode: ReplicationMode) -> SideFileLimits {
        var limits = plan.sideFile
        if mode.isSynchronous { limits.capacity = 16 << 20 }
        return limits
    }

    /// Slots for a group. An asynchronous one has as many as its ring can hold of the smallest frames, within reason; a
    /// synchronous one as its volumes' hosts can have writes under way: the kernel lets 256 requests of a mount wait.
    /// - Parameter isAlone: nothing ever joins it.
    func slotCount(for mode: ReplicationMode, isAlone: Bool, journal: UInt8? = nil) -> UInt32 {
        if let journal = journal.flatMap({ journals[$0] }) { return journal.slotCount }
        return mode.isSynchronous ? (isAlone ? 512 : 2048) : 32768
    }

    /// Registers a group and hands it its volumes.
    func adopt(_ group: ReplicationGroup) {
        registry.withLock { $0.groups[group.id] = group }
        for (index, pair) in group.state.withLock({ $0.machine.record.pairs }).enumerated() where !pair.isDeleted {
            volumes[pair.local]?.join(group, pair: index)
        }
    }

    // MARK: Looking up

    package func volume(_ ldev: LDEVNumber) -> Volume? { volumes[ldev] }
    func group(_ id: GroupIdentifier) -> ReplicationGroup? { registry.withLock { $0.groups[id] } }
    var allGroups: [ReplicationGroup] {
        registry.withLock { registry in registry.groups.keys.sorted().map { registry.groups[$0]! } }
    }
    package var links: [LinkPort] { running.withLock { $0.links } }
    func link(to serial: ArraySerial) -> LinkPort? { links.first { $0.remoteSerial == serial } }
    package var allVolumes: [Volume] { plan.devices.map { volumes[$0.ldev]! } }
    var now: Moment { Moment(nanoseconds: monotonicNanoseconds()) }
    var isGoingDown: Bool { isStopping.load(ordering: .acquiring) }

    /// The next number of a consistency group that is free here: 0 to 127; nil if none is.
    func freeConsistencyGroup() -> UInt8? {
        let used = Set(allGroups.compactMap { $0.state.withLock { $0.machine.record.consistencyGroup } })
        return (0...127).first { !used.contains($0) }
    }
}
