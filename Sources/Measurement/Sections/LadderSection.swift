// What each part of the write path costs: rungs that each add one part, under the same load, in turns within each round.

package import Bench
internal import Foundation

package struct LadderSection: MeasurementSection {
    package static let name = "ladder"
    package static let title = "The ladder: what each part of a write costs"

    private var bench: LadderBench?
    private var rungs: RungProcess?

    package init() {}

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        let plan = surroundings.plan
        let bytes = min(plan.volumeBytes, Self.volumeBytes)
        let bench = LadderBench(
            folder: surroundings.folder, volumeBytes: bytes, sideFileBytes: plan.isQuick ? 256 << 20 : 512 << 20)
        self.bench = bench
        surroundings.progress("starting arrays")
        try await bench.up()
        let process = try RungProcess(folder: surroundings.folder + "/rungs", bytes: bytes)
        rungs = process
        try await process.waitUntilReady()
        var targets = process.targets
        for rung in LadderRung.allCases {
            if let path = bench.device(of: rung) { targets[rung] = Target(rung.rawValue, path, .fuse) }
        }
        try await fill(targets, bytes, surroundings)
        var report = SectionReport(Self.self)
        report.remarks = Self.remarks(plan, bytes)
        report.tables = try await climb(targets, bench, surroundings).tables
        return report
    }

    package mutating func cleanUp() async {
        rungs?.end()
        await bench?.down()
    }

    /// All volumes and their copies lie in memory at once.
    private static let volumeBytes = 128 << 20

    static func rounds(_ plan: MeasurementPlan) -> Int { plan.isQuick ? 1 : plan.rounds }
    /// A quarter of the plan's time: there are many rungs, and what differs between them shows quickly.
    static func seconds(_ plan: MeasurementPlan) -> Double { plan.seconds / 4 }

    private func fill(
        _ targets: [LadderRung: Target], _ bytes: Int, _ surroundings: MeasurementSurroundings
    ) async throws(BenchFailure) {
        surroundings.progress("filling volumes")
        for rung in LadderRung.allCases where rung != .fuse {
            guard let target = targets[rung] else { continue }
            try target.check()
            let result = try await HostCommand.run(
                "dd",
                [
                    "if=/dev/zero", "of=\(target.path)", "bs=1M", "count=\(bytes >> 20)", "oflag=direct",
                    "conv=notrunc",
                ])
            guard result.status == 0 else { throw BenchFailure("\(target.name) cannot be filled: \(result.errors)") }
        }
    }

    private func climb(
        _ targets: [LadderRung: Target], _ bench: LadderBench, _ surroundings: MeasurementSurroundings
    ) async throws(BenchFailure) -> LadderFigures {
        let plan = surroundings.plan
        var figures = LadderFigures(plan)
        guard let behindLink = targets[.sideFile] else { preconditionFailure("the side file has no volume") }
        let held = HeldLink(bench: bench, target: behindLink)
        try await held.begin()
        let steps = Double(Self.rounds(plan) * figures.jobs.map { LadderFigures.rungs($0).count }.reduce(0, +))
        var done = 0.0
        for round in 1...Self.rounds(plan) {
            for job in figures.jobs {
                for rung in LadderFigures.rungs(job) {
                    guard let target = targets[rung] else { preconditionFailure("\(rung) has no target") }
                    surroundings.progress("round \(round): \(job.title), \(rung.rawValue)", done / steps)
                    let seconds = Self.seconds(plan)
                    let measured =
                        rung == .sideFile
                        ? try await held.load(job, seconds: seconds)
                        : try await target.load(job, bytes: bench.volumeBytes, seconds: seconds)
                    figures.add(measured, job, rung)
                    done += 1
                }
            }
        }
        return figures
    }

    private static func remarks(_ plan: MeasurementPlan, _ bytes: Int) -> [String] {
        [
            """
            Each rung adds one part to the rung above it in the table, except where it says otherwise; \(rounds(plan)) \
            rounds of \(seconds(plan).formatted()) s, volumes of \(bytes >> 20) MiB. Ledgers are off up to TCP. Reads go no \
            further than the array, so that only the first rungs are read. What is added costs twice: time on the way of \
            a write, and processors that writes under way at the same time would need; at depth 1 the first is seen, at \
            depth 16 both. A run on the side file ends before it is full, so that it may be shorter.
            """
        ] + LadderRung.allCases.map { "**\($0.rawValue)**: \($0.remark)" }
    }
}
