// What a command may conclude of a whole group.
//
// - Source: RAID Manager reference, sections 2.5 and 4.2.

package enum GroupRules {
    /// The attribute that all volumes share.
    /// - Throws: EX_ENQVOL if they differ.
    package static func attribute(of views: [VolumeView]) throws(HorcmFailure) -> VolumeAttribute {
        guard let first = views.first else { throw HorcmFailure(.noSuchDeviceOrGroup) }
        guard views.allSatisfy({ $0.attribute == first.attribute }) else { throw HorcmFailure(.volumesDiffer) }
        return first.attribute
    }

    /// The volumes to act on. Every volume is judged before the first is touched.
    /// - Throws: the first refusal.
    package static func toActOn(
        _ views: [VolumeView], _ verdict: (VolumeView) -> Verdict
    ) throws(HorcmFailure) -> [VolumeView] {
        var chosen: [VolumeView] = []
        for view in views {
            guard view.report.snapshot != nil else {
                throw HorcmFailure(.noSuchLDEV, "The array has no volume \(view.name) as it is configured.")
            }
            switch verdict(view) {
            case .act: chosen.append(view)
            case .nothing: continue
            case .refuse(let error): throw HorcmFailure(error, "Volume \(view.name) is \(view.word.rawValue).")
            }
        }
        return chosen
    }

    /// In which order the states of a group's volumes count.
    package enum Precedence: Hashable, Sendable, CaseIterable {
        /// `pairvolchk -s`
        case strict
        /// `pairvolchk -ss`: a group with PAIR and PSUS counts as PAIR.
        case lenient

        /// SSUS and SSWS count as PSUS, RCPY as COPY.
        var words: [PairWord] {
            switch self {
            case .strict: [.copy, .psue, .pdub, .pfus, .psus, .pful, .pair, .smpl]
            case .lenient: [.copy, .psue, .pdub, .pful, .pair, .pfus, .psus, .smpl]
            }
        }
    }

    /// The fewest working paths that any of the group's remote pairs has; nil if there is none.
    package static func minimumPaths(of views: [VolumeView]) -> UInt8? { views.compactMap { $0.facts?.paths }.min() }

    /// The state of a group: the first of the order that any volume has. SSUS and SSWS come back as PSUS, RCPY as COPY.
    package static func word(of views: [VolumeView], _ precedence: Precedence) -> PairWord {
        let found = views.map { view -> PairWord in
            switch view.word {
            case .ssus, .ssws: .psus
            case .rcpy: .copy
            case .smpl, .copy, .pair, .psus, .psue, .pdub, .pful, .pfus: view.word
            }
        }
        return precedence.words.first { found.contains($0) } ?? .smpl
    }
}
