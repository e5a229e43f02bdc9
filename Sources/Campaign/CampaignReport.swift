// What a campaign found. Shown as a table, as JSON and as JUnit XML; the last two are in files of their own.

internal import Simulator

package struct CampaignReport: Codable, Hashable, Sendable {
    /// The seed of the campaign's first run.
    package var seed: UInt64
    /// Runs of all shards.
    package var count: Int
    package var shard: String
    package var profile: String
    package var mode: String
    package var workloads: [WorkloadKind]
    package private(set) var runs: [RunResult] = []

    package init(_ plan: CampaignPlan) {
        seed = plan.seed
        count = plan.count
        shard = plan.shard.description
        profile = plan.profile.rawValue
        mode = plan.mode?.word ?? "all"
        workloads = plan.workloads
    }

    package mutating func add(_ result: RunResult) { runs.append(result) }

    package var failures: [RunResult] { runs.filter { $0.outcome == .failed } }
    package var isInterrupted: Bool { runs.contains { $0.outcome == .interrupted } }
    package var seconds: Double { runs.reduce(0) { $0 + $1.seconds } }

    /// Whether every run of the shard was played and passed.
    package func isGood(of planned: Int) -> Bool {
        runs.count == planned && runs.allSatisfy { $0.outcome == .passed }
    }
}
