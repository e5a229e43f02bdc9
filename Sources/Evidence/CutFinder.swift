// Where in its order a lane was cut: the number of writes with which every block agrees; or, if there is none, two
// writes that prove it.

/// What each block of a lane allows.
struct CutConstraint: Sendable {
    /// In the order of the blocks.
    var block: UInt64
    var cuts: [ClosedRange<Int>]
}

/// The cut of one lane.
enum CutFinding: Hashable, Sendable {
    /// Every number in the range fits; several do where writes cannot be told apart.
    case cut(ClosedRange<Int>)
    /// The write at `later` is there, the one at `earlier` is not.
    case disorder(earlier: Int, later: Int)
    /// A block holds something that fits nothing, though no order is hurt.
    case stranger(block: UInt64)
}

enum CutFinder {
    /// All blocks were read at one moment.
    static func find(_ constraints: [CutConstraint], writes: Int) -> CutFinding {
        var changes = [Int](repeating: 0, count: writes + 2)
        for constraint in constraints {
            for range in merged(constraint.cuts) {
                changes[range.lowerBound] += 1
                changes[range.upperBound + 1] -= 1
            }
        }
        var satisfied = 0
        var best = (count: -1, first: 0, last: 0)
        for cut in 0...writes {
            satisfied += changes[cut]
            if satisfied > best.count {
                best = (satisfied, cut, cut)
            } else if satisfied == best.count {
                // The latest of several: it gives the copy the benefit of the doubt.
                best = best.last == cut - 1 ? (satisfied, best.first, cut) : (satisfied, cut, cut)
            }
        }
        if best.count == constraints.count { return .cut(best.first...best.last) }
        return proof(constraints, at: best.last)
    }

    /// The blocks were read one after the other, while the copy went on: what has come stays.
    static func findMoving(_ constraints: [CutConstraint]) -> CutFinding {
        var cut = 0
        for constraint in constraints {
            guard let next = merged(constraint.cuts).first(where: { $0.upperBound >= cut }) else {
                guard let missing = constraint.cuts.map(\.upperBound).max() else {
                    return .stranger(block: constraint.block)
                }
                return .disorder(earlier: missing, later: cut - 1)
            }
            cut = max(cut, next.lowerBound)
        }
        return .cut(cut...cut)
    }

    /// The earliest write that is missing, and the earliest later one that is there.
    private static func proof(_ constraints: [CutConstraint], at cut: Int) -> CutFinding {
        var best: (earlier: Int, later: Int)?
        let lows = constraints.compactMap { $0.cuts.map(\.lowerBound).min() }.sorted()
        for constraint in constraints where !constraint.cuts.contains(where: { $0.contains(cut) }) {
            guard let missing = constraint.cuts.map(\.upperBound).filter({ $0 < cut }).max() else { continue }
            guard let low = lows.first(where: { $0 > missing }) else { continue }
            if best == nil || missing < best!.earlier { best = (missing, low - 1) }
        }
        if let best { return .disorder(earlier: best.earlier, later: best.later) }
        // All that disagree are ahead of the cut: seen from them, the cut's own blocks lag behind.
        let highs = constraints.compactMap { $0.cuts.map(\.upperBound).max() }.sorted()
        for constraint in constraints where !constraint.cuts.contains(where: { $0.contains(cut) }) {
            guard let low = constraint.cuts.map(\.lowerBound).min() else { return .stranger(block: constraint.block) }
            if let missing = highs.first(where: { $0 < low }) { return .disorder(earlier: missing, later: low - 1) }
        }
        return .stranger(block: constraints.first { !$0.cuts.contains { $0.contains(cut) } }?.block ?? 0)
    }

    private static func merged(_ cuts: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
        guard cuts.count > 1 else { return cuts }
        var merged: [ClosedRange<Int>] = []
        for range in cuts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}
