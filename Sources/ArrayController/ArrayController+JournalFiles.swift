// The journals of an array: opened when it starts, given to one group at a time.

internal import CommandDevice
internal import Logging
internal import Platform
internal import ReplicationCore
internal import VolumeStore

/// A journal of the array, with its file. Which group uses it is said by the groups.
struct Journal: Sendable {
    let plan: ArrayPlan.Journal
    let file: JournalFile

    /// Bytes of the ring.
    static func ringBytes(_ plan: ArrayPlan.Journal) -> Int {
        max(JournalFile.smallestRing, Int(clamping: plan.byteCount)) / 4096 * 4096
    }

    /// The limits of a ring of this size, on the terms of the array's side files.
    func limits(_ sideFile: SideFileLimits) -> SideFileLimits {
        var limits = sideFile
        limits.capacity = Self.ringBytes(plan)
        limits.highWaterPercent = plan.highWaterPercent
        return limits
    }

    /// As many slots as writes of 4 KiB fit, a power of two from 32,768 to a million.
    var slotCount: UInt32 {
        let frames = Self.ringBytes(plan) / (4096 + FrameHeader.byteCount)
        var count: UInt32 = 32768
        while count < frames, count < 1 << 20 { count *= 2 }
        return count
    }
}

extension ArrayController {
    static func openJournals(
        _ plan: ArrayPlan, _ folder: StateFolder, inUse: Set<UInt8>
    ) throws(StateFolderProblem) -> [UInt8: Journal] {
        var journals: [UInt8: Journal] = [:]
        if !plan.journals.isEmpty { try folder.makeJournalFolder() }
        for journal in plan.journals {
            let file = try JournalFile(
                number: journal.number, ringBytes: Journal.ringBytes(journal), isInUse: inUse.contains(journal.number),
                in: folder)
            journals[journal.number] = Journal(plan: journal, file: file)
        }
        return journals
    }

    /// After a restart: what killed processes left in the journals is on the volumes again before anybody looks at them.
    func repeatJournalledWrites() {
        for group in allGroups where group.isJournalled {
            let failure = group.repeatJournalledWrites(volume)
            guard failure != 0 else { continue }
            logger.error("a write in the journal of group \(group.id) cannot be repeated: \(systemErrorText(failure))")
        }
    }

    /// How long a new pair waits for what its journal's last one still has queued on a link.
    private static let patienceNanoseconds: UInt64 = 2_000_000_000

    /// What stands against a new group in journal `number`.
    func refusal(toUseJournal number: UInt8) -> Refusal? {
        guard journals[number] != nil else { return .journalMissing }
        let deadline = monotonicNanoseconds() + Self.patienceNanoseconds
        while true {
            let (users, leaving) = registry.withLock { registry in
                (
                    registry.groups.values.filter { $0.journal?.local == number },
                    registry.retired.filter { $0.journal?.local == number && !$0.link.isDrained }
                )
            }
            guard users.isEmpty else { return .journalInUse }
            // Frames of a group that is gone may still be read out of the ring.
            guard !leaving.isEmpty else { return nil }
            guard monotonicNanoseconds() < deadline else { return .journalInUse }
            sleepNanoseconds(5_000_000)
        }
    }

    /// The journals as an inventory shows them, by their numbers.
    var journalSnapshots: [JournalSnapshot] {
        plan.journals.sorted { $0.number < $1.number }.map { journal in
            let group = allGroups.first { $0.journal?.local == journal.number }
            let shown = group?.groupSnapshot(clockRate: plan.clockRate)
            return JournalSnapshot(
                number: journal.number, ldevs: journal.ldevs, byteCount: journal.byteCount, group: shown,
                usedPercent: shown == nil ? 0 : group?.fillPercent ?? 0)
        }
    }
}
