// Do the invariants hold in histories that nobody thought of? A failing seed prints the command that shrinks it.

internal import Simulator
import Testing

struct RandomHistoryTests {
    @Test(arguments: Profile.allCases)
    func theRulesHold(profile: Profile) {
        let summary = RunSummary.run(0..<600, profile: profile)
        for failure in summary.failures {
            Issue.record("\(failure.violation)\narraysim shrink \(failure.seed) --profile \(profile.rawValue)")
        }
        // A history without faults never counts as complete.
        if profile == .swarm { #expect(summary.complete > summary.histories / 2) }
    }

    @Test func aSeedGivesTheSameHistoryAgain() {
        for seed in 0..<UInt64(40) {
            let history = History(seed: seed)
            let (script, outcome) = history.record()
            #expect(history.record().script == script)
            let again = history.run()
            #expect(again.tally == outcome.tally && again.events == script.events.count)
        }
    }

    /// The events alone, without the seed, are the history.
    @Test func aScriptReplaysItsHistory() {
        for sabotage in [nil, Sabotage.appliesOutOfOrder] {
            for seed in 0..<UInt64(40) {
                let (script, outcome) = History(seed: seed, sabotage: sabotage).record()
                let world = script.play()
                #expect(world.violation?.description == outcome.violation?.description)
                let told = script.play(isTold: true)
                #expect(told.violation?.description == world.violation?.description)
                #expect(told.timeline?.lines.isEmpty == false)
            }
        }
    }
}
