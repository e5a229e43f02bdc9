// What became of one run. The keys of its JSON are these names.

internal import Simulator

package struct RunResult: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Hashable, Sendable {
        case passed, failed
        /// Ctrl-C: nothing is known.
        case interrupted
    }

    package var index: Int
    package var seed: UInt64
    package var mode: String
    package var workload: WorkloadKind
    package var sharesOrder: Bool
    package var ending: String
    package var outcome = Outcome.passed
    package var seconds = 0.0
    package var kills = 0
    package var cuts = 0
    package var commands = 0
    /// Whether the other side could be taken over; a copy in progress at the wrong moment forbids it.
    package var isTakenOver = false
    package var takeover = ""
    package var finding: WorkloadFinding?
    package var verdicts: [VerdictSummary]?
    package var truths: [TruthSummary]?
    package var problem: RunProblem?
    /// What was done and answered, with times; only of a run that failed.
    package var timeline: [String]?
    /// The pairs came home, but not by what an operator has: through the command device alone.
    package var needsCommandDevice = false
    /// The folder with everything of a failed run.
    package var kept: String?
    /// The command line that plays this run alone.
    package var repetition: String

    package init(_ plan: RunPlan) {
        index = plan.index
        seed = plan.seed
        mode = plan.modeWord
        workload = plan.workload
        sharesOrder = plan.history.sharesOrder
        ending = plan.history.ending.told
        repetition = plan.repetition
    }
}
