// The table between the core's words and RAID Manager's: role and status become P-VOL and PSUE. Nothing else
// knows these words.
//
// - Source: RAID Manager reference, sections 3.6, 4.2 and 5.1.

package import ReplicationCore

/// Which kind of copy a command asks about.
package enum CopyMode: UInt8, Hashable, Sendable, CaseIterable {
    /// Remote copy (Continuous Access, TrueCopy).
    case horc = 1
    /// Local copy (Business Copy, ShadowImage).
    case mrcf = 2
}

package enum VolumeAttribute: String, Hashable, Sendable, CaseIterable {
    case simplex = "SMPL"
    case primary = "P-VOL"
    case secondary = "S-VOL"
}

/// The status column.
package enum PairWord: String, Hashable, Sendable, CaseIterable {
    case smpl = "SMPL"
    case copy = "COPY"
    /// A local copy that runs from the secondary to the primary.
    case rcpy = "RCPY"
    case pair = "PAIR"
    case psus = "PSUS"
    case ssus = "SSUS"
    case psue = "PSUE"
    /// Some of the LDEVs of an expanded LU failed. The bench has no such LUs: no volume of it shows this word.
    case pdub = "PDUB"
    case pful = "PFUL"
    case pfus = "PFUS"
    case ssws = "SSWS"

    /// The word as everything but `pairdisplay -fc` shows it: PFUL, PFUS and SSWS are hidden.
    package func plain(for attribute: VolumeAttribute) -> PairWord {
        switch self {
        case .pful: .pair
        case .pfus: attribute == .secondary ? .ssus : .psus
        case .ssws: .ssus
        case .smpl, .copy, .rcpy, .pair, .psus, .ssus, .psue, .pdub: self
        }
    }

    /// Whether somebody who asked for this word means a volume that shows `found`: COPY means RCPY too, PSUE means PDUB,
    /// PFUL is a PAIR, PFUS and SSWS are suspensions, and PSUS and SSUS are one state seen from two sides.
    package func means(_ found: PairWord) -> Bool {
        switch self {
        case .psus, .ssus: found == .psus || found == .ssus || found == .pfus || found == .ssws
        case .pair: found == .pair || found == .pful
        case .copy: found == .copy || found == .rcpy
        case .psue, .pdub: found == .psue || found == .pdub
        case .smpl, .rcpy, .pful, .pfus, .ssws: found == self
        }
    }
}

/// The fence column.
package enum FenceWord: String, Hashable, Sendable, CaseIterable {
    case data = "DATA"
    case status = "STATUS"
    case never = "NEVER"
    case async = "ASYNC"

    package init(_ mode: ReplicationMode) {
        switch mode {
        case .synchronous(.data): self = .data
        case .synchronous(.status): self = .status
        case .synchronous(.never): self = .never
        case .asynchronous: self = .async
        }
    }

    package init?(argument: String) {
        guard let word = Self(rawValue: argument.uppercased()) else { return nil }
        self = word
    }

    package var mode: ReplicationMode {
        switch self {
        case .data: .synchronous(.data)
        case .status: .synchronous(.status)
        case .never: .synchronous(.never)
        case .async: .asynchronous
        }
    }
}
