// CA Journal through the commands: pairs with journals, whose arrays are killed and whose link is lost.

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct JournalStoryTests {
    private static let yaml = StoryBench.yaml().replacing(
        "    timers: { link: 60s }\n",
        with: """
                timers: { link: 3600s }
                journals:
                  - { id: 1, ldevs: [00:F0, 00:F1], size: 16MiB }
                  - { id: 2, ldevs: [00:F2], size: 32MiB }

            """)

    /// The words in columns JNLS and Q-CNT of each journal.
    private func journals(_ bench: StoryBench, _ host: String) async throws -> [String] {
        // A host's instance sees the array of its own command device only.
        let screen = try await bench.on(host, "raidvchkscan -v jnl")
        let rows = screen.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.first?.prefix(4) == ["JID", "MU", "CTG", "JNLS"])
        return rows.dropFirst().map { "\($0[0]) \($0[3])" }
    }

    private func pair(_ bench: StoryBench) async throws {
        try await bench.on("east", "paircreate -g oradb -vl -f async -jp 1 -js 2 -c 15")
        try await bench.awaitPair()
    }

    @Test func journalsAreShownAndGivenToOneGroup() async throws {
        try await StoryBench.run(Self.yaml) { bench in
            #expect(try await journals(bench, "east") == ["001 SMPL", "002 SMPL"])
            try await bench.on("east", "paircreate -g oradb -vl -f async -jp 7 -js 2", exits: 205)
            try await bench.on("east", "paircreate -g oradb -vl -f async -jp 1 -js 7", exits: 205)
            try await bench.on("east", "paircreate -g oradb -vl -f async -jp 1", exits: 254)
            try await bench.on("east", "paircreate -g oradb -vl -f never -jp 1 -js 2", exits: 253)
            try await bench.on("east", "paircreate -d dev1 -g oradb -vl -f async -jp 1 -js 2 -c 15")
            try await bench.on("east", "paircreate -d dev2 -g oradb -vl -f async -jp 1 -js 1", exits: 221)
            try await bench.on("east", "paircreate -d dev2 -g oradb -vl -f async -jp 2 -js 2", exits: 221)
            #expect(try await journals(bench, "east") == ["001 PJNN", "002 SMPL"])
            #expect(try await journals(bench, "west") == ["001 SMPL", "002 SJNN"])
            try await bench.on("east", "pairsplit -g oradb -d dev1 -S")
            #expect(try await journals(bench, "east") == ["001 SMPL", "002 SMPL"])
            #expect(try await journals(bench, "west") == ["001 SMPL", "002 SMPL"])
            try await pair(bench)
            let shown = try await bench.on("east", "pairdisplay -g oradb -v jnl").output
            #expect(shown.contains("001  0") && shown.contains("002  0"))
        }
    }

    @Test func aKilledPrimaryComesBackInPairAndBringsTheRest() async throws {
        try await StoryBench.run(Self.yaml) { bench in
            try await pair(bench)
            bench.write(0xA1, at: 0, on: "east")
            try await bench.arraybench("link hole east-west")
            for track in 1..<20 { bench.write(0xB2, at: track << 16, on: "east") }
            try await bench.arraybench("array kill east")
            try await bench.arraybench("array start east")
            try await bench.expectStates("east", "P-VOL PAIR")
            try bench.expect(0xB2, at: 19 << 16, on: "east")
            try await bench.arraybench("link heal east-west")
            try await bench.awaitLink("up")
            try await bench.on("east", "pairsyncwait -g oradb -t 300")
            try await bench.on("east", "pairsplit -g oradb")
            try await bench.expectStates("west", "S-VOL SSUS")
            #expect(try await journals(bench, "east") == ["001 PJSN", "002 SMPL"])
            try bench.expectEqualCopies()
            try await bench.on("east", "pairresync -g oradb")
            try await bench.awaitPair()
        }
    }

    @Test func takeoverSwapAndHome() async throws {
        try await StoryBench.run(Self.yaml) { bench in
            try await pair(bench)
            bench.write(0xA1, at: 0, on: "east")
            try await bench.on("east", "pairsyncwait -g oradb -t 300")
            try await bench.arraybench("array kill east")
            try await bench.on("west", "horctakeover -g oradb -t 20", exits: 5)
            try await bench.expectStates("west", "S-VOL SSWS")
            try bench.expect(0xA1, at: 0, on: "west")
            bench.write(0xC3, at: 1 << 16, on: "west")
            try await bench.arraybench("array start east")
            try await bench.awaitLink("up")
            try await bench.on("west", "pairresync -g oradb -swaps")
            try await bench.awaitPair()
            #expect(try await journals(bench, "west") == ["001 SMPL", "002 PJNN"])
            #expect(try await journals(bench, "east") == ["001 SJNN", "002 SMPL"])
            bench.write(0xD4, at: 2 << 16, on: "west")
            try await bench.on("east", "horctakeover -g oradb -t 20", exits: 1)
            try await bench.awaitPair()
            try await bench.expectStates("east", "P-VOL PAIR")
            try bench.expect(0xD4, at: 2 << 16, on: "east")
            try await bench.on("east", "pairsplit -g oradb")
            try bench.expectEqualCopies()
        }
    }

    /// The journal is filled behind a dead line; after the data overflow timer its pairs are PFUS, and a resync mends them.
    @Test func aFullJournalShowsPFULThenPFUS() async throws {
        try await StoryBench.run(Self.yaml) { bench in
            try await bench.on("east", "paircreate -g oradb -vl -f async -jp 1 -js 2 -c 15 -cto 600")
            try await bench.awaitPair()
            try await bench.arraybench("link hole east-west")
            // 13.5 of 16 MiB.
            for track in 0..<108 { bench.write(0xB2, at: track << 16, on: "east") }
            try await bench.expectStates("east", "P-VOL PFUL")
            #expect(try await journals(bench, "east") == ["001 PJNF", "002 SMPL"])
            try await bench.on("east", "pairvolchk -g oradb -s", exits: 47)
            // 600 s are ten on the bench's clock. The last of these do not fit any more, and wait for them.
            for track in 108..<128 { bench.write(0xB2, at: track << 16, on: "east") }
            try await bench.expectStates("east", "P-VOL PFUS")
            #expect(try await journals(bench, "east") == ["001 PJSF", "002 SMPL"])
            try await bench.on("east", "pairvolchk -g oradb -s", exits: 48)
            try await bench.arraybench("link heal east-west")
            try await bench.awaitLink("up")
            try await bench.on("east", "pairresync -g oradb")
            try await bench.awaitPair()
            try await bench.on("east", "pairsplit -g oradb")
            try bench.expectEqualCopies()
        }
    }
}
