// What a campaign plays: a list of runs, each of which follows from its own seed and the options alone. A shard takes
// every M-th run of the list, so that shards are an exact partition of the whole, and one run can be repeated without
// the others.

package import ReplicationCore
package import Simulator

package struct CampaignPlan: Hashable, Sendable {
    package static let defaultRuns = 20

    /// The seed of the first run; the next ones have the next numbers.
    package var seed: UInt64
    /// Runs of the whole campaign, over all shards.
    package var count: Int
    package var shard = Shard.whole
    package var profile = Profile.swarm
    /// Nil draws a mode for each run.
    package var mode: ReplicationMode?
    /// Whether asynchronous pairs have journals; nil draws it for each run.
    package var hasJournals: Bool?
    /// One of them is drawn for each run.
    package var workloads: [WorkloadKind] = [.stamped]
    /// A fault that is planted in every run: the campaign must report it. Only for testing the campaign itself.
    package var sabotage: CampaignSabotage?

    package init(seed: UInt64, count: Int = Self.defaultRuns) {
        self.seed = seed
        self.count = count
    }

    /// The runs of this shard, in their order.
    package var runs: [RunPlan] {
        (0..<count).filter { shard.contains($0) }.map { RunPlan(index: $0, seed: seed &+ UInt64($0), plan: self) }
    }

    /// Profiles that real processes can be subjected to: nobody can make a healthy disk of theirs fail one write or crash
    /// the machine that they run on, and a run has one device group between two arrays, whose pairs are there from the start.
    package static let profiles: [Profile] = Profile.allCases.filter {
        ![.devices, .boots, .groups, .arrays, .joins].contains($0)
    }
}

/// `3/16`: the third of sixteen parts.
package struct Shard: Hashable, Sendable, CustomStringConvertible {
    package let number: Int
    package let count: Int
    package static let whole = Shard(number: 1, of: 1)!

    package init?(number: Int, of count: Int) {
        guard count >= 1, (1...count).contains(number) else { return nil }
        self.number = number
        self.count = count
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1] else { return nil }
        self.init(number: number, of: count)
    }

    package func contains(_ index: Int) -> Bool { index % count == number - 1 }
    package var description: String { "\(number)/\(count)" }
}

/// What is broken on purpose so that the campaign has something to find.
package enum CampaignSabotage: String, Hashable, Sendable, CaseIterable {
    /// After the takeover a block of the far copy is changed below the array.
    case corruptsFarCopy = "corrupts-far-copy"
}

/// One run before it is played.
package struct RunPlan: Hashable, Sendable {
    /// Its place in the campaign, from 0.
    package let index: Int
    package let seed: UInt64
    package let workload: WorkloadKind
    package let history: RealHistory
    package let sabotage: CampaignSabotage?
    /// The command line that plays this run alone.
    package let repetition: String

    init(index: Int, seed: UInt64, plan: CampaignPlan) {
        self.index = index
        self.seed = seed
        // The workload has dice of its own: the history of a seed is the same whatever works on the volumes.
        var dice = Dice(seed: seed ^ 0x776F_726B_6C6F_6164)
        workload = dice.pick(plan.workloads)
        history = RealHistory(
            seed: seed, profile: plan.profile, mode: plan.mode, sharesOrder: workload.needsSharedOrder ? true : nil,
            hasJournals: plan.hasJournals)
        sabotage = plan.sabotage
        repetition = Self.commandLine(seed, workload, history, plan)
    }

    /// `--mode` for asynchronous pairs with journals.
    package static let journalWord = "journal"

    /// What kind of pairs the run has, as the table names it.
    package var modeWord: String { Self.modeWord(of: history) }

    private static func modeWord(of history: RealHistory) -> String {
        history.hasJournals ? journalWord : history.mode.word
    }

    private static func commandLine(
        _ seed: UInt64, _ workload: WorkloadKind, _ history: RealHistory, _ plan: CampaignPlan
    ) -> String {
        var words = ["arraybench campaign --seed \(seed) --runs 1"]
        if plan.profile != .swarm { words.append("--profile \(plan.profile.rawValue)") }
        if plan.mode != nil { words.append("--mode \(modeWord(of: history))") }
        words.append("--workload \(workload.rawValue)")
        if let sabotage = plan.sabotage { words.append("--sabotage \(sabotage.rawValue)") }
        return words.joined(separator: " ")
    }
}

extension ReplicationMode {
    /// As in the bench file and on `paircreate`'s command line.
    package var word: String {
        switch self {
        case .synchronous(.data): "data"
        case .synchronous(.status): "status"
        case .synchronous(.never): "never"
        case .asynchronous: "async"
        }
    }

    package init?(word: String) {
        guard let mode = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = mode
    }
}
