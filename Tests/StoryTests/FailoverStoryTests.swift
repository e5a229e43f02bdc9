// Does the story that the bench exists for come true with RAID Manager commands alone: lose the link, take over, work on
// at the other side, swap back, come home, with both copies equal to what the last primary held?

import Bench
import Foundation
import TestSupport
import Testing

/// One telling of the story: a fence, and what it makes of the write after the cut and of the takeover.
struct Telling: Sendable, CustomTestStringConvertible {
    let fence: String
    let errnoAfterCut: Int32
    let takeover: Int32
    let swap: String

    var testDescription: String { "\(fence), \(swap)" }

    static let all = ["-swaps", "-swapp"].flatMap { swap in
        [
            Telling(fence: "data", errnoAfterCut: EIO, takeover: 5, swap: swap),
            Telling(fence: "status", errnoAfterCut: EIO, takeover: 5, swap: swap),
            Telling(fence: "never", errnoAfterCut: 0, takeover: 225, swap: swap),
            Telling(fence: "async", errnoAfterCut: 0, takeover: 5, swap: swap),
        ]
    }
}

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct FailoverStoryTests {
    @Test(arguments: Telling.all)
    func lostLinkTakeoverSwapAndHome(_ telling: Telling) async throws {
        try await StoryBench.run { bench in
            try await bench.pair(telling.fence)
            for offset in stride(from: 0, to: 1 << 20, by: 64 << 10) { bench.write(0xA1, at: offset, on: "east") }
            try await bench.arraybench("link cut east-west")
            // Track 0 stays, track 1 is what only the old primary has, track 2 is the new primary's, track 3 is both's.
            bench.write(0xB2, at: 1 << 16, on: "east", fails: telling.errnoAfterCut)
            bench.write(0xB2, at: 3 << 16, on: "east", fails: telling.errnoAfterCut)
            try await bench.eventually("PSUE on east") {
                try await bench.onHost("east", "pairevtwait -g oradb -nowait").status == 5
            }
            try await bench.on("east", "pairevtwait -g oradb -s psue -t 30")

            try await bench.on("west", "horctakeover -g oradb -t 20", exits: telling.takeover)
            try await bench.expectStates("west", "S-VOL SSWS")
            try bench.expect(0xA1, at: 1 << 16, on: "west")
            bench.write(0xC3, at: 2 << 16, on: "west")
            bench.write(0xC3, at: 3 << 16, on: "west")

            try await bench.arraybench("link heal east-west")
            try await bench.awaitLink("up")
            let before = try await bench.status().links[0].directions.compactMap(\.bytesSent).reduce(0, +)
            try await bench.on(telling.swap == "-swaps" ? "west" : "east", "pairresync -g oradb \(telling.swap)")
            try await bench.awaitPair()
            let after = try await bench.status().links[0].directions.compactMap(\.bytesSent).reduce(0, +)
            #expect(after - before < 2 << 20, "only changed tracks travel back")
            try await bench.expectStates("west", "P-VOL PAIR")
            try expectNewPrimarysData(bench)

            try await bench.on("east", "horctakeover -g oradb -t 20", exits: 1)
            try await bench.awaitPair()
            try await bench.expectStates("east", "P-VOL PAIR")
            bench.write(0xD4, at: 5 << 16, on: "east")
            try await bench.on("east", "pairsplit -g oradb")
            try expectNewPrimarysData(bench)
        }
    }

    private func expectNewPrimarysData(_ bench: StoryBench) throws {
        try bench.expectEqualCopies()
        for (track, mark) in [0xA1, 0xA1, 0xC3, 0xC3].enumerated() as EnumeratedSequence<[UInt8]> {
            try bench.expect(mark, at: track << 16, on: "east")
        }
    }

    @Test(arguments: ["data", "status", "never", "async"])
    func plannedSwitchSwapsThereAndBack(_ fence: String) async throws {
        try await StoryBench.run { bench in
            try await bench.pair(fence)
            bench.write(0xA1, at: 0, on: "east")
            let there = try await bench.on("west", "horctakeover -g oradb -t 20", exits: 1)
            #expect(there.output == "horctakeover : Swap-Takeover done.\n")
            try await bench.awaitPair()
            try await bench.expectStates("east", "S-VOL PAIR")
            bench.write(0xB2, at: 64 << 10, on: "west")
            bench.write(0xB2, at: 128 << 10, on: "east", fails: EIO)
            try await bench.on("west", "horctakeover -g oradb -t 20", exits: 0)
            try await bench.on("east", "horctakeover -g oradb -t 20", exits: 1)
            try await bench.awaitPair()
            try await bench.expectStates("west", "S-VOL PAIR")
            try bench.expect(0xB2, at: 64 << 10, on: "east")
            try bench.expectEqualCopies()
        }
    }

    /// Nothing was written since the cut: the primary still shows PAIR, the swap is tried first and cannot be.
    @Test(arguments: [("data", 5), ("status", 5), ("never", 225), ("async", 5)] as [(String, Int32)])
    func takeoverBeforeAnybodyNoticedTheCut(_ fence: String, _ takeover: Int32) async throws {
        try await StoryBench.run { bench in
            try await bench.pair(fence)
            bench.write(0xA1, at: 0, on: "east")
            try await bench.arraybench("link cut east-west")
            try await bench.on("west", "horctakeover -g oradb -t 20", exits: takeover)
            try await bench.expectStates("west", "S-VOL SSWS")
            try bench.expect(0xA1, at: 0, on: "west")
            bench.write(0xC3, at: 64 << 10, on: "west")
            try await bench.arraybench("link heal east-west")
            try await bench.awaitLink("up")
            try await bench.on("west", "pairresync -g oradb -swaps")
            try await bench.awaitPair()
            try bench.expect(0xC3, at: 64 << 10, on: "east")
            try bench.expectEqualCopies()
        }
    }

    @Test func testSplitThrowsTheSecondarysChangesAway() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            bench.write(0xA1, at: 0, on: "east")
            try await bench.on("east", "pairsplit -g oradb -rw")
            try await bench.expectStates("west", "S-VOL SSUS")
            bench.write(0xC3, at: 0, on: "west")
            bench.write(0xB2, at: 64 << 10, on: "east")
            try await bench.on("east", "pairresync -g oradb")
            try await bench.awaitPair()
            try bench.expect(0xA1, at: 0, on: "west")
            try bench.expect(0xB2, at: 64 << 10, on: "west")
            try bench.expectEqualCopies()
        }
    }
}
