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
        let large = LargeVolume(folder: surroundings.folder)
        self.large = large
        var figures = ScaleFigures()
        try await make(large, surroundings, &figures)
        try await measureWrites(surroundings, &figures)
        try await look(surroundings, &figures)
        for bench in benches {
            surroundings.progress("\(bench.title): down --keep, up")
            let (down, up) = try await bench.restart()
            figures.life.add(down, ScaleFigures.down, to: bench.title)
            figures.life.add(up, ScaleFigures.upAgain, to: bench.title)
            await bench.down()
        }
        surroundings.progress("1 TiB")
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

    /// Starts all benches, makes all pairs, and looks at what both cost.
    private func make(
        _ large: LargeVolume, _ surroundings: MeasurementSurroundings, _ figures: inout ScaleFigures
    ) async throws(BenchFailure) {
        try await large.up()
        for bench in benches {
            surroundings.progress("\(bench.title): up")
            figures.life.add(try await bench.up(), ScaleFigures.up, to: bench.title)
        }
        await ScaleBench.rest()
        let before = benches.map { $0.resident() }
        for bench in benches {
            let seconds = try await bench.createPairs { part in
                surroundings.progress("\(bench.title): paircreate", part)
            }
            figures.life.add(seconds, ScaleFigures.create, to: bench.title)
        }
        surroundings.progress("waiting until the arrays are idle")
        await ScaleBench.rest()
        for (bench, before) in zip(benches, before) {
            let after = bench.resident()
            figures.memory.add(after.arrays / 2, ScaleFigures.array, to: bench.title)
            figures.memory.add(after.managers / 2, ScaleFigures.manager, to: bench.title)
            let scale = 1024 / 2 / Double(bench.pairs)
            figures.memory.add((after.arrays - before.arrays) * scale, ScaleFigures.arrayPerPair, to: bench.title)
            figures.memory.add((after.managers - before.managers) * scale, ScaleFigures.managerPerPair, to: bench.title)
        }
        let (processor, began) = (benches.map { $0.processorSeconds() }, Date())
        try? await Task.sleep(for: .seconds(surroundings.plan.isQuick ? 1 : 5))
        let seconds = Date().timeIntervalSince(began)
        for (bench, before) in zip(benches, processor) {
            figures.memory.add((bench.processorSeconds() - before) / seconds * 1000, ScaleFigures.idle, to: bench.title)
        }
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

    /// `pairdisplay` of one pair and of one group, ten times in each round; of all groups once.
    private func look(
        _ surroundings: MeasurementSurroundings, _ figures: inout ScaleFigures
    ) async throws(BenchFailure) {
        var opened: [(ScaleBench, Bench)] = []
        for bench in benches { opened.append((bench, try Bench.open(bench.layout, changing: false))) }
        for round in 1...surroundings.plan.rounds {
            surroundings.progress(
                "round \(round) of \(surroundings.plan.rounds): pairdisplay",
                Double(round - 1) / Double(surroundings.plan.rounds))
            for _ in 0..<10 {
                for (bench, running) in opened {
                    let one = try await show(["-g", bench.groups[0], "-d", "d0"], running)
                    figures.looks.add(one, ScaleFigures.onePair, to: bench.title)
                    let group = try await show(["-g", bench.groups[0]], running)
                    figures.looks.add(group, ScaleFigures.oneGroup, to: bench.title)
                }
            }
            for (bench, running) in opened {
                var all = 0.0
                for group in bench.groups { all += try await show(["-g", group, "-fc"], running) }
                figures.looks.add(all, ScaleFigures.allGroups, to: bench.title)
            }
        }
    }

    /// Milliseconds of a whole `pairdisplay`.
    private func show(_ options: [String], _ bench: Bench) async throws(BenchFailure) -> Double {
        try await MeasuredCommand.run(["pairdisplay"] + options, on: "east", bench) * 1000
    }
}
