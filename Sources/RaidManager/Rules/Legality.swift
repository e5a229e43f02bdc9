// Which command is allowed in which state: two tables as the manuals print them. A command checks every volume of its
// group against them before it changes the first one.
//
// - Source: RAID Manager reference, section 5.2. Which error a refusal gives is ours (section 9, question 6): an
//   attribute that does not fit is EX_INVVOL, a status that does not fit is EX_INVSTP.

package enum Verdict: Hashable, Sendable {
    case act
    /// Accepted, and nothing is done.
    case nothing
    case refuse(HorcmError)
}

/// What a command wants of a pair, judged by the primary's state.
package enum PrimaryOperation: Hashable, Sendable, CaseIterable {
    case create
    case split
    case splitWriteProtected
    case delete
    case resynchronise

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
            case .rcpy, .pdub: .refuse(.invalidPairStatus)
            case .psus, .ssus, .psue, .pfus, .ssws: .nothing
            }
        case .splitWriteProtected:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .copy, .rcpy, .pdub: .refuse(.invalidPairStatus)
            case .pair, .pful: .act
            case .psus, .ssus, .psue, .pfus, .ssws: .nothing
            }
        case .delete:
            switch word {
            case .smpl: .nothing
            case .copy, .rcpy, .pair, .pful, .psus, .ssus, .psue, .pdub, .pfus, .ssws: .act
            }
        case .resynchronise:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .copy, .rcpy, .pair, .pful: .nothing
            case .psus, .ssus, .psue, .pdub, .pfus, .ssws: .act
            }
        }
    }
}

/// What a command wants of a secondary itself, judged by the secondary's state.
package enum SecondaryOperation: Hashable, Sendable, CaseIterable {
    /// `pairsplit -RS`
    case takeOver
    /// `pairsplit -RB`
    case rollBack
    /// `pairsplit -R`
    case leave
    /// `pairresync -swaps`
    case swapHere
    /// `pairresync -swapp`, asked at the primary
    case swapThere

    package func verdict(_ word: PairWord) -> Verdict {
        switch self {
        case .takeOver:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .copy, .rcpy: .refuse(.invalidPairStatus)
            case .ssws: .nothing
            case .pair, .pful, .psus, .ssus, .psue, .pdub, .pfus: .act
            }
        case .rollBack:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .ssws: .act
            case .copy, .rcpy, .pair, .pful, .psus, .ssus, .psue, .pdub, .pfus: .refuse(.invalidPairStatus)
            }
        case .leave:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .copy, .rcpy, .pair, .pful, .psus, .ssus, .psue, .pdub, .pfus, .ssws: .act
            }
        case .swapHere, .swapThere:
            switch word {
            case .smpl: .refuse(.invalidVolumeStatus)
            case .copy, .rcpy, .pair, .pful: .refuse(.invalidPairStatus)
            case .psus, .ssus, .psue, .pdub, .pfus, .ssws: .act
            }
        }
    }
}
