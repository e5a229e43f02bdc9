// One view for pairs of both kinds: whatever an array says of a remote or of a local pair becomes the same facts, and
// every screen, exit status and decision is made from these alone.
//
// - Source: RAID Manager reference, sections 3.6, 4.2 and 5.1.

package import CommandDevice
package import ReplicationCore

package struct PairFacts: Hashable, Sendable {
    package var role: Role
    package var word: PairWord
    /// nil: a local pair, which has none.
    package var fence: FenceWord?
    /// The % column with `-fc`; nil: this side knows no number in this state.
    package var percent: UInt8?
    /// The M column.
    package var mark: String
    package var partnerSerial: ArraySerial
    package var partnerLDEV: LDEVNumber
    package var consistencyGroup: UInt8?
    /// This side's journal.
    package var journal: UInt8?
    /// Paths to the partner's array that work; nil for a local pair.
    package var paths: UInt8?
    /// The fewest that must work for the pair to go on; nil for a local pair.
    package var minimumPaths: UInt8?
    /// 1 to 15.
    package var copyPace: UInt8
    /// Whether the data are a point in time. False: a copy to this secondary runs or was interrupted.
    package var isUsable: Bool
    /// Whether the secondary's hosts may write.
    package var isSecondaryWritable: Bool
    package var mirror: UInt8

    package var attribute: VolumeAttribute { role == .primary ? .primary : .secondary }
}

extension PairFacts {
    package init(_ pair: PairSnapshot) {
        role = pair.role
        word = PairWord(pair)
        fence = FenceWord(pair.mode)
        percent = Self.percent(pair, word)
        let isReadRefused = pair.isReadRefused && pair.role == .secondary
        mark = Self.mark(
            role, word, isWritable: pair.isSecondaryHostWritable, isWritten: pair.isWrittenSinceSplit,
            isReadRefused: isReadRefused)
        partnerSerial = pair.remoteSerial
        partnerLDEV = pair.remoteLDEV
        consistencyGroup = pair.consistencyGroup
        journal = pair.journal
        paths = pair.isLinkUp ? pair.activePaths : 0
        minimumPaths = pair.minimumPaths
        copyPace = pair.copyPace
        isUsable = pair.role == .primary || pair.isUsable
        isSecondaryWritable = pair.isSecondaryHostWritable
        mirror = pair.mirror
    }

    /// - Parameter serial: the array that holds both volumes.
    package init(_ pair: LocalPairSnapshot, in serial: ArraySerial) {
        role = pair.role
        word = PairWord(pair)
        fence = nil
        percent = pair.cleanPercent
        // A local split always gives the secondary free.
        mark = Self.mark(role, word, isWritable: true, isWritten: pair.isWrittenSinceSplit)
        partnerSerial = serial
        partnerLDEV = pair.partner
        consistencyGroup = pair.group
        journal = nil
        paths = nil
        minimumPaths = nil
        copyPace = pair.copyPace
        isUsable = pair.role == .primary || pair.status == .paired || pair.status == .split
        isSecondaryWritable = pair.status == .split
        mirror = pair.name.mirror
    }

    /// - Source: RAID Manager reference, section 3.6.
    private static func percent(_ pair: PairSnapshot, _ word: PairWord) -> UInt8? {
        switch (word, pair.mode, pair.role) {
        case (.copy, _, .secondary): nil
        case (.copy, _, .primary): pair.cleanPercent
        case (.pair, .asynchronous, _), (.pful, .asynchronous, _): pair.sideFilePercent
        case (_, _, _): pair.cleanPercent
        }
    }

    /// `W` for a secondary that may be, or was, written by its hosts; `N` for one that they cannot even read.
    private static func mark(
        _ role: Role, _ word: PairWord, isWritable: Bool, isWritten: Bool, isReadRefused: Bool = false
    ) -> String {
        switch (role, word) {
        case (.primary, .psus): isWritable ? "W" : "-"
        case (.secondary, .ssus), (.secondary, .ssws): isWritten ? "W" : "-"
        case (.secondary, .copy), (.secondary, .rcpy), (.secondary, .pair), (.secondary, .psue):
            isReadRefused ? "N" : "-"
        case (_, _): "-"
        }
    }
}

extension PairWord {
    package init(_ pair: PairSnapshot) {
        switch pair.status {
        case .copying: self = .copy
        case .paired: self = pair.mode == .asynchronous && pair.isAboveHighWater ? .pful : .pair
        case .suspended(.byOperator): self = pair.role == .primary ? .psus : .ssus
        case .suspended(.byFault): self = .psue
        case .suspended(.sideFileFull): self = .pfus
        // A takeover is the secondary's; its primary shows an operator's suspension.
        case .takenOver: self = pair.role == .primary ? .psus : .ssws
        }
    }

    package init(_ pair: LocalPairSnapshot) {
        switch pair.status {
        // What a split still has to copy is shown as a copy: the secondary is not usable yet. Ours.
        case .copying, .splitting: self = .copy
        case .paired: self = .pair
        case .split: self = pair.role == .primary ? .psus : .ssus
        case .restoring: self = .rcpy
        case .failed: self = .psue
        }
    }
}
