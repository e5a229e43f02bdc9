// One direction of the link swallows everything, and under fence NEVER the primary goes on. Does a takeover at the other
// side leave the primary's newer data alone until the operator says which side wins?

import Bench
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct OneWayLinkTests {
    enum Winner: CaseIterable { case primary, secondary }

    @Test(arguments: ["east-west", "west-east"], Winner.allCases)
    func takeoverStopsAtSSWSAndTheOperatorDecides(_ direction: String, _ winner: Winner) async throws {
        try await StoryBench.run { bench in
            try await bench.pair("never")
            bench.write(0xA1, at: 0, on: "east")
            try await bench.arraybench("link hole east-west --direction \(direction)")
            // The first write may have reached the secondary; those after it are the primary's alone.
            bench.write(0xB1, at: 1 << 16, on: "east")
            bench.write(0xB2, at: 2 << 16, on: "east")
            bench.write(0xB2, at: 0, on: "east")

            try await bench.on("west", "horctakeover -g oradb", exits: 225)
            try await bench.expectStates("west", "S-VOL SSWS")
            try expectPrimarysData(bench)
            bench.write(0xC3, at: 3 << 16, on: "west")
            bench.write(0xC3, at: 0, on: "west")

            try await expectRefused(bench, "pairresync -g oradb")
            try await bench.arraybench("link heal east-west")
            try await bench.awaitLink("up")
            try expectPrimarysData(bench)
            try await expectRefused(bench, "pairresync -g oradb")
            try expectPrimarysData(bench)
            try await bench.expectStates("west", "S-VOL SSWS")

            switch winner {
            case .primary:
                try await bench.on("west", "pairsplit -g oradb -RB")
                try await bench.on("east", "pairresync -g oradb")
                try await bench.awaitPair()
                try await bench.expectStates("east", "P-VOL PAIR")
                try expectPrimarysData(bench)
            case .secondary:
                try await bench.on("west", "pairresync -g oradb -swaps")
                try await bench.awaitPair()
                try await bench.expectStates("west", "P-VOL PAIR")
                try bench.expect(0xC3, at: 0, on: "east")
                try bench.expect(0, at: 2 << 16, on: "east")
                try bench.expect(0xC3, at: 3 << 16, on: "east")
            }
            try bench.expectEqualCopies()
        }
    }

    private func expectPrimarysData(_ bench: StoryBench) throws {
        try bench.expect(0xB2, at: 0, on: "east")
        try bench.expect(0xB1, at: 1 << 16, on: "east")
        try bench.expect(0xB2, at: 2 << 16, on: "east")
        try bench.expect(0, at: 3 << 16, on: "east")
    }

    private func expectRefused(_ bench: StoryBench, _ line: String) async throws {
        let result = try await bench.onHost("east", line)
        #expect(result.status >= 128, "\(line): \(result.text)")
        #expect(result.errors.contains("[EX_"))
    }
}
