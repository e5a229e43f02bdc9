// The guards of volumes: what is set here counts for hosts at once, and for operators when a volume would become a
// secondary or be written by a copy.

internal import CommandDevice
internal import Logging
internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// All guards of the array that refuse anything or are retained.
struct GuardTable: Sendable {
    var file: GuardFile?
    var guards: [LDEVNumber: VolumeGuard] = [:]
}

extension ArrayController {
    /// Reads the guards that the folder knows.
    static func openGuards(_ folder: StateFolder) throws(StateFolderProblem) -> GuardTable {
        guard let (file, guards) = try GuardFile.open(folder.guardPath) else { return GuardTable() }
        return GuardTable(
            file: file, guards: Dictionary(guards.map { ($0.ldev, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    func answer(_ order: GuardOrder) -> ArrayReply {
        switch order {
        case .show(let ldevs):
            for ldev in ldevs where volume(ldev) == nil { return .refused(.noSuchVolume, ldev) }
            return .guards(guards.withLock { table in ldevs.map { snapshot(of: $0, in: table) } })
        case .set(let ldevs, let flags, let days):
            for ldev in ldevs where volume(ldev) == nil { return .refused(.noSuchVolume, ldev) }
            return guards.withLock { table in set(ldevs, flags, days, &table) }
        }
    }

    private func snapshot(of ldev: LDEVNumber, in table: GuardTable) -> GuardSnapshot {
        let guarded = table.guards[ldev]
        let days = guarded.map { daysLeft($0) } ?? 0
        return GuardSnapshot(
            ldev: ldev, flags: GuardFlags(rawValue: guarded?.flags ?? 0), changeable: days > 0 ? [] : .all,
            retentionDays: days)
    }

    /// All volumes, or none: noted on the disk before it counts.
    private func set(
        _ ldevs: [LDEVNumber], _ flags: GuardFlags, _ days: UInt16, _ table: inout GuardTable
    ) -> ArrayReply {
        for ldev in ldevs {
            let now = snapshot(of: ldev, in: table)
            guard now.retentionDays == 0 || (flags.isSuperset(of: now.flags) && days >= now.retentionDays) else {
                return .refused(.retained, ldev)
            }
        }
        var guards = table.guards
        let until = days == 0 ? 0 : wallSeconds + UInt64(days) * 86_400 / UInt64(max(1, plan.clockRate))
        for ldev in ldevs {
            let isNeeded = !flags.isEmpty || until > 0
            guards[ldev] = isNeeded ? VolumeGuard(ldev: ldev, flags: flags.rawValue, retainedUntil: until) : nil
        }
        do throws(SystemFailure) {
            if table.file == nil { table.file = try GuardFile(path: folder.guardPath) }
            try table.file?.store(guards.values.sorted { $0.ldev < $1.ldev })
        } catch {
            logger.error("guards cannot be noted: \(error)")
            return .refused(.busy, ldevs.first)
        }
        table.guards = guards
        for ldev in ldevs { volume(ldev)?.hooks.guards = flags }
        return .done
    }

    /// Whole days, of which one has begun counts.
    private func daysLeft(_ guarded: VolumeGuard) -> UInt16 {
        let now = wallSeconds
        guard guarded.retainedUntil > now else { return 0 }
        let seconds = (guarded.retainedUntil - now) * UInt64(max(1, plan.clockRate))
        return UInt16(clamping: (seconds + 86_399) / 86_400)
    }

    private var wallSeconds: UInt64 { UInt64(max(0, time(nil))) }

    // MARK: What operators may not do

    /// What stands against the volume's becoming a secondary, or being written by a copy.
    /// - Source: RAID Manager reference, section 2.4.
    func isSecondaryForbidden(_ ldev: LDEVNumber) -> Bool { volume(ldev)?.hooks.refuses(.secondary) ?? false }

    /// The first volume of the named ones' groups that must not be written by a copy.
    func guardedMember(of group: ReplicationGroup, among ldevs: [LDEVNumber]? = nil) -> LDEVNumber? {
        let members = group.state.withLock { state in
            state.machine.livePairs.map { state.machine.record.pairs[$0].local }
        }
        return members.first { (ldevs?.contains($0) ?? true) && isSecondaryForbidden($0) }
    }

    /// The first of the named volumes that is a primary and must not become a secondary.
    func guardedPrimary(among ldevs: [LDEVNumber]) -> LDEVNumber? {
        ldevs.first { ldev in
            isSecondaryForbidden(ldev) && volume(ldev)?.member?.group.state.withLock { $0.machine.role } == .primary
        }
    }

    /// Whether the other array asks for what a guard here forbids: its copy would be written to a guarded volume. The
    /// answer is sent.
    func refusesGuarded(_ message: PeerMessage, for group: ReplicationGroup, over port: LinkPort) -> Bool {
        switch message {
        case .resynchronise(let ldevs, _, _, _):
            guard guardedMember(of: group, among: ldevs) != nil else { return false }
        case .swap:
            guard guardedMember(of: group) != nil else { return false }
        case .greeting, .create, .join, .requestSwap, .takeOver, .marks, .ready, .delete, .unknownGroup, .suspended,
            .done,
            .refused:
            return false
        }
        port.send(.control, group: group.id, payload: PeerMessage.refused(.guarded).encoded())
        return true
    }
}
