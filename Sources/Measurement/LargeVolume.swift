// A pair of 1 TiB, sparse: 16,777,216 tracks, a bitmap of 2 MiB on each side. What it takes to look through it.

internal import Bench
internal import Foundation

struct LargeVolume: Sendable {
    private static let bytes = 1 << 40
    /// As many tracks as the second resynchronisation finds, spread over the whole volume.
    private static let dirtyTracks = 10

    private let layout: BenchLayout

    init(folder: String) { layout = BenchLayout(root: folder + "/large") }

    func down() async {
        guard FileManager.default.fileExists(atPath: layout.root) else { return }
        _ = try? await Bench.down(layout, keeping: false)
    }

    private static let milliseconds = "ms"

    func up() async throws(BenchFailure) { _ = try await Bench.up(layout, file: (Self.yaml, "measurement")) }

    /// Call when the array has been idle since its start for long enough to have given back what that needed.
    func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> ReportTable {
        var table = ReportTable("A pair of 1 TiB", columns: [Self.milliseconds, Self.resident])
        let bench = try Bench.open(layout, changing: false)
        table.add(resident(), Self.resident, to: "array before the pair is made")
        let made = try await MeasuredCommand.run(
            ["paircreate", "-g", "g", "-vl", "-f", "data", "-nocopy"], on: "east", bench)
        table.add(made * 1000, Self.milliseconds, to: "paircreate -nocopy")
        for round in 1...surroundings.plan.rounds {
            surroundings.progress(
                "1 TiB: round \(round) of \(surroundings.plan.rounds)",
                Double(round - 1) / Double(surroundings.plan.rounds))
            try await resynchronise(dirty: 0, bench, "pairresync, nothing dirty, until PAIR", &table)
            try await resynchronise(
                dirty: Self.dirtyTracks, bench, "pairresync, \(Self.dirtyTracks) dirty tracks, until PAIR", &table)
        }
        await ScaleBench.rest()
        table.add(resident(), Self.resident, to: "array with the pair, idle")
        return table
    }

    private func resynchronise(
        dirty: Int, _ bench: Bench, _ row: String, _ table: inout ReportTable
    ) async throws(BenchFailure) {
        try await MeasuredCommand.run(["pairsplit", "-g", "g"], on: "east", bench)
        let device = layout.device(of: "00:10", array: "east")
        try Target("1 TiB", device, .fuse).check()
        try DirectWrite.put(at: device, offsets: (0..<dirty).map { $0 * (Self.bytes / max(1, dirty)) })
        let look = try await MeasuredCommand.run(["pairdisplay", "-g", "g", "-fc"], on: "east", bench)
        table.add(look * 1000, Self.milliseconds, to: "pairdisplay -fc of the split pair, \(dirty) dirty tracks")
        let seconds = try await ScaleBench.timed { () async throws(BenchFailure) in
            try await MeasuredCommand.run(["pairresync", "-g", "g", "-c", "15"], on: "east", bench)
            try await PairWait.untilPaired(at: "east", layout)
        }
        table.add(seconds * 1000, Self.milliseconds, to: row)
    }

    private static let resident = "array, resident MiB"

    private func resident() -> Double {
        let process = BenchProcesses.find(in: layout).first { $0.kind == .array("east") }
        return process.flatMap { ProcessMemory.residentMiB(of: $0.identity.pid) } ?? 0
    }

    private static var yaml: String {
        """
        arrays:
          - { name: east, serial: 30053, ldevs: [{ id: 00:10, size: 1TiB, lun: 0 }] }
          - { name: west, serial: 30054, ldevs: [{ id: 00:10, size: 1TiB, lun: 0 }] }
        links:
          - { name: east-west, between: [east, west], kind: unix }
        hosts:
          - { name: east, array: east, instance: 0 }
          - { name: west, array: west, instance: 1 }
        groups:
          - { name: g, hosts: [east, west], pairs: [{ name: d, ldevs: [00:10, 00:10] }] }

        """
    }
}
