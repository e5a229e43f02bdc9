// Volumes of an array beside what one could use instead, under one load after the other. All targets take turns within
// each round, so that a slow moment of the machine meets all of them.

package import Bench
internal import Foundation

package struct LoadsSection: MeasurementSection {
    package static let name = "loads"
    package static let title = "Volumes and peers under load"

    private var bench: MeasuredBench?
    private var peers = Peers()

    package init() {}

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        let plan = surroundings.plan
        let pairs = plan.isQuick ? [MeasuredBench.Pair.unix] : MeasuredBench.Pair.allCases
        let bench = MeasuredBench(
            folder: surroundings.folder, volumeBytes: plan.volumeBytes, hasJournals: true)
        self.bench = bench
        surroundings.progress("starting arrays and peers")
        try await bench.up(pairs)
        try await peers.start(in: surroundings.folder, bytes: plan.volumeBytes)
        var loads = LoadFigures(jobs: Self.jobs(plan))
        let targets = pairs.flatMap { Self.targets(of: $0, bench) } + peers.targets
        for target in targets {
            surroundings.progress("filling \(target.name)")
            peers.giveTurn(to: target.name)
            try await target.fill(bytes: plan.volumeBytes)
        }
        let steps = Double(plan.rounds * loads.jobs.count * targets.count)
        var done = 0.0
        for round in 1...plan.rounds {
            for job in loads.jobs {
                for target in targets {
                    surroundings.progress(
                        "round \(round) of \(plan.rounds): \(job.title), \(target.name)", done / steps)
                    peers.giveTurn(to: target.name)
                    loads.add(
                        try await target.load(job, bytes: plan.volumeBytes, seconds: plan.seconds), job, target.name)
                    done += 1
                }
            }
        }
        var report = SectionReport(Self.self)
        report.missing = peers.missing
        report.tables = loads.tables
        report.goals = loads.peerGoals
        return report
    }

    package mutating func cleanUp() async {
        await bench?.down()
        await peers.end()
    }

    static func jobs(_ plan: MeasurementPlan) -> [FioJob] {
        let short = [
            FioJob(.write, blockBytes: 4096), FioJob(.write, blockBytes: 4096, depth: 16),
            FioJob(.write, blockBytes: 1 << 20, depth: 4), FioJob(.read, blockBytes: 4096),
            FioJob(.read, blockBytes: 4096, depth: 16), FioJob(.read, blockBytes: 1 << 20, depth: 4),
        ]
        guard !plan.isQuick else { return short }
        return short + [
            FioJob(.write, blockBytes: 4096, writers: 4), FioJob(.write, blockBytes: 64 << 10, depth: 4),
            FioJob(.mixed, blockBytes: 4096, depth: 16),
        ]
    }

    private static func targets(of pair: MeasuredBench.Pair, _ bench: MeasuredBench) -> [Target] {
        let suffix =
            switch pair {
            case .unix: ""
            case .bare: ", no ledger"
            case .tcp: ", TCP"
            }
        let simplex = Target("simplex" + suffix, bench.device(MeasuredBench.simplex, of: pair), .fuse)
        return (pair == .tcp ? [] : [simplex]) + [
            Target("synchronous" + suffix, bench.device(MeasuredBench.synchronous, of: pair), .fuse),
            Target("asynchronous" + suffix, bench.device(MeasuredBench.asynchronous, of: pair), .fuse),
            Target("journal" + suffix, bench.device(MeasuredBench.journalled, of: pair), .fuse),
        ]
    }
}
