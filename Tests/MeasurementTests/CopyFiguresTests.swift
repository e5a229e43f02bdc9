// The arithmetic of copies and limited links: which tracks are written, what a log of writes says, ratios and goals.

internal import Measurement
internal import Testing

struct CopyFiguresTests {
    @Test(arguments: DirtyPattern.allCases, [1, 10, 50, 100])
    func asManyTracksAreChosenAsWereAskedFor(pattern: DirtyPattern, percent: Int) {
        let count = 8192
        let tracks = DirtyTracks.choose(percent: percent, of: count, pattern, seed: 7)
        #expect(tracks.count == count * percent / 100)
        #expect(Set(tracks).count == tracks.count && tracks == tracks.sorted())
        #expect(tracks.allSatisfy((0..<count).contains))
        let isRun = tracks[tracks.count - 1] - tracks[0] == tracks.count - 1
        #expect(isRun == (pattern == .clustered || percent == 100))
        #expect(tracks == DirtyTracks.choose(percent: percent, of: count, pattern, seed: 7))
    }

    @Test func aSmallVolumeHasOneDirtyTrackAtLeast() {
        #expect(DirtyTracks.choose(percent: 1, of: 3, .scattered, seed: 1).count == 1)
        #expect(DirtyTracks.choose(percent: 1, of: 1, .clustered, seed: 1) == [0])
    }

    @Test func aLogIsCutAtItsMoments() throws {
        let log = try LatencyLog(
            "1000, 20000, 1, 4096, 0, 0\n1001, 30000, 1, 4096, 0, 0\n1002, 500500, 1, 4096, 0, 0\n")
        #expect(log.latencies(1000..<1002) == [20, 30])
        #expect(log.latencies(1002..<2000) == [500.5])
        #expect(log.latencies(0..<1000).isEmpty)
        #expect(throws: (any Error).self) { try LatencyLog("fio: a complaint\n") }
        #expect(throws: (any Error).self) { try LatencyLog("1000\n") }
    }

    @Test func aFewSlowWritesShowInTheMeanAndNotInTheMedian() throws {
        let summary = try #require(LatencySummary(Array(repeating: 10, count: 98) + [1000, 1020]))
        #expect(summary.median == 10 && summary.mean == 30 && summary.percentile99 == 1020)
        #expect(LatencySummary([]) == nil)
    }

    private static let mebibyte = 1 << 20

    private static func figures(sent: UInt64) -> ResyncFigures {
        var figures = ResyncFigures()
        let dirty = CopyCase.Dirty(percent: 10, pattern: .scattered)
        for seconds in [0.2, 0.25, 0.4] {
            figures.add(
                CopyOutcome(seconds: seconds, dirtyBytes: 500 * mebibyte, bytesSent: UInt64(500 * mebibyte)),
                CopyCase(nil))
            figures.add(ResyncFigures.mirror, seconds: seconds * 4, bytes: 500 * mebibyte)
            figures.add(ResyncFigures.floor, seconds: seconds / 2, bytes: 500 * mebibyte)
            figures.add(
                CopyOutcome(seconds: 0.1, dirtyBytes: 50 * mebibyte, bytesSent: sent), CopyCase(dirty))
        }
        // What a host sends of its own does not count as the copy's.
        figures.add(
            CopyOutcome(seconds: 0.1, dirtyBytes: 50 * mebibyte, bytesSent: 9 * sent),
            CopyCase(dirty, load: .synchronous))
        figures.add(.simplex, before: [10, 10], during: [20, 30])
        return figures
    }

    @Test func copiesAreHeldAgainstPeerAndFloor() {
        let goals = Self.figures(sent: UInt64(50 * Self.mebibyte) + 51_200).goals
        #expect(goals.map(\.value) == [4, 0.5, 1 + 51_200 / Double(50 * Self.mebibyte), 2.5, nil])
        #expect(goals.map(\.isReached) == [true, false, true, true, nil])
        let wasteful = Self.figures(sent: UInt64(51 * Self.mebibyte)).goals
        #expect(wasteful[2].isReached == false)
    }

    @Test func aRateThatTheMachineDoesNotReachIsNoGoal() {
        var shares = LinkShares(kind: "Unix socket")
        shares.add(bytesPerSecond: 1e9, .unlimited, .resync)
        shares.add(bytesPerSecond: 1e8, .unlimited, .hostWrites)
        for rate in LinkRate.all {
            for load in LinkLoad.allCases {
                shares.add(bytesPerSecond: Double(rate.bytesPerSecond ?? 0) * 0.9, rate, load)
            }
        }
        #expect(shares.isReachable(LinkRate.all[2], .resync) && !shares.isReachable(LinkRate.all[2], .hostWrites))
        #expect(!shares.isReachable(.unlimited, .resync))
        // 10 and 100 Mbit/s by both, 1 Gbit/s by one, 10 Gbit/s by none; two goals each.
        #expect(shares.goals.count == 10 && shares.missing.count == 3)
        #expect(shares.goals.filter { $0.isReached == true }.count == 5)
        #expect(shares.missing.contains { $0.contains("1 Gbit/s") && $0.contains("95 of 119 MiB/s") })
    }
}
