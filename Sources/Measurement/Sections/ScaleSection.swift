// What many pairs cost: starting, making, keeping and looking at them, and whether a write to one notices the others; and
// one volume that is very large.

package import Bench
internal import Foundation

package struct ScaleSection: MeasurementSection {
    package static let name = "scale"
    package static let title = "Many pairs, and a volume of 1 TiB"

    private var benches: [ScaleBench] = []
    private var large: LargeVolume?

    package init() {}

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        for pairs in Self.sizes(surroundings.plan) {
            benches.append(ScaleBench(pairs: pairs, folder: surroundings.folder))
        }
        var figures = ScaleFigures()
        for bench in benches { try await make(bench, surroundings, &figures) }
        try await measureWrites(surroundings, &figures)
        for bench in benches {
            try await look(bench, surroundings, &figures)
            surroundings.progress("\(bench.title): down --keep, up")
            let (down, up) = try await bench.restart()
            figures.life.add(down, ScaleFigures.down, to: bench.title)
            figures.life.add(up, ScaleFigures.upAgain, to: bench.title)
            await bench.down()
        }
        let large = LargeVolume(folder: surroundings.folder)
        self.large = large
        let table = try await large.measure(surroundings)
        var report = SectionReport(Self.self)
        report.tables = figures.tables + [table]
        if let first = benches.first, let last = benches.last { report.goals = figures.goals(first.title, last.title) }
        report.remarks = [
            "Synchronous pairs (fence DATA) of 256 KiB, each a replication group of its own, in horcm groups of about twenty; the "
                + "one that is written to has 64 MiB. Both arrays and both instances run on this machine, and while writes are "
                + "measured all benches of this section stand side by side and take turns. \"Idle\" is what both arrays "
                + "together use of a processor while nobody asks anything of them."
        ]
        return report
    }

    package mutating func cleanUp() async {
        for bench in benches { await bench.down() }
        await large?.down()
    }

    static func sizes(_ plan: MeasurementPlan) -> [Int] { plan.isQuick ? [16, 256] : [16, 256, 4096] }

    // MARK: Parts

    private func make(
        _ bench: ScaleBench, _ surroundings: MeasurementSurroundings, _ figures: inout ScaleFigures
    ) async throws(BenchFailure) {
        surroundings.progress("\(bench.title): up")
        figures.life.add(try await bench.up(), ScaleFigures.up, to: bench.title)
        // What a start needs is given back two seconds later.
        try? await Task.sleep(for: .seconds(3))
        let before = bench.resident()
        let seconds = try await bench.createPairs { part in surroundings.progress("\(bench.title): paircreate", part) }
        figures.life.add(seconds, ScaleFigures.create, to: bench.title)
        try? await Task.sleep(for: .seconds(3))
        let (after, processor, began) = (bench.resident(), bench.processorSeconds(), Date())
        figures.memory.add(after.arrays / 2, ScaleFigures.array, to: bench.title)
        figures.memory.add(after.managers / 2, ScaleFigures.manager, to: bench.title)
        let scale = 1024 / 2 / Double(bench.pairs)
        figures.memory.add((after.arrays - before.arrays) * scale, ScaleFigures.arrayPerPair, to: bench.title)
        figures.memory.add((after.managers - before.managers) * scale, ScaleFigures.managerPerPair, to: bench.title)
        try? await Task.sleep(for: .seconds(surroundings.plan.isQuick ? 1 : 3))
        let used = (bench.processorSeconds() - processor) / Date().timeIntervalSince(began)
        figures.memory.add(used * 1000, ScaleFigures.idle, to: bench.title)
    }

    private func measureWrites(
        _ surroundings: MeasurementSurroundings, _ figures: inout ScaleFigures
    ) async throws(BenchFailure) {
        let plan = surroundings.plan
        let targets = benches.map { Target($0.title, $0.device, .fuse) }
        for target in targets { try await target.fill(bytes: ScaleBench.largeBytes) }
        for round in 1...plan.rounds {
            for (job, column) in [ScaleFigures.depth1, ScaleFigures.depth16] {
                for target in targets {
                    surroundings.progress(
                        "round \(round) of \(plan.rounds): \(job.title), \(target.name)",
                        Double(round - 1) / Double(plan.rounds))
                    let measured = try await target.load(job, bytes: ScaleBench.largeBytes, seconds: plan.seconds)
                    figures.writes.add(measured.operations, column, to: target.name)
                }
            }
        }
    }

    /// `pairdisplay` of one group in turns with that of all.
    private func look(
        _ bench: ScaleBench, _ surroundings: MeasurementSurroundings, _ figures: inout ScaleFigures
    ) async throws(BenchFailure) {
        let opened = try Bench.open(bench.layout, changing: false)
        for round in 1...surroundings.plan.rounds {
            surroundings.progress(
                "\(bench.title): pairdisplay", Double(round - 1) / Double(surroundings.plan.rounds))
            for _ in 0..<10 {
                let one = try await MeasuredCommand.run(
                    ["pairdisplay", "-g", bench.groups[0], "-d", "d0"], on: "east", opened)
                figures.looks.add(one * 1000, ScaleFigures.onePair, to: bench.title)
                let group = try await MeasuredCommand.run(["pairdisplay", "-g", bench.groups[0]], on: "east", opened)
                figures.looks.add(group * 1000, ScaleFigures.oneGroup, to: bench.title)
            }
            var all = 0.0
            for group in bench.groups {
                all += try await MeasuredCommand.run(["pairdisplay", "-g", group, "-fc"], on: "east", opened)
            }
            figures.looks.add(all * 1000, ScaleFigures.allGroups, to: bench.title)
        }
    }
}
