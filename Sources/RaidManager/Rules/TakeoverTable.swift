// What horctakeover does: one row for each documented case, searched from the top. The second table says what a forced
// takeover of the secondary is worth.
//
// ArrayBench is stricter than the manual in one point: a takeover never copies an older secondary over a primary that may
// be newer. Whether a swap may follow is `HorcTakeover`'s to decide; the rows are the manual's.
//
// - Source: RAID Manager reference, section 5.6.

internal import ReplicationCore

package enum TakeoverAction: Hashable, Sendable, CaseIterable {
    case none
    case swap
    case secondaryTakeover
    case primaryTakeover
    /// EX_VOLCRE: there is no pair to take over.
    case refuse
    /// EX_EVOLCE: the two volumes do not form a pair.
    case unconformable
}

package struct TakeoverTable {
    package enum Local: Hashable, Sendable, CaseIterable {
        case simplex
        /// Fence DATA or STATUS, and suspended by a fault or without a working path: the host's writes may be refused.
        case fencedPrimary
        case primary
        case takenOverSecondary
        case secondary
    }

    package enum Remote: Hashable, Sendable, CaseIterable {
        case simplex
        /// PAIR or PFUL
        case pairedPrimary
        case otherPrimary
        case secondary
        case unknown
    }

    package struct Row: Sendable {
        package var local: Local
        /// nil: any.
        package var remote: Remote?
        package var action: TakeoverAction
    }

    package static let rows: [Row] = [
        Row(local: .simplex, remote: .simplex, action: .refuse),
        Row(local: .simplex, remote: .pairedPrimary, action: .none),
        Row(local: .simplex, remote: .otherPrimary, action: .none),
        Row(local: .simplex, remote: .secondary, action: .unconformable),
        Row(local: .simplex, remote: .unknown, action: .refuse),
        Row(local: .fencedPrimary, remote: .simplex, action: .refuse),
        Row(local: .fencedPrimary, remote: .pairedPrimary, action: .unconformable),
        Row(local: .fencedPrimary, remote: .otherPrimary, action: .unconformable),
        Row(local: .fencedPrimary, remote: .secondary, action: .primaryTakeover),
        Row(local: .fencedPrimary, remote: .unknown, action: .primaryTakeover),
        Row(local: .primary, remote: .simplex, action: .refuse),
        Row(local: .primary, remote: .pairedPrimary, action: .unconformable),
        Row(local: .primary, remote: .otherPrimary, action: .unconformable),
        Row(local: .primary, remote: .secondary, action: .none),
        Row(local: .primary, remote: .unknown, action: .none),
        Row(local: .takenOverSecondary, remote: nil, action: .none),
        Row(local: .secondary, remote: .simplex, action: .unconformable),
        Row(local: .secondary, remote: .pairedPrimary, action: .swap),
        Row(local: .secondary, remote: .otherPrimary, action: .secondaryTakeover),
        Row(local: .secondary, remote: .secondary, action: .unconformable),
        Row(local: .secondary, remote: .unknown, action: .secondaryTakeover),
    ]

    package static func action(_ local: Local, _ remote: Remote) -> TakeoverAction {
        guard let row = rows.first(where: { $0.local == local && ($0.remote == nil || $0.remote == remote) }) else {
            preconditionFailure("the takeover table has no row for \(local) and \(remote)")
        }
        return row.action
    }

    /// One action for a whole group: a refusal of one volume refuses all; a swap needs every volume to be fit for it.
    package static func action(of pairs: [PairView]) -> TakeoverAction {
        let actions = pairs.map { action(Local($0.local), Remote($0.remote)) }
        for refusal in [TakeoverAction.refuse, .unconformable] where actions.contains(refusal) { return refusal }
        if actions.contains(.secondaryTakeover) { return .secondaryTakeover }
        if actions.contains(.swap) { return actions.contains(.none) ? .secondaryTakeover : .swap }
        return actions.contains(.primaryTakeover) ? .primaryTakeover : .none
    }
}

extension TakeoverTable.Local {
    init(_ view: VolumeView) {
        switch view.attribute {
        case .simplex: self = .simplex
        case .primary:
            let fence = view.fence
            let isCut = view.word == .psue || view.word == .pdub || view.facts?.paths == 0
            self = (fence == .data || fence == .status) && isCut ? .fencedPrimary : .primary
        case .secondary: self = view.word == .ssws ? .takenOverSecondary : .secondary
        }
    }
}

extension TakeoverTable.Remote {
    init(_ view: VolumeView?) {
        guard let view else {
            self = .unknown
            return
        }
        switch view.attribute {
        case .simplex: self = .simplex
        case .primary: self = view.word == .pair || view.word == .pful ? .pairedPrimary : .otherPrimary
        case .secondary: self = .secondary
        }
    }
}

/// What a forced takeover of a secondary gives, by its status before and its fence.
package enum SecondaryTakeoverWorth: Hashable, Sendable, CaseIterable {
    /// Exit 5: the data are current, as far as the fence promises it.
    case current
    /// The secondary becomes SSWS, and the exit is EX_VOLCUR: nobody can promise its data.
    case executedNotCurrent
    /// EX_VOLCUR, and nothing is done: the data are no point in time.
    case notExecuted

    /// - Source: RAID Manager reference, section 5.6, rows 22 to 25.
    package static func of(_ word: PairWord, _ fence: FenceWord) -> Self {
        switch (word, fence) {
        case (.copy, _), (.rcpy, _): .notExecuted
        case (.pair, .data), (.pair, .status), (.pair, .async): .current
        case (.pair, .never): .executedNotCurrent
        case (.pful, .async): .current
        case (.pful, .data), (.pful, .status), (.pful, .never): .executedNotCurrent
        case (.psus, _), (.ssus, _): .executedNotCurrent
        case (.pfus, .async): .current
        case (.pfus, .data), (.pfus, .status), (.pfus, .never): .executedNotCurrent
        case (.psue, .data), (.psue, .async), (.pdub, .data), (.pdub, .async): .current
        case (.psue, .status), (.psue, .never), (.pdub, .status), (.pdub, .never): .executedNotCurrent
        // A volume that took over already is left as it is; one without a pair never comes here.
        case (.ssws, _): .executedNotCurrent
        case (.smpl, _): .notExecuted
        }
    }

    /// The worth of a group is that of its worst volume.
    package static func of(_ views: [VolumeView]) -> Self {
        var worst = Self.current
        for view in views {
            guard let fence = view.fence else { return .notExecuted }
            switch view.isUnusable ? .notExecuted : Self.of(view.word, fence) {
            case .current: continue
            case .executedNotCurrent: worst = .executedNotCurrent
            case .notExecuted: return .notExecuted
            }
        }
        return worst
    }
}
