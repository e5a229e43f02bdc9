// Does a campaign pass where all is well, find what is planted, and leave nothing behind, also after Ctrl-C? Needs root,
// /dev/fuse, loop devices and the programs; without them these tests are skipped, under CI they fail.

import Bench
import Campaign
import Foundation
import ReplicationCore
import Simulator
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: BenchSupport.isMissing, BenchSupport.reason))
struct RealRunTests {
    /// `arraybench campaign …`, started.
    private final class Running {
        let process = Process()
        private let output = FileManager.default.temporaryDirectory.path + "/campaign-\(UUID().uuidString)"

        init(_ line: String) throws {
            process.executableURL = URL(fileURLWithPath: try TestPrograms.path("arraybench"))
            process.arguments = ["campaign"] + line.split(separator: " ").map(String.init)
            _ = FileManager.default.createFile(atPath: output, contents: nil)
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
            process.standardOutput = file
            process.standardError = file
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }

        var text: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
        var folder: String { "/dev/shm/arraybench-campaign-\(process.processIdentifier)" }

        func end() -> Int32 {
            process.waitUntilExit()
            return process.terminationStatus
        }

        /// What of the campaign is still on the machine.
        var leftovers: [String] {
            let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            let strays = processes.compactMap { Int32($0) }.filter { pid in
                let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
                return line.range(of: Data((folder + "/").utf8)) != nil
            }
            return strays.map { "process \($0)" } + Mounts.below(folder).map(\.point)
                + LoopDevices.all().filter { $0.file.hasPrefix(folder) }.map(\.device)
                + (FileManager.default.fileExists(atPath: folder) ? [folder] : [])
        }

        deinit { try? FileManager.default.removeItem(atPath: output) }
    }

    @Test func drawnRunsPassAndLeaveNothing() throws {
        let json = "/tmp/campaign-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: json) }
        let campaign = try Running("--runs 3 --seed 20 --json \(json)")
        #expect(campaign.end() == 0, "\(campaign.text)")
        #expect(campaign.text.contains("3 of 3 runs") && campaign.text.contains("all passed"))
        #expect(campaign.leftovers == [])
        let report = try CampaignReport(json: String(contentsOfFile: json, encoding: .utf8))
        #expect(report.runs.map(\.seed) == [20, 21, 22])
        #expect(report.runs.allSatisfy { $0.outcome == .passed })
    }

    @Test func runsWithJournalsPass() throws {
        let campaign = try Running("--runs 3 --seed 60 --mode journal")
        #expect(campaign.end() == 0, "\(campaign.text)")
        #expect(campaign.text.contains("all passed") && campaign.text.contains("journal  stamped"))
        #expect(campaign.leftovers == [])
    }

    @Test func twoCampaignsDoNotDisturbEachOther() throws {
        let both = [try Running("--runs 2 --seed 30"), try Running("--runs 2 --seed 30")]
        for campaign in both { #expect(campaign.end() == 0, "\(campaign.text)") }
        for campaign in both { #expect(campaign.leftovers == []) }
    }

    /// A far copy that is damaged below the array, where the verdict of fence DATA leaves no doubt.
    @Test func aPlantedFaultIsFoundKeptAndRepeatable() throws {
        var plan = CampaignPlan(seed: 1, count: 500)
        plan.mode = .synchronous(.data)
        let run = try #require(plan.runs.first { $0.history.ending == .killPrimary && $0.history.tail.isEmpty })
        let keep = "/tmp/campaign-kept-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: keep) }
        let options = "--seed \(run.seed) --runs 1 --mode data --workload stamped --sabotage corrupts-far-copy"
        let campaign = try Running(options + " --keep \(keep)")
        #expect(campaign.end() == 1, "\(campaign.text)")
        #expect(campaign.text.contains("again:  arraybench campaign \(options)"), "\(campaign.text)")
        #expect(campaign.leftovers == [])

        let folder = "\(keep)/run-\(run.seed)-stamped"
        let files = [
            "problem.txt", "history.txt", "history.json", "result.json", "status.json", "host/stamped.record",
            "bench/arrays/east/arrayd.log", "bench/arrays/west/state/volumes/00-10",
        ]
        for file in files { #expect(FileManager.default.fileExists(atPath: "\(folder)/\(file)"), "\(file)") }
        let problem = try String(contentsOfFile: folder + "/problem.txt", encoding: .utf8)
        #expect(problem.contains("arraybench campaign \(options)"))
        // The command that was printed finds it again.
        #expect(try Running(options).end() == 1)
    }

    @Test func controlCTakesEverythingBack() throws {
        let campaign = try Running("--runs 100 --seed 40")
        Thread.sleep(forTimeInterval: 1.5)
        campaign.process.interrupt()
        #expect(campaign.end() == 1)
        #expect(campaign.text.contains("interrupted"), "\(campaign.text)")
        #expect(campaign.leftovers == [])
    }

    @Test(arguments: [
        "--shard 4/3", "--runs 0", "--mode sync", "--workload oracle", "--profile devices", "--seed x",
    ])
    func wrongUsageIsToldAndPlaysNothing(options: String) throws {
        let campaign = try Running(options)
        #expect(campaign.end() == 64, "\(campaign.text)")
    }
}
