// Links with a limited rate: how much of it is used by an asynchronous pair whose host writes more than the link carries,
// and by a resynchronisation.

package import Bench
internal import Foundation

package struct ShapedLinksSection: MeasurementSection {
    package static let name = "shaped"
    package static let title = "Links of a limited rate"

    private var benches: [CopiedBench] = []

    package init() {}

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        let plan = surroundings.plan
        let kinds: [CopiedBench.LinkKind] = plan.isQuick ? [.unix] : CopiedBench.LinkKind.allCases
        for kind in kinds {
            surroundings.progress("starting arrays, \(kind.title)")
            let bench = CopiedBench(folder: surroundings.folder, kind: kind, volumeBytes: plan.volumeBytes)
            benches.append(bench)
            try await bench.up()
            try await bench.target("the copied volume", CopiedBench.copied).fill(bytes: plan.volumeBytes)
            try await bench.create()
            _ = try await bench.waitUntilPaired()
        }
        var shares = kinds.map { LinkShares(kind: $0.title) }
        let (rounds, window) = Self.extent(plan)
        let rates = [.unlimited] + LinkRate.all
        for round in 1...rounds {
            for rate in rates {
                for (index, bench) in benches.enumerated() {
                    surroundings.progress(
                        "round \(round) of \(rounds): \(rate.title), \(bench.kind.title)",
                        Double(round - 1) / Double(rounds))
                    for load in LinkLoad.allCases {
                        let rateSeen = try await measured(load, rate, bench, window, round)
                        shares[index].add(bytesPerSecond: rateSeen, rate, load)
                    }
                }
            }
        }
        return Self.report(shares)
    }

    package mutating func cleanUp() async {
        for bench in benches { await bench.down() }
    }

    /// Rounds, and seconds of each measurement.
    private static func extent(_ plan: MeasurementPlan) -> (Int, Double) {
        plan.isQuick ? (1, 0.35) : (min(plan.rounds, 3), min(plan.seconds, 2))
    }

    private static func report(_ shares: [LinkShares]) -> SectionReport {
        var report = SectionReport(Self.self)
        report.remarks = [
            """
            Bytes that the primary's array has put on the link - payloads, headers, heartbeats - over a stretch in which \
            the link is always busy, counted by the array itself and without the first 30 ms, in which the limit's \
            credit of 10 ms is used up. A rate that the same load does not reach without a limit says nothing \
            about the limit, and is listed as not measured.
            """
        ]
        report.tables = shares.map(\.table)
        report.goals = shares.flatMap(\.goals)
        report.missing = shares.flatMap(\.missing)
        return report
    }

    // MARK: One load at one rate

    private func measured(
        _ load: LinkLoad, _ rate: LinkRate, _ bench: CopiedBench, _ window: Double, _ round: Int
    ) async throws(BenchFailure) -> Double {
        switch load {
        case .hostWrites: try await hostWrites(rate, bench, window)
        case .resync: try await resync(rate, bench, window, round)
        }
    }

    private func hostWrites(_ rate: LinkRate, _ bench: CopiedBench, _ window: Double) async throws(BenchFailure)
        -> Double
    {
        let target = bench.target("the asynchronous pair", CopiedBench.asynchronous)
        try await bench.shape(bytesPerSecond: rate.bytesPerSecond)
        let job = FioJob(.write, blockBytes: 1 << 20, depth: 4)
        let seen: Double
        // fio takes half a second to start.
        async let figures = target.load(job, bytes: CopiedBench.besideBytes, seconds: window + 0.8)
        do throws(BenchFailure) {
            seen = try await steadyRate(of: CopiedBench.asynchronous, bench, window)
            try await bench.shape(bytesPerSecond: nil)
        } catch {
            try? await bench.shape(bytesPerSecond: nil)
            _ = try? await figures
            throw error
        }
        do { _ = try await figures } catch { throw error as? BenchFailure ?? BenchFailure("\(error)") }
        while try await bench.look(at: CopiedBench.asynchronous).sideFilePercent > 0 {
            try Interruption.check()
            try? await Task.sleep(for: .milliseconds(5))
        }
        return seen
    }

    private func resync(
        _ rate: LinkRate, _ bench: CopiedBench, _ window: Double, _ round: Int
    ) async throws(BenchFailure) -> Double {
        try await bench.suspend()
        let wanted = Double(rate.bytesPerSecond ?? .max) * (window + 0.5) + Double(8 << 20)
        let percent = wanted > Double(bench.volumeBytes) ? 100 : Int(wanted * 100 / Double(bench.volumeBytes)) + 1
        try DirtyTracks.write(
            DirtyTracks.choose(percent: percent, of: bench.trackCount, .clustered, seed: UInt64(round)),
            trackBytes: CopiedBench.trackBytes, to: bench.target("the copied volume", CopiedBench.copied),
            seed: UInt64(round))
        try await bench.shape(bytesPerSecond: rate.bytesPerSecond)
        let seen: Double
        async let command: Void = bench.resynchronise()
        do throws(BenchFailure) {
            seen = try await steadyRate(of: CopiedBench.copied, bench, window)
        } catch {
            try? await bench.shape(bytesPerSecond: nil)
            _ = try? await command
            throw error
        }
        do { try await command } catch { throw error as? BenchFailure ?? BenchFailure("\(error)") }
        try await bench.shape(bytesPerSecond: nil)
        _ = try await bench.waitUntilPaired()
        return seen
    }

    /// Bytes per second from 30 ms after the link became busy, for `window` seconds or until all of a copy is on its way.
    private func steadyRate(of ldev: String, _ bench: CopiedBench, _ window: Double) async throws(BenchFailure)
        -> Double
    {
        let idle = try await bench.look(at: ldev).bytesSent
        let patience = ContinuousClock.now + .seconds(10)
        while try await bench.look(at: ldev).bytesSent < idle + 8192 {
            guard ContinuousClock.now < patience else { throw BenchFailure("nothing is sent on the link") }
            try? await Task.sleep(for: .milliseconds(2))
        }
        try? await Task.sleep(for: .milliseconds(30))
        let first = try await sample(ldev, bench)
        var last = first
        while (last.moment - first.moment).seconds < window {
            try Interruption.check()
            try? await Task.sleep(for: .milliseconds(10))
            let next = try await sample(ldev, bench)
            if next.isEnding { break }
            last = next
        }
        guard last.bytes > first.bytes else {
            throw BenchFailure("nothing can be told of a link that sent \(first.bytes - idle) bytes and was idle again")
        }
        return Double(last.bytes - first.bytes) / (last.moment - first.moment).seconds
    }

    private struct Sample {
        var moment: ContinuousClock.Instant
        var bytes: UInt64
        var isEnding: Bool
    }

    /// The count at the middle of the question.
    private func sample(_ ldev: String, _ bench: CopiedBench) async throws(BenchFailure) -> Sample {
        let asked = ContinuousClock.now
        let look = try await bench.look(at: ldev)
        let moment = asked + (ContinuousClock.now - asked) / 2
        let isEnding = ldev == CopiedBench.copied && look.markedTracks == 0
        return Sample(moment: moment, bytes: look.bytesSent, isEnding: isEnding)
    }
}
