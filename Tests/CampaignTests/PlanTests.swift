// Is a campaign the same wherever and in however many parts it is played?

import Campaign
import ReplicationCore
import Simulator
import Testing

struct PlanTests {
    private func plan(_ count: Int, shard: String = "1/1") throws -> CampaignPlan {
        var plan = CampaignPlan(seed: 77, count: count)
        plan.shard = try #require(Shard(shard))
        plan.workloads = WorkloadKind.allCases
        return plan
    }

    @Test(arguments: [1, 2, 3, 7, 16, 50])
    func shardsArePartsWithoutOverlapOrGap(parts: Int) throws {
        let whole = try plan(45).runs
        let shards = try (1...parts).map { try plan(45, shard: "\($0)/\(parts)").runs }
        #expect(shards.flatMap { $0 }.sorted { $0.index < $1.index } == whole)
        #expect(shards.allSatisfy { (45 / parts...45 / parts + 1).contains($0.count) })
    }

    @Test(arguments: ["0/4", "5/4", "1/0", "-1/2", "1", "1/2/3", "a/b", "/", ""])
    func whatIsNoShardIsRefused(text: String) {
        #expect(Shard(text) == nil)
    }

    @Test func aRunFollowsFromItsSeedAlone() throws {
        for run in try plan(30).runs {
            var alone = CampaignPlan(seed: run.seed, count: 1)
            alone.workloads = [run.workload]
            let again = try #require(alone.runs.first)
            #expect(again.history == run.history && again.workload == run.workload)
            #expect(
                run.repetition == "arraybench campaign --seed \(run.seed) --runs 1 --workload \(run.workload.rawValue)")
            #expect(again.repetition == run.repetition)
        }
    }

    @Test func optionsAreInTheCommandThatRepeats() throws {
        var plan = CampaignPlan(seed: 5, count: 1)
        plan.profile = .crashes
        plan.mode = .asynchronous
        plan.hasJournals = false
        #expect(
            plan.runs[0].repetition
                == "arraybench campaign --seed 5 --runs 1 --profile crashes --mode async --workload stamped")
    }

    @Test func asynchronousPairsHaveJournalsOrSideFiles() throws {
        let histories = (0..<400).map { RealHistory(seed: $0) }
        #expect(histories.allSatisfy { !$0.hasJournals || $0.mode == .asynchronous })
        let asynchronous = histories.filter { $0.mode == .asynchronous }
        #expect(Set(asynchronous.map(\.hasJournals)) == [true, false])
        // The rest of the history is the same.
        let journalled = try #require(asynchronous.first { $0.hasJournals })
        let other = RealHistory(seed: journalled.seed, hasJournals: false)
        #expect(!other.hasJournals && other.prologue == journalled.prologue && other.tail == journalled.tail)
        #expect(RealHistory(seed: 3, mode: .synchronous(.data), hasJournals: true).hasJournals == false)
    }

    @Test func aRunWithJournalsIsRepeatedWithThem() throws {
        var plan = CampaignPlan(seed: 5, count: 1)
        plan.mode = .asynchronous
        for hasJournals in [true, false] {
            plan.hasJournals = hasJournals
            let run = try #require(plan.runs.first)
            #expect(run.history.hasJournals == hasJournals && run.modeWord == (hasJournals ? "journal" : "async"))
            #expect(run.repetition.contains("--mode \(run.modeWord) "))
        }
    }

    @Test func historiesDifferAndHaveEverything() {
        let histories = (0..<400).map { RealHistory(seed: $0) }
        #expect(Set(histories).count == 400)
        #expect(Set(histories.map(\.mode)) == Set(ReplicationMode.allCases))
        #expect(Set(histories.map(\.ending)) == Set(RealEnding.allCases))
        let acts = histories.flatMap { $0.prologue + $0.tail }.map(\.act)
        func has(_ isIt: (RealAct) -> Bool) -> Bool { acts.contains(where: isIt) }
        #expect(has { if case .kill = $0 { true } else { false } })
        #expect(has { if case .blackHole = $0 { true } else { false } })
        #expect(has { if case .shape = $0 { true } else { false } })
        #expect(has { if case .changeRoles(_, .raidManager) = $0 { true } else { false } })
        #expect(has { $0 == .killBoth } && has { $0 == .cut } && has { $0 == .heal } && has { $0 == .wait })
    }

    @Test func profilesKeepToThemselves() {
        for seed in 0..<100 as Range<UInt64> {
            let calm = RealHistory(seed: seed, profile: .calm)
            #expect(calm.ending == .orderly)
            #expect(calm.prologue.allSatisfy { !$0.act.isFault })
            let crashes = RealHistory(seed: seed, profile: .crashes)
            #expect(crashes.prologue.allSatisfy { $0.act != .cut })
        }
    }

    @Test func asynchronousVolumesShareTheirOrder() {
        for seed in 0..<100 as Range<UInt64> {
            #expect(RealHistory(seed: seed, mode: .asynchronous, sharesOrder: false).sharesOrder)
            #expect(RealHistory(seed: seed, mode: .synchronous(.data), sharesOrder: true).sharesOrder)
        }
    }

    @Test func aListingTellsEachRunAndItsCommand() throws {
        let text = CampaignListing.text(try plan(3))
        for run in try plan(3).runs { #expect(text.contains(run.repetition)) }
        #expect(text.contains(": takeover; judgement; the way home"))
    }
}

extension RealAct {
    fileprivate var isFault: Bool {
        switch self {
        case .kill, .killBoth, .cut, .blackHole: true
        case .ask, .bringTogether, .changeRoles, .start, .heal, .shape, .wait: false
        }
    }
}
