// What a script waits for that polls in a loop, and what an array costs that nobody uses.

package import Bench
internal import Foundation

package struct CommandsSection: MeasurementSection {
    package static let name = "commands"
    package static let title = "Commands, and an idle array"

    private var bench: MeasuredBench?

    package init() {}

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        let bench = MeasuredBench(folder: surroundings.folder, volumeBytes: 64 << 20)
        self.bench = bench
        surroundings.progress("starting arrays")
        try await bench.up([.unix])
        var report = SectionReport(Self.self)
        let command = try await commands(bench, surroundings)
        let memory = await idle(bench, surroundings)
        report.tables = [command, memory]
        report.goals = [
            Goal(
                "pairdisplay of one pair, whole process, ms", .atMost(10),
                command.series(Self.onePair, Self.milliseconds)?.median),
            Goal(
                "idle array, resident MiB", .atMost(40), memory.rows.compactMap { $0.cells[Self.resident]?.most }.max()),
        ]
        return report
    }

    package mutating func cleanUp() async { await bench?.down() }

    private static let onePair = "pairdisplay of one pair"
    private static let milliseconds = "ms"
    private static let resident = "resident, MiB"

    /// The whole process, from its start to its end.
    private func commands(
        _ bench: MeasuredBench, _ surroundings: MeasurementSurroundings
    ) async throws(BenchFailure) -> ReportTable {
        surroundings.progress("commands")
        var table = ReportTable("Commands", columns: [Self.milliseconds])
        let opened = try Bench.open(bench.layout, changing: false)
        let group = MeasuredBench.group("sync", .unix)
        // pairvolchk -ss tells the state by its exit status: 23 is a P-VOL in PAIR.
        let commands: [(row: String, words: [String], status: Int32)] = [
            (Self.onePair, ["pairdisplay", "-g", group], 0),
            ("pairvolchk -ss", ["pairvolchk", "-g", group, "-ss"], 23),
            ("raidqry -g", ["raidqry", "-g"], 0),
        ]
        for _ in 0..<30 {
            for (row, words, status) in commands {
                let seconds = try await MeasuredCommand.run(
                    words, on: MeasuredBench.Pair.unix.arrays.near, opened, expecting: [status])
                table.add(seconds * 1000, Self.milliseconds, to: row)
            }
        }
        return table
    }

    /// Resident memory of each array, once what the start needed has been given back.
    private func idle(_ bench: MeasuredBench, _ surroundings: MeasurementSurroundings) async -> ReportTable {
        surroundings.progress("waiting until the arrays are idle")
        try? await Task.sleep(for: .seconds(4))
        var table = ReportTable("An idle array of three LDEVs, two of them paired", columns: [Self.resident])
        for process in BenchProcesses.find(in: bench.layout) {
            guard case .array(let name) = process.kind else { continue }
            if let mebibytes = ProcessMemory.residentMiB(of: process.identity.pid) {
                table.add(mebibytes, Self.resident, to: name)
            }
        }
        return table
    }
}
