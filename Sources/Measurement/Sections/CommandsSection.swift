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
        let command = try await pairdisplay(bench, surroundings)
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
    private func pairdisplay(
        _ bench: MeasuredBench, _ surroundings: MeasurementSurroundings
    ) async throws(BenchFailure) -> ReportTable {
        surroundings.progress("pairdisplay")
        var table = ReportTable("Commands", columns: [Self.milliseconds])
        let opened = try Bench.open(bench.layout, changing: false)
        let command = [bench.layout.commands + "/pairdisplay", "-g", MeasuredBench.group("sync", .unix)]
        for _ in 0..<30 {
            let began = Date()
            let result = try await opened.run(command, onHost: MeasuredBench.Pair.unix.arrays.near)
            let seconds = Date().timeIntervalSince(began)
            guard result.status == 0 else { throw BenchFailure("pairdisplay failed: \(result.text)") }
            table.add(seconds * 1000, Self.milliseconds, to: Self.onePair)
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
