// Which command is allowed in which state of a local pair. A command checks every volume of its group against this table
// before it changes the first one; the array has a table of its own and the last word.
//
// - Source: RAID Manager reference, sections 2.3, 2.4, 5.1 and 5.2. The table there is of remote pairs: what it says of
//   COPY, PAIR, PSUS and PSUE is taken over, what RCPY does follows from it. Ours: a split whose copy still runs shows
//   COPY, so that the array, not the tool, has to tell it from an initial copy.

/// What a command wants of a local pair, judged by the primary's state.
package enum LocalOperation: Hashable, Sendable, CaseIterable {
    case create
    case split
    case resynchronise
    case restore
    /// `pairsplit -E`
    case fail
    case delete

    package func verdict(_ word: PairWord) -> Verdict {
        switch self {
        case .create:
            switch word {
            case .smpl: .act
            case .copy, .rcpy, .pair, .pful: .nothing
            case .psus, .ssus, .psue, .pdub, .pfus, .ssws: .refuse(.invalidPairStatus)
            }
        case .split:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .copy, .pair, .pful: .act
            case .psus, .ssus, .pfus, .ssws: .nothing
            case .rcpy, .psue, .pdub: .refuse(.invalidPairStatus)
            }
        case .resynchronise:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .copy, .psus, .ssus, .psue, .pdub, .pfus, .ssws: .act
            case .pair, .pful: .nothing
            case .rcpy: .refuse(.invalidPairStatus)
            }
        case .restore:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .psus, .ssus, .psue, .pdub, .pfus, .ssws: .act
            case .rcpy: .nothing
            case .copy, .pair, .pful: .refuse(.invalidPairStatus)
            }
        case .fail:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .psue: .nothing
            case .copy, .rcpy, .pair, .psus, .ssus, .pdub, .pful, .pfus, .ssws: .act
            }
        case .delete: word == .smpl ? .nothing : .act
        }
    }
}

extension CopyMode {
    /// - Throws: EX_INVMOD for what only pairs of the other kind can be told.
    package func require(_ mode: CopyMode, for option: String) throws(HorcmFailure) {
        guard self != mode else { return }
        throw HorcmFailure(
            .invalidMode, "\(option) is for \(mode == .mrcf ? "local" : "remote") copies alone.")
    }
}
