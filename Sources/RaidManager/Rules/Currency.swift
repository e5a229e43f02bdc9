// Whether a secondary's data can be used, as paircurchk tells it.
//
// - Source: RAID Manager reference, section 5.7.

package enum Currency: Hashable, Sendable, CaseIterable {
    case ok
    case toBeConfirmed
    case inconsistent
    case toBeAnalysed
    case suspected

    /// The last column of the listing; nil if the volume is not listed.
    package var word: String? {
        switch self {
        case .ok: nil
        case .toBeConfirmed: "Confirmed"
        case .inconsistent: "Inconsistent"
        case .toBeAnalysed: "Analyzed"
        case .suspected: "Suspected"
        }
    }

    package static func of(_ view: VolumeView) -> Currency {
        guard view.attribute == .secondary, let fence = view.fence else { return .toBeConfirmed }
        return view.isUnusable ? .inconsistent : of(view.word, fence)
    }

    package static func of(_ word: PairWord, _ fence: FenceWord) -> Currency {
        switch word {
        case .smpl: .toBeConfirmed
        case .copy, .rcpy: .inconsistent
        case .pair: fence == .data || fence == .status ? .ok : .toBeAnalysed
        case .pful: .toBeAnalysed
        case .psus, .ssus, .pfus, .ssws: .suspected
        case .psue, .pdub: fence == .data ? .ok : .suspected
        }
    }
}
