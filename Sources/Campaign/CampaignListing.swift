// `arraybench campaign --list`: the histories as text, without playing them.

internal import Simulator

package enum CampaignListing {
    package static func text(_ plan: CampaignPlan) -> String { plan.runs.map(text).joined(separator: "\n") }

    private static func text(_ run: RunPlan) -> String {
        let history = run.history
        let order = history.sharesOrder ? "one consistency group" : "two groups"
        var lines = ["run \(run.index)  seed \(run.seed)  \(run.workload.rawValue), \(run.modeWord), \(order)"]
        lines += history.prologue.map { "  +\($0.delayMilliseconds) ms  \($0.act.told(RunBench.names))" }
        lines.append("  the pairs come home; \(run.workload.rawValue) begins")
        lines += history.tail.map { "  +\($0.delayMilliseconds) ms  \($0.act.told(("the primary", "the secondary")))" }
        lines.append("  after \(history.workMilliseconds * run.workload.workFactor) ms of work: \(history.ending.told)")
        lines.append("  \(history.takeover.told): takeover; judgement; the way home")
        lines.append("  \(run.repetition)")
        return lines.joined(separator: "\n") + "\n"
    }
}
