// What the judge found. The JSON keys are those of the properties and do not change between versions.

package struct StampVerdict: Hashable, Sendable, Codable {
    package enum Result: String, Hashable, Sendable, Codable, CaseIterable {
        case nothingLost, lostButInOrder, outOfOrder, damaged, unknown

        /// The exit status of `arraybench load --check`.
        package var exitStatus: Int32 {
            switch self {
            case .nothingLost: 0
            case .lostButInOrder: 2
            case .outOfOrder, .damaged: 3
            case .unknown: 4
            }
        }
    }

    /// An operation, as a verdict names it.
    package struct Named: Hashable, Sendable, Codable {
        package var sequence: UInt64
        package var kind: String
        package var volume: Int
        package var offset: UInt64
        package var length: UInt64
        /// Seconds from its answer (or its beginning, without one) to the moment that ages count from.
        package var ageSeconds: Double
        package var isAcknowledged: Bool
    }

    /// `later` was begun after `missing` had been acknowledged, and is there; `missing` is not.
    package struct Disorder: Hashable, Sendable, Codable {
        package var missing: Named
        package var later: Named
    }

    package struct BadSector: Hashable, Sendable, Codable {
        package var volume: Int
        package var offset: UInt64
        package var what: String
    }

    package struct Unacknowledged: Hashable, Sendable, Codable {
        package var present = 0
        package var absent = 0
        package var torn = 0
        package var undecided = 0
    }

    package var result: Result
    /// Why the result is `unknown`; else nil.
    package var reason: String?
    /// The run, in hexadecimal.
    package var run = ""
    /// Whether the load ended in an orderly way; false if it was killed or still runs.
    package var recordIsClosed = false
    /// Whether order was judged over all volumes together, or in each alone.
    package var acrossVolumes = true
    /// Acknowledged writes and discards.
    package var acknowledged = 0
    package var present = 0
    /// Acknowledged and not there at all.
    package var lost = 0
    /// Acknowledged and partly there.
    package var torn = 0
    /// Bytes of `lost` and of the missing parts of `torn`.
    package var lostBytes: UInt64 = 0
    /// How many of `lost` and `torn` were acknowledged before an acknowledged flush of their volume began.
    package var lostAlthoughFlushed = 0
    /// Acknowledged, but what is there may stand for their presence and for their absence (a discard, or a bad sector).
    package var undecided = 0
    package var oldestLost: Named?
    /// The first lost ones, in the order of their answers.
    package var firstLost: [Named] = []
    package var unacknowledged = Unacknowledged()
    /// Pairs of dependent writes of which the second is there and the first is not.
    package var dependenciesBroken = 0
    package var disorder: Disorder?
    package var badSectors = 0
    package var firstBadSectors: [BadSector] = []
    /// Sectors that hold what an earlier run left there.
    package var olderSectors = 0

    package init(result: Result, reason: String? = nil) {
        self.result = result
        self.reason = reason
    }

    /// The verdict when the record cannot be used.
    package static func unknown(_ damage: RecordDamage) -> StampVerdict {
        StampVerdict(result: .unknown, reason: damage.description)
    }
}

extension StampVerdict {
    /// Lines for people.
    package var text: String {
        var lines = [headline]
        if let reason { return (lines + ["  \(reason)"]).joined(separator: "\n") + "\n" }
        lines.append("  run \(run)" + (recordIsClosed ? "" : "; its load was killed, or still runs"))
        lines.append(
            "  acknowledged: \(acknowledged): \(present) there, \(lost) lost, \(torn) torn, \(undecided) undecided")
        if lost + torn > 0 {
            let flushed = lostAlthoughFlushed > 0 ? "; \(lostAlthoughFlushed) of them had been flushed" : ""
            lines.append("  lost bytes: \(lostBytes)\(flushed)")
        }
        if let oldestLost { lines.append("  oldest lost: \(oldestLost.text)") }
        let open = unacknowledged
        lines.append(
            "  never acknowledged: \(open.present) there, \(open.absent) not there, \(open.torn) torn, "
                + "\(open.undecided) undecided")
        if let disorder {
            lines.append("  out of order: \(disorder.later.text)")
            lines.append("    is there, but not: \(disorder.missing.text)")
            lines.append("    which was acknowledged before the other began")
        }
        if dependenciesBroken > 0 { lines.append("  broken dependencies: \(dependenciesBroken)") }
        if badSectors > 0 { lines.append("  bad sectors: \(badSectors)") }
        for sector in firstBadSectors {
            lines.append("    volume \(sector.volume), byte \(sector.offset): \(sector.what)")
        }
        if olderSectors > 0 { lines.append("  sectors of earlier runs: \(olderSectors)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private var headline: String {
        switch result {
        case .nothingLost: "NOTHING LOST: every acknowledged write that can be judged is there"
        case .lostButInOrder: "LOST BUT IN ORDER: the copy is an earlier state of the run"
        case .outOfOrder: "OUT OF ORDER: a later write is there, an earlier one is not"
        case .damaged: "DAMAGED: the copy holds what the run did not write there"
        case .unknown: "UNKNOWN: this cannot be judged"
        }
    }
}

extension StampVerdict.Named {
    var text: String {
        let age = (ageSeconds * 1000).rounded() / 1000
        return "\(kind) \(sequence) (volume \(volume), byte \(offset), \(length) bytes, \(age) s before the end)"
    }
}
