// The state of a journal, as JNLS shows it: the side's letter, then what its pairs are doing.
//
// - Source: RAID Manager reference, section 6.2.

package import CommandDevice
internal import ReplicationCore

package enum JournalWord: String, Hashable, Sendable, CaseIterable {
    case unused = "SMPL"
    case primaryNormal = "PJNN"
    case secondaryNormal = "SJNN"
    case primaryAboveHighWater = "PJNF"
    case secondaryAboveHighWater = "SJNF"
    case primarySplit = "PJSN"
    case secondarySplit = "SJSN"
    case primaryFull = "PJSF"
    case secondaryFull = "SJSF"
    case primaryFailed = "PJSE"
    case secondaryFailed = "SJSE"
    /// Held for a delta resynchronisation (`-nocsus`), and ready for it.
    case primaryHeld = "PJNS"
    case secondaryHeld = "SJNS"
    case primaryHeldFailed = "PJES"
    case secondaryHeldFailed = "SJES"

    /// - Parameter group: the group that uses the journal; nil for a journal without pairs.
    package init(_ group: GroupSnapshot?) {
        guard let group else {
            self = .unused
            return
        }
        let isPrimary = group.role == .primary
        if group.isHeld, let word = Self.held(group.status, isPrimary) {
            self = word
            return
        }
        switch group.status {
        case .copying, .paired:
            if group.isAboveHighWater {
                self = isPrimary ? .primaryAboveHighWater : .secondaryAboveHighWater
            } else {
                self = isPrimary ? .primaryNormal : .secondaryNormal
            }
        case .suspended(.byOperator), .takenOver: self = isPrimary ? .primarySplit : .secondarySplit
        case .suspended(.sideFileFull): self = isPrimary ? .primaryFull : .secondaryFull
        case .suspended(.byFault): self = isPrimary ? .primaryFailed : .secondaryFailed
        }
    }

    private static func held(_ status: PairStatus, _ isPrimary: Bool) -> JournalWord? {
        switch status {
        case .suspended(.byOperator): isPrimary ? .primaryHeld : .secondaryHeld
        case .suspended(.byFault): isPrimary ? .primaryHeldFailed : .secondaryHeldFailed
        // Its hosts work on the secondary: more than a held mirror.
        case .copying, .paired, .takenOver, .suspended(.sideFileFull): nil
        }
    }

    /// Whether a marker and a count are shown: a journal that was split or that failed shows none.
    package var hasMarker: Bool {
        switch self {
        case .unused, .primarySplit, .secondarySplit, .primaryFailed, .secondaryFailed, .primaryHeldFailed,
            .secondaryHeldFailed:
            false
        case .primaryNormal, .secondaryNormal, .primaryAboveHighWater, .secondaryAboveHighWater, .primaryFull,
            .secondaryFull, .primaryHeld, .secondaryHeld:
            true
        }
    }
}
