// Whether two independent judges of one copy can both be right: the verdict, made from the arrays' own evidence, and the
// application's finding, made from what it was told and what it reads. And whether the promises of the pair's mode were
// kept, which neither of them decides. Pure.

internal import Bench

package struct Agreement: Sendable {
    /// What of the run the promises depend on.
    package struct Circumstances: Hashable, Sendable {
        /// Fence DATA all the time, and nobody let the primary's hosts write on without the other side.
        package var keepsEverything: Bool
        /// The hosts stopped first, and the takeover was agreed between both arrays.
        package var isOrderly: Bool
        /// The volumes share one order, and the application writes to both of them or to one.
        package var sharesOrder: Bool

        package init(keepsEverything: Bool, isOrderly: Bool, sharesOrder: Bool) {
            self.keepsEverything = keepsEverything
            self.isOrderly = isOrderly
            self.sharesOrder = sharesOrder
        }
    }

    /// - Parameter verdicts: of all groups that the application lies on; nil if there are none to compare with.
    /// - Returns: what cannot be true at once; nil if all can.
    package static func problem(
        _ verdicts: [VerdictSummary]?, _ finding: WorkloadFinding, _ circumstances: Circumstances
    ) -> RunProblem? {
        brokenPromise(finding, circumstances) ?? verdicts.flatMap { disagreement($0, finding) }
    }

    private static func brokenPromise(_ finding: WorkloadFinding, _ run: Circumstances) -> RunProblem? {
        let seen = finding.notes.joined(separator: "; ")
        if finding.missing > 0, run.keepsEverything {
            return RunProblem(
                .promiseBroken,
                "fence DATA, and \(finding.missing) of \(finding.acknowledged) acknowledged are lost: \(seen)")
        }
        if finding.missing > 0, run.isOrderly {
            return RunProblem(
                .promiseBroken, "an orderly takeover lost \(finding.missing) of \(finding.acknowledged): \(seen)")
        }
        if run.sharesOrder, finding.isPrefix == false {
            return RunProblem(.promiseBroken, "a usable copy of one order is no prefix of it: \(seen)")
        }
        if run.sharesOrder, !finding.isConsistent {
            return RunProblem(.promiseBroken, "a usable copy does not pass the application's checks: \(seen)")
        }
        return nil
    }

    private static func disagreement(_ verdicts: [VerdictSummary], _ finding: WorkloadFinding) -> RunProblem? {
        let words = verdicts.map {
            "\($0.group): \($0.result.rawValue), \($0.lost) lost, prefix \($0.isPrefix.map(String.init) ?? "not known")"
        }
        .joined(separator: "; ")
        let seen =
            "\(finding.missing) of \(finding.acknowledged) missing, consistent \(finding.isConsistent), "
            + "prefix \(finding.isPrefix.map(String.init) ?? "not known"): \(finding.notes.joined(separator: "; "))"
        func contradiction(_ why: String) -> RunProblem {
            RunProblem(.disagreement, "\(why); verdict \(words); application \(seen)")
        }
        if let unknown = verdicts.first(where: { $0.result == .unknown || $0.result == .notAPointInTime }) {
            return contradiction("the copy was taken over, and the verdict is \(unknown.result.rawValue)")
        }
        let lost = verdicts.reduce(0) { $0 + $1.lost }
        let possible = verdicts.reduce(0) { $0 + $1.possiblyLost }
        if finding.countsWrites, !(lost...lost + possible).contains(finding.missing) {
            return contradiction(
                "the counts of lost writes differ, of which \(possible) may not have been acknowledged")
        }
        let saysNothingLost = verdicts.allSatisfy { $0.result == .nothingLost && $0.possiblyLost == 0 }
        if saysNothingLost, finding.missing > 0 {
            return contradiction("the verdict says that nothing is lost, and the application misses something")
        }
        if saysNothingLost, !finding.isConsistent {
            return contradiction("the verdict says that nothing is lost, and the copy fails the application's checks")
        }
        // A prefix in each of several orders is no prefix of all.
        if verdicts.count == 1, verdicts[0].isPrefix == true {
            if !finding.isConsistent { return contradiction("the verdict says prefix, and the copy fails the checks") }
            if finding.isPrefix == false { return contradiction("the verdict says prefix, and the application no") }
        }
        return nil
    }
}
