// After a disaster: does the verdict say exactly what is lost, in which order, of which files, and does it say "unknown"
// instead of guessing? And does the truth beside the screens see what the screens cannot?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct VerdictTests {
    /// Writes that never reached the other side, counted one by one; judged by hand, and by the array that took over.
    @Test func whatACutLinkKeptBackIsLostAndCounted() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("async")
            bench.write(0xA1, at: 0, on: "east")
            try await bench.eventually("the write is on west") {
                try Disk.read(at: 0, count: 4096, from: bench.device("west", "00:11"))[0] == 0xA1
            }
            try await bench.expectVerdict(.nothingLost, lost: 0)
            try await bench.arraybench("link cut east-west")
            for index in 1...3 { bench.write(UInt8(index), at: index << 20, on: "east") }
            try await bench.arraybench("site fail east")
            try await bench.on("west", "horctakeover -g oradb -t 20", exits: 5)

            let report = try await bench.expectVerdict(.writesLost, lost: 6)
            #expect(report.lost.bytes == 6 * 64 << 10 && report.isPrefix == true && report.lanes.count == 1)
            #expect(report.lanes[0].cut == [2, 2] && report.lanes[0].cutSequence == report.lanes[0].claimedSequence)
            #expect(report.judged == "west" && report.history == "east" && report.missingAtSource == 0)
            #expect(report.lost.ranges.map(\.offset).sorted() == [1, 1, 2, 2, 3, 3].map { UInt64($0 << 20) })
            #expect(report.recoveryPoint.writes == 6 && report.recoveryPoint.milliseconds > 0)
            try await expectKeptVerdict(bench, like: report)
            try await expectStages(bench)

            // What the new side's hosts write is not taken for disorder.
            bench.write(0xC3, at: 0, on: "west")
            let later = try await bench.expectVerdict(.writesLost, lost: 6)
            #expect(later.blocksSkipped == 2 * 16 && later.isPrefix == true)
        }
    }

    private func expectKeptVerdict(_ bench: StoryBench, like report: VerdictReport) async throws {
        try await bench.eventually("the array that took over has judged") {
            try await !bench.verdicts("--takeovers").isEmpty
        }
        var kept = try await bench.verdicts("--takeovers")
        try #require(kept.count == 1)
        kept[0].at = report.at
        #expect(kept[0] == report)
        #expect(try await bench.arraybench("verdict --takeovers").output.contains("WRITES LOST"))
    }

    /// The ledger of the dead array, with the stations that the other one noted.
    private func expectStages(_ bench: StoryBench) async throws {
        let text = try await bench.arraybench("ledger east --json --newest 20").output
        let ledger = try JSONDecoder().decode(LedgerReport.self, from: Data(text.utf8))
        #expect(ledger.writes == 8 && ledger.failed == 0 && ledger.unanswered == 0 && ledger.newest.count == 8)
        #expect(ledger.stages.map(\.name) == ["local", "wire", "far cache", "far disk", "far", "answered"])
        let reached = Dictionary(uniqueKeysWithValues: ledger.stages.map { ($0.name, $0.writes) })
        #expect(reached["local"] == 8 && reached["answered"] == 8 && reached["far disk"] == 2 && reached["far"] == 2)
        #expect(ledger.newest.prefix(2).allSatisfy { $0.stages["far cache"]! <= $0.stages["far disk"]! })
        try await bench.arraybench("ledger north", exits: 64)
    }

    @Test(arguments: ["data", "status"]) func aSynchronousPairLosesNothing(_ fence: String) async throws {
        try await StoryBench.run { bench in
            try await bench.pair(fence)
            bench.write(0xA1, at: 0, on: "east")
            try await bench.arraybench("site fail east")
            try await bench.on("west", "horctakeover -g oradb -t 20", exits: 5)
            let report = try await bench.expectVerdict(.nothingLost, lost: 0)
            #expect(report.blocksJudged == 32 && report.lanes.count == 2)
            #expect(try await bench.arraybench("verdict oradb").output.contains("NOTHING LOST"))
        }
    }

    /// The bytes decide, not what the arrays say of themselves.
    @Test func anEarlierWriteThatIsMissingIsNamed() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("async")
            for index in 1...4 { bench.write(UInt8(index), at: index << 20, on: "east") }
            try await bench.eventually("all is on west") {
                try Disk.read(at: 4 << 20, count: 4096, from: bench.device("west", "00:11"))[0] == 4
            }
            try await bench.arraybench("array kill east")
            try await bench.arraybench("array kill west")
            try overwrite(bench, "west", "00-10", at: 2 << 20, with: [UInt8](repeating: 0, count: 64 << 10))

            let report = try await bench.expectVerdict(.outOfOrder, lost: nil)
            let proof = try #require(report.counterexample)
            #expect(proof.missing.ldev == "00:10" && proof.missing.offset == 2 << 20 && !proof.isAcrossPairs)
            #expect(proof.present.ldev == "00:11" && proof.present.offset == 2 << 20)
            let truth = try await bench.truths(exits: 3)
            #expect(truth[0].problem != nil && truth[0].unmarked == [32] && truth[1].problem == nil)
        }
    }

    @Test func aRunningCopyIsNoPointInTime() async throws {
        try await StoryBench.run { bench in
            bench.write(0xA1, at: 0, on: "east")
            try await bench.arraybench("link shape east-west --rate 20KB/s")
            try await bench.on("east", "paircreate -g oradb -vl -f never -c 1")
            let report = try await bench.expectVerdict(.notAPointInTime, lost: 0)
            #expect(report.explanation.contains("A copy is running"))
            let truth = try await bench.truths()
            #expect(
                truth.allSatisfy { $0.suspension == "copying" && $0.isSecondaryUsable == false && $0.problem == nil })
            try await bench.arraybench("array kill east")
            try await bench.arraybench("link heal east-west")
            try await bench.arraybench("array start east")
            try await bench.eventually("the copy has been given up") {
                try await bench.truths().allSatisfy { $0.suspension == "interrupted copy" }
            }
            _ = try await bench.expectVerdict(.notAPointInTime, lost: 0)
        }
    }

    /// A ledger that somebody damaged, one that is gone, and one that is switched off.
    @Test func withoutALedgerNothingIsGuessed() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            bench.write(0xA1, at: 0, on: "east")
            try await bench.arraybench("site fail east")
            let ledger = bench.layout.state(of: "east") + "/ledger"
            let whole = try Data(contentsOf: URL(fileURLWithPath: ledger), options: .mappedIfSafe)
            let file = try #require(FileHandle(forUpdatingAtPath: ledger))
            let at = UInt64(4096 + 64 + 20)
            try file.seek(toOffset: at)
            try file.write(contentsOf: Data([whole[Int(at)] ^ 0xFF]))
            let report = try await bench.expectVerdict(.unknown, lost: 0)
            #expect(report.explanation.contains("damaged (1 entries, the first is number 1)"), "\(report.explanation)")
            try file.seek(toOffset: 0)
            try file.write(contentsOf: Data([0]))
            try file.close()
            #expect(try await bench.expectVerdict(.unknown, lost: 0).explanation.contains("not a ledger"))
            try FileManager.default.removeItem(atPath: ledger)
            _ = try await bench.expectVerdict(.unknown, lost: 0)
            try await bench.arraybench("verdict nosuch", exits: 64)
            try await bench.arraybench("verdict oradb --copy north", exits: 64)
        }
    }

    /// The machine went down under a ledger: what it had last may be lost with the page cache.
    @Test func afterACrashOfTheMachineNothingIsClaimed() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            bench.write(0xA1, at: 0, on: "east")
            try await bench.arraybench("site fail east")
            try Data("another boot\n".utf8).write(to: URL(fileURLWithPath: bench.layout.state(of: "east") + "/boot"))
            try await bench.arraybench("site repair east")
            let report = try await bench.expectVerdict(.unknown, lost: 0)
            #expect(report.explanation.contains("went down"), "\(report.explanation)")
        }
    }

    @Test(arguments: [("ext4", "32MiB"), ("xfs", "320MiB")])
    func lostFilesAreNamed(_ kind: String, _ size: String) async throws {
        try await StoryBench.run(StoryBench.yaml(size: size)) { bench in
            let device = try await bench.arraybench("attach east 00:10").output.trimmingCharacters(in: .newlines)
            try await StoryBench.must("mkfs.\(kind)", "-q", device)
            try await bench.pair("async")
            let mountPoint = bench.layout.root + "-mnt"
            try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
            defer { Leftovers.sweep(mountPoint) }
            try await StoryBench.must("mount", device, mountPoint)
            try Data(repeating: 1, count: 65536).write(to: URL(fileURLWithPath: mountPoint + "/kept"))
            try await StoryBench.must("sync", "-f", mountPoint)
            try await Task.sleep(for: .milliseconds(500))
            try await bench.arraybench("link cut east-west")
            let lost = URL(fileURLWithPath: mountPoint + "/lost.dat")
            try Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 | 1) }).write(to: lost)
            // Unmounted, its name is on the volume and not only in the journal.
            try await StoryBench.must("umount", mountPoint)
            try await bench.arraybench("site fail east")
            let report = try await bench.expectVerdict(.writesLost, lost: nil)
            let files = Set(report.lost.ranges.compactMap(\.file))
            #expect(files.contains("/lost.dat") && !files.contains("/kept"), "\(report.lost.ranges)")
        }
    }

    /// A split that left the secondary writable: differences on both sides, all of them marked.
    @Test func differencesOfASplitPairAreMarked() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            #expect(try await bench.truths().allSatisfy { $0.isIdentical && $0.isSecondaryUsable == true })
            try await bench.on("east", "pairsplit -g oradb -rw")
            bench.write(0xA1, at: 0, on: "east")
            bench.write(0xB2, at: 1 << 20, on: "west")
            let truths = try await bench.truths()
            for truth in truths {
                #expect(truth.differing == [[0, 0], [16, 16]] && truth.unmarkedDifferingTracks == 0)
                #expect(truth.suspension == "clean" && truth.sides.map(\.markedTracks) == [1, 1])
                #expect(truth.problem == nil && truth.sides.map(\.role) == ["primary", "secondary"])
            }
            #expect(try await bench.arraybench("truth").output.contains("all of them marked"))
        }
    }

    private func overwrite(_ bench: StoryBench, _ array: String, _ volume: String, at: Int, with bytes: [UInt8]) throws
    {
        let path = bench.layout.state(of: array) + "/volumes/" + volume
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: UInt64(at))
        try file.write(contentsOf: Data(bytes))
        try file.close()
    }
}

extension StoryBench {
    func verdicts(_ options: String = "", exits status: Int32 = 0) async throws -> [VerdictReport] {
        let result = try await arraybench("verdict --json \(options)", exits: status)
        return try JSONDecoder().decode([VerdictReport].self, from: Data(result.output.utf8))
    }

    func truths(exits status: Int32 = 0) async throws -> [TruthReport] {
        let result = try await arraybench("truth --json", exits: status)
        return try JSONDecoder().decode([TruthReport].self, from: Data(result.output.utf8))
    }

    /// - Parameter lost: nil asks for at least one.
    @discardableResult
    func expectVerdict(
        _ result: VerdictReport.Result, lost: Int?, _ location: SourceLocation = #_sourceLocation
    ) async throws -> VerdictReport {
        let reports = try await verdicts(exits: Int32(result.exitStatus))
        let report = try #require(reports.first)
        #expect(reports.count == 1 && report.result == result, "\(report.explanation)", sourceLocation: location)
        if let lost {
            #expect(report.lost.writes == lost, "\(report.explanation)", sourceLocation: location)
        } else {
            #expect(report.lost.writes > 0, "\(report.explanation)", sourceLocation: location)
        }
        return report
    }
}
