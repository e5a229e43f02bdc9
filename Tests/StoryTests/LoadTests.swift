// The load's own record and stamps, without the arrays' word: do they survive a killed load and a lost site, and do they
// count what the verdict counts?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct LoadTests {
    private struct Check: Decodable {
        var result: String
        var acknowledged: Int
        var lost: Int
        var torn: Int
        var recordIsClosed: Bool
    }

    @Test func aKilledLoadLeavesARecordThatJudges() async throws {
        try await withTemporaryFolderAsync { folder in
            for name in ["a", "b"] { try makeFile(folder + "/" + name, bytes: 4 << 20) }
            let load = try start(folder, ["a", "b"].map { folder + "/" + $0 }, seconds: 30)
            try await Task.sleep(for: .milliseconds(600))
            kill(load.processIdentifier, SIGKILL)
            load.waitUntilExit()
            let check = try await judge(folder, ["a", "b"].map { folder + "/" + $0 }, exits: 0)
            #expect(check.result == "nothingLost" && check.acknowledged > 100 && !check.recordIsClosed)

            // What was there before the load is an earlier state of it; half of it is none.
            for name in ["old-a", "old-b"] { try makeFile(folder + "/" + name, bytes: 4 << 20) }
            let old = try await judge(folder, ["old-a", "old-b"].map { folder + "/" + $0 }, exits: 2)
            #expect(old.lost > 100)
            _ = try await judge(folder, [folder + "/a", folder + "/old-b"], exits: 3)

            // A damaged record carries no judgement.
            let file = try #require(FileHandle(forUpdatingAtPath: folder + "/record"))
            try file.seek(toOffset: 8192 + 30)
            try file.write(contentsOf: Data([0xFF, 0xFE]))
            try file.close()
            _ = try await judge(folder, ["a", "b"].map { folder + "/" + $0 }, exits: 4)
        }
    }

    /// A link that stops in the middle, then a lost site: two judges, one count.
    @Test func verdictAndStampsCountTheSameLosses() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("async")
            try await withTemporaryFolderAsync { folder in
                let load = try start(
                    folder, StoryBench.volumes.map { bench.device("east", $0) }, seconds: 30,
                    more: ["--rate", "800", "--dependent", "20", "--mix", "4k:80,32k:20", "--flushes", "5"])
                try await Task.sleep(for: .milliseconds(700))
                try await bench.arraybench("link cut east-west")
                try await Task.sleep(for: .milliseconds(300))
                try await bench.arraybench("site fail east")
                load.waitUntilExit()
                try await bench.on("west", "horctakeover -g oradb -t 20", exits: 5)

                let report = try await bench.expectVerdict(.writesLost, lost: nil)
                let check = try await judge(folder, StoryBench.volumes.map { bench.device("west", $0) }, exits: 2)
                #expect(check.result == "lostButInOrder" && check.torn == 0)
                let counts = report.lost.writes...report.lost.writes + report.lost.possible
                #expect(counts.contains(check.lost), "\(check.lost) by the stamps, \(counts) by the ledger")
            }
        }
    }

    private func makeFile(_ path: String, bytes: UInt64) throws {
        try #require(FileManager.default.createFile(atPath: path, contents: nil))
        try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: bytes)
    }

    private func start(
        _ folder: String, _ volumes: [String], seconds: Int, more: [String] = ["--dependent", "20"]
    ) throws -> Process {
        let load = Process()
        load.executableURL = URL(fileURLWithPath: try TestPrograms.path("arraybench"))
        load.arguments =
            ["load", "--record", folder + "/record", "--seconds", "\(seconds)", "--patience", "1"]
            + volumes.flatMap { ["--volume", $0] } + more
        load.standardOutput = FileHandle.nullDevice
        load.standardError = FileHandle.nullDevice
        try load.run()
        return load
    }

    private func judge(_ folder: String, _ copies: [String], exits status: Int32) async throws -> Check {
        let words = ["load", "--check", "--json", "--record", folder + "/record"] + copies.flatMap { ["--copy", $0] }
        let result = try await StoryBench.program("arraybench", words)
        try #require(result.status == status, "ended with \(result.status), not \(status):\n\(result.text)")
        return try JSONDecoder().decode(Check.self, from: Data(result.output.utf8))
    }
}
