// What a run over many seeds found. Summaries of parts add up to the summary of the whole, in any order.

package struct RunSummary: Sendable {
    package struct Failure: Sendable {
        package var seed: UInt64
        package var violation: Violation
    }

    package private(set) var histories = 0
    /// Histories in which enough happened to count.
    package private(set) var complete = 0
    package private(set) var events = 0
    package private(set) var tally = Tally()
    /// In the order of their seeds.
    package private(set) var failures: [Failure] = []
    package init() {}

    package mutating func add(_ seed: UInt64, _ outcome: Outcome) {
        histories += 1
        if outcome.isComplete { complete += 1 }
        events += outcome.events
        tally += outcome.tally
        if let violation = outcome.violation { failures.append(Failure(seed: seed, violation: violation)) }
    }

    package mutating func add(_ other: RunSummary) {
        histories += other.histories
        complete += other.complete
        events += other.events
        tally += other.tally
        failures = (failures + other.failures).sorted { $0.seed < $1.seed }
    }

    /// Plays the histories of `seeds`.
    package static func run(
        _ seeds: Range<UInt64>, profile: Profile = .swarm, sabotage: Sabotage? = nil, stopsAtFailure: Bool = false
    ) -> RunSummary {
        var summary = RunSummary()
        for seed in seeds {
            summary.add(seed, History(seed: seed, profile: profile, sabotage: sabotage).run())
            if stopsAtFailure, !summary.failures.isEmpty { break }
        }
        return summary
    }
}
