internal import ArgumentParser
internal import Bench
internal import Campaign
internal import Foundation
internal import ReplicationCore
internal import Simulator

/// `arraybench campaign`: drawn histories against real arrays.
struct CampaignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaign",
        abstract: "Play drawn histories of failures against real arrays and judge every one.",
        discussion: """
            Each run has a bench of its own in memory: two arrays, one link, two volumes. Operators' commands, kill -9, \
            cut and shaped links and changes of roles are drawn from the run's seed and played under real I/O; then an \
            application works on the primary, its site ends, the other side takes over. The arrays' verdict and the \
            application's own checks must agree, what the fence promises must hold, and after everything is mended both \
            copies must be equal.

            arraybench campaign --runs 300 --seed 1 --keep failed      300 runs with seeds 1 to 300
            arraybench campaign --runs 300 --seed 1 --shard 3/16       every sixteenth of them, from the third on
            arraybench campaign --workload postgres --runs 12          PostgreSQL through twelve site failures
            arraybench campaign --runs 5 --seed 7 --list               what would be played

            A run that fails prints the one command that plays it again, and with --keep leaves its arrays, logs and \
            history. Nothing else stays behind, also after Ctrl-C. docs/campaign.md tells more. \
            Exit status: 0 every run passed, 1 a run failed or was interrupted, 64 wrong usage.
            """)

    @Option(help: "Runs of the whole campaign, over all shards.")
    var runs = CampaignPlan.defaultRuns
    @Option(help: "Seed of the first run; the others follow. Without it one is drawn and printed.")
    var seed: UInt64?
    @Option(help: ArgumentHelp("Play part K of M: the parts share no run and leave none out.", valueName: "k/m"))
    var shard: String = "1/1"
    @Option(help: "What histories are made of: \(Self.words(CampaignPlan.profiles.map(\.rawValue))).")
    var profile = Profile.swarm.rawValue
    @Option(
        help: """
            Fence of the pairs: data, status, never, async (with side files), journal (async with journals); all draws \
            one for each run.
            """)
    var mode = "all"
    @Option(
        help: ArgumentHelp(
            "What works on the volumes: \(Self.words(WorkloadKind.allCases.map(\.rawValue))). "
                + "Several, separated by commas, are drawn from; all are all.", valueName: "name"))
    var workload = WorkloadKind.stamped.rawValue
    @Option(help: ArgumentHelp("Write all results as JSON.", valueName: "file"))
    var json: String?
    @Option(help: ArgumentHelp("Write all results as JUnit XML.", valueName: "file"))
    var junit: String?
    @Option(help: ArgumentHelp("Keep everything of failed runs in this folder.", valueName: "dir"))
    var keep: String?
    @Flag(help: "Print the runs with their histories and play none.")
    var list = false
    @Option(help: ArgumentHelp("Plant a fault that the campaign must find.", visibility: .hidden))
    var sabotage: String?

    private static func words(_ words: [String]) -> String { words.joined(separator: ", ") }

    func validate() throws {
        guard (1...1_000_000).contains(runs) else { throw ValidationError("--runs takes 1 to 1000000") }
        _ = try plan(seed: 0)
    }

    private func plan(seed: UInt64) throws -> CampaignPlan {
        var plan = CampaignPlan(seed: seed, count: runs)
        guard let shard = Shard(shard) else {
            throw ValidationError("'\(self.shard)' is no shard: write it like 3/16, from 1/16 to 16/16")
        }
        plan.shard = shard
        guard let profile = CampaignPlan.profiles.first(where: { $0.rawValue == profile }) else {
            throw ValidationError(
                "'\(self.profile)' is no profile for real arrays: \(Self.words(CampaignPlan.profiles.map(\.rawValue)))")
        }
        plan.profile = profile
        if mode != "all" {
            let isJournal = mode == RunPlan.journalWord
            guard let word = ReplicationMode(word: isJournal ? ReplicationMode.asynchronous.word : mode) else {
                throw ValidationError("'\(self.mode)' is no mode: data, status, never, async, journal or all")
            }
            plan.mode = word
            plan.hasJournals = isJournal
        }
        let names =
            workload == "all" ? WorkloadKind.allCases.map(\.rawValue) : workload.split(separator: ",").map(String.init)
        plan.workloads = try names.map { name in
            guard let kind = WorkloadKind(rawValue: name) else {
                throw ValidationError("'\(name)' is no workload: \(Self.words(WorkloadKind.allCases.map(\.rawValue)))")
            }
            return kind
        }
        guard !plan.workloads.isEmpty else { throw ValidationError("--workload names none") }
        if let sabotage {
            guard let planted = CampaignSabotage(rawValue: sabotage) else {
                throw ValidationError("'\(sabotage)' is no sabotage")
            }
            plan.sabotage = planted
        }
        return plan
    }

    func run() async throws {
        let plan = try plan(seed: seed ?? UInt64.random(in: 1...999_999_999))
        if list { return print(CampaignListing.text(plan), terminator: "") }
        Interruption.catchSignals()
        let began = Date()
        var report = CampaignReport(plan)
        try await reporting { progress in
            let campaign = Campaign(plan, keeping: keep)
            try await campaign.checkMachine()
            tell("campaign of \(plan.runs.count) runs from seed \(plan.seed), shard \(plan.shard)")
            let planned = plan.runs.count
            progress("run 1 of \(planned)", 0)
            report = await campaign.play { report in
                let done = report.runs.count
                if let last = report.runs.last, last.outcome == .failed {
                    tell("run \(last.index) failed: \(last.problem.map(String.init(describing:)) ?? "")")
                }
                progress(
                    "run \(min(done + 1, planned)) of \(planned), \(report.failures.count) failed",
                    Double(done) / Double(planned))
            }
        }
        try save(report)
        let seconds = Date().timeIntervalSince(began)
        tell(report.table)
        let isGood = report.isGood(of: plan.runs.count)
        tell(
            "\(report.runs.count) of \(plan.runs.count) runs in \(Int(seconds.rounded())) s: "
                + (isGood ? "all passed" : report.failures.isEmpty ? "interrupted" : "\(report.failures.count) failed"))
        if !isGood { throw ExitCode(1) }
    }

    private func save(_ report: CampaignReport) throws {
        do {
            if let json { try report.json.write(toFile: json, atomically: true, encoding: .utf8) }
            if let junit { try report.junit.write(toFile: junit, atomically: true, encoding: .utf8) }
        } catch {
            complain("arraybench: the report cannot be written: \(BenchFolder.reason(error))\n")
        }
    }
}
