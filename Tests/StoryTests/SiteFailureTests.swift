// A site is gone in one instant: array, RAID Manager instance, link end. What do the commands at the other side say, and
// is the way home the documented one?

import Bench
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct SiteFailureTests {
    @Test(arguments: [("data", 5), ("status", 5), ("never", 225), ("async", 5)] as [(String, Int32)])
    func theOtherSideTakesOverAndComesHome(_ fence: String, _ takeover: Int32) async throws {
        try await StoryBench.run { bench in
            try await bench.pair(fence)
            bench.write(0xA1, at: 0, on: "east")
            // An asynchronous secondary has what was sent: wait for that, so that it can be looked for.
            try await bench.eventually("the write is on west") {
                try Disk.read(at: 0, count: 4096, from: bench.device("west", "00:11"))[0] == 0xA1
            }
            try await bench.arraybench("site fail east")

            let local = try await bench.on("west", "pairdisplay -g oradb -l -fc")
            #expect(local.output.contains("dev1(L)") && local.output.contains("dev2(L)") && local.errors.isEmpty)
            let both = try await bench.on("west", "pairdisplay -g oradb -fc", exits: 242)
            #expect(both.output.contains("dev1(L)") && !both.output.contains("(R)"))
            #expect(both.errors.contains("[EX_ENORMT]"))
            try await bench.on("west", "pairvolchk -g oradb -s", exits: fence == "async" ? 53 : 33)
            try await bench.on("west", "pairvolchk -g oradb -c -s", exits: 242)
            try await bench.on("west", "pairresync -g oradb -swaps", exits: 242)

            try await bench.on("west", "horctakeover -g oradb -t 20", exits: takeover)
            try await bench.expectStates("west", "S-VOL SSWS")
            try await bench.on("west", "pairvolchk -g oradb -s", exits: fence == "async" ? 54 : 34)
            try await bench.on("west", "horctakeover -g oradb", exits: 0)
            try bench.expect(0xA1, at: 0, on: "west")
            bench.write(0xC3, at: 64 << 10, on: "west")

            try await bench.arraybench("site repair east")
            try await bench.awaitLink("up")
            try await bench.expectStates("west", "S-VOL SSWS")
            try await bench.on("west", "pairresync -g oradb -c 15 -swaps")
            try await bench.awaitPair()
            try bench.expect(0xC3, at: 64 << 10, on: "east")
            try bench.expectEqualCopies()
            try await bench.on("east", "horctakeover -g oradb -t 20", exits: 1)
            try await bench.awaitPair()
            try await bench.expectStates("east", "P-VOL PAIR")
            try bench.expectEqualCopies()
        }
    }

    @Test func aHostWithoutItsInstanceIsToldSo() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            try await bench.arraybench("site fail east")
            let result = try await bench.on("east", "pairdisplay -g oradb", exits: 251)
            #expect(result.errors.contains("[EX_ATTHOR] Can't be attached to HORC manager"))
            try await bench.arraybench("array start east", exits: 1)
            try await bench.arraybench("site repair east")
            try await bench.on("east", "pairdisplay -g oradb")
        }
    }
}
