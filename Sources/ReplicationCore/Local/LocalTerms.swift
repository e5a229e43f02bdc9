// The words of the core for a copy within one array: a primary, up to three secondaries of it (mirror units 0 to 2), and
// what may be asked of such a pair. What is legal in which state stands in one table here, `response(to:isHalfRestored:)`.

/// The state of a local pair.
package enum LocalStatus: UInt8, Sendable, CaseIterable {
    /// Marked tracks travel from the primary to the secondary, which is neither old nor new.
    case copying = 1
    /// The secondary follows: hosts' writes mark their tracks, and the copier takes them over a little later.
    case paired = 2
    /// The instant of the split is past. What is still missing on the secondary is copied before a host overwrites it.
    case splitting = 3
    /// The secondary is the primary's image at the instant of the split, and its hosts may write.
    case split = 4
    /// Marked tracks travel from the secondary to the primary; neither takes writes of hosts.
    case restoring = 5
    /// A device failed, or an operator said so. The secondary is of no use until a copy has ended.
    case failed = 6
}

/// What an operator asks of local pairs that exist.
package enum LocalCommand: Hashable, Sendable {
    /// Freeze the secondaries: all pairs that are named together, at one instant.
    case split
    /// Bring the secondary up to date; what its hosts wrote is overwritten. Nil keeps the pace.
    case resynchronise(pace: UInt8?)
    /// Bring the primary back to what the secondary holds.
    case restore(pace: UInt8?)
    /// Take the pair for failed.
    case fail
    /// Part the volumes; both keep the bytes that they have.
    case delete
}

/// What becomes of a command in a state.
package enum LocalResponse: Hashable, Sendable {
    case act
    /// It is so already, or on its way.
    case nothing
    case refuse(Refusal)
}

extension LocalStatus {
    /// - Parameter isHalfRestored: whether the primary is neither what it was nor what the secondary is. Then only
    ///   a further restore, from the secondary that is still whole, or a deletion helps.
    /// - Source: RAID Manager reference, sections 2.3, 2.4 and 5.2, for the remote pair; the rest by symmetry.
    package func response(to command: LocalCommand, isHalfRestored: Bool) -> LocalResponse {
        switch command {
        case .split:
            switch self {
            case .copying, .paired: .act
            case .splitting, .split: .nothing
            case .restoring, .failed: .refuse(.wrongStatus)
            }
        case .resynchronise:
            switch self {
            case .copying, .paired: .nothing
            case .split: .act
            case .failed: isHalfRestored ? .refuse(.wrongStatus) : .act
            case .splitting, .restoring: .refuse(.wrongStatus)
            }
        case .restore:
            switch self {
            case .split: .act
            case .restoring: .nothing
            case .failed: isHalfRestored ? .act : .refuse(.wrongStatus)
            case .copying, .paired, .splitting: .refuse(.wrongStatus)
            }
        case .fail: self == .failed ? .nothing : .act
        case .delete: .act
        }
    }

    /// Whether a restore from another mirror of the same primary may overwrite the primary now.
    package var allowsRestoreBeside: Bool {
        switch self {
        case .split, .failed: true
        case .copying, .paired, .splitting, .restoring: false
        }
    }
}
