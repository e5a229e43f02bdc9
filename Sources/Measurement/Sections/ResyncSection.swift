// Copies between two arrays: everything, and what a host wrote during a split; alone and beside a host that writes. In the
// same rounds QEMU's mirror and a plain two-process copy of the same amount.

package import Bench
internal import Foundation

package struct ResyncSection: MeasurementSection {
    package static let name = "resync"
    package static let title = "Copies and resynchronisations"

    private var bench: CopiedBench?
    private var mirror = MirrorPeer()
    private var figures = ResyncFigures()
    private var folder = ""
    /// What a full copy took last, alone.
    private var fullSeconds = 0.0

    package init() {}

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        let plan = surroundings.plan
        folder = surroundings.folder
        let bench = CopiedBench(folder: folder, kind: .unix, volumeBytes: plan.volumeBytes)
        self.bench = bench
        try await prepare(bench, surroundings)
        let cases = Self.cases(plan)
        let steps = Double(plan.rounds * (cases.count + 2))
        var done = 0.0
        for round in 1...plan.rounds {
            for kind in cases {
                surroundings.progress("round \(round) of \(plan.rounds): \(kind.title)", done / steps)
                try await copy(kind, bench, round)
                done += 1
            }
            surroundings.progress("round \(round) of \(plan.rounds): peers and floors", done / steps)
            if mirror.missing == nil {
                figures.add(ResyncFigures.mirror, seconds: try mirror.copy(), bytes: plan.volumeBytes)
            }
            let seconds = try await CopyFloor.run(
                from: folder + "/floor-from", to: folder + "/floor-to", bytes: plan.volumeBytes, in: folder)
            figures.add(ResyncFigures.floor, seconds: seconds, bytes: plan.volumeBytes)
            done += 2
        }
        return report()
    }

    package mutating func cleanUp() async {
        await bench?.down()
        await mirror.end()
    }

    static func cases(_ plan: MeasurementPlan) -> [CopyCase] {
        let dirty = [1, 10, 50].flatMap { percent in
            DirtyPattern.allCases.map { CopyCase.Dirty(percent: percent, pattern: $0) }
        }
        let alone = [CopyCase(nil)] + dirty.map { CopyCase($0) }
        let loaded = CopyCase.HostPlace.allCases.map { CopyCase(nil, load: $0) }
        return alone + loaded + (plan.isQuick ? [] : dirty.map { CopyCase($0, load: .simplex) })
    }

    /// Everything that is written once and copied once before it is measured.
    private mutating func prepare(
        _ bench: CopiedBench, _ surroundings: MeasurementSurroundings
    ) async throws(BenchFailure) {
        surroundings.progress("starting arrays and peers, writing every file once")
        let bytes = bench.volumeBytes
        try await bench.up()
        try await mirror.start(in: folder, bytes: bytes)
        for name in ["floor-from", "floor-to"] { try RawFile.make("\(folder)/\(name)", bytes: bytes) }
        for (ldev, count) in [
            (CopiedBench.simplex, bytes), (CopiedBench.copied, bytes),
            (CopiedBench.synchronous, CopiedBench.besideBytes),
        ] {
            try await bench.target(ldev, ldev).fill(bytes: count)
        }
        try await bench.create()
        _ = try await bench.waitUntilPaired()
    }

    // MARK: One copy

    private mutating func copy(_ kind: CopyCase, _ bench: CopiedBench, _ round: Int) async throws(BenchFailure) {
        let dirty = try await part(kind, bench, round)
        guard let place = kind.load else {
            let outcome = try await timed(kind, bench, dirtyBytes: dirty)
            if kind.dirty == nil { fullSeconds = outcome.seconds }
            figures.add(outcome, kind)
            return
        }
        let (ldev, bytes) =
            switch place {
            case .simplex: (CopiedBench.simplex, bench.volumeBytes)
            case .synchronous: (CopiedBench.synchronous, CopiedBench.besideBytes)
            }
        let load = try HostLoad(
            on: bench.target(place.rawValue, ldev), bytes: bytes,
            seconds: max(Self.shortestLoad, Self.secondsBefore + 3 * fullSeconds), folder: folder)
        try? await Task.sleep(for: .seconds(Self.secondsBefore))
        let began = HostLoad.now
        let outcome: CopyOutcome
        do throws(BenchFailure) {
            outcome = try await timed(kind, bench, dirtyBytes: dirty)
        } catch {
            _ = try? await load.finish()
            throw error
        }
        let ended = HostLoad.now
        let log = try await load.finish()
        figures.add(outcome, kind)
        if kind.dirty == nil {
            figures.add(place, before: log.latencies(began - 300..<began), during: log.latencies(began..<ended))
        }
    }

    /// fio takes about half a second to start; the copy must end before it does, and takes longer than it did alone.
    private static let (secondsBefore, shortestLoad) = (0.9, 1.4)

    /// Splits the pair and makes tracks differ. Returns how many bytes are to be copied, as the array counts them.
    private func part(_ kind: CopyCase, _ bench: CopiedBench, _ round: Int) async throws(BenchFailure) -> Int {
        guard let dirty = kind.dirty else {
            try await bench.delete()
            return bench.volumeBytes
        }
        try await bench.suspend()
        let seed = UInt64(round)
        let tracks = DirtyTracks.choose(percent: dirty.percent, of: bench.trackCount, dirty.pattern, seed: seed)
        try DirtyTracks.write(
            tracks, trackBytes: CopiedBench.trackBytes, to: bench.target("the copied volume", CopiedBench.copied),
            seed: seed)
        let marked = try await bench.look().markedTracks
        guard marked == tracks.count else {
            throw BenchFailure("\(tracks.count) tracks were written, and the array marks \(marked)")
        }
        return marked * CopiedBench.trackBytes
    }

    private func timed(
        _ kind: CopyCase, _ bench: CopiedBench, dirtyBytes: Int
    ) async throws(BenchFailure) -> CopyOutcome {
        let before = try await bench.look().bytesSent
        let began = ContinuousClock.now
        if kind.dirty == nil { try await bench.create() } else { try await bench.resynchronise() }
        let look = try await bench.waitUntilPaired()
        let seconds = (ContinuousClock.now - began).seconds
        return CopyOutcome(seconds: seconds, dirtyBytes: dirtyBytes, bytesSent: look.bytesSent - before)
    }

    private func report() -> SectionReport {
        var report = SectionReport(Self.self)
        report.remarks = [
            """
            Copies at pace 15, which is as fast as a copy goes: no other throttle exists. Time runs from the start of the \
            RAID Manager command until the primary's array reports PAIR (seen to about 2 ms); bytes sent are all that \
            this array put on the link meanwhile, headers, heartbeats and messages with them. The host beside a copy \
            writes 4 KiB at a time to another volume of the primary's array; \
            its mean latency during the copy is compared with that of the 300 ms before.
            """
        ]
        report.tables = figures.tables
        report.goals = figures.goals
        report.missing = mirror.missing.map { [$0] } ?? []
        return report
    }
}
