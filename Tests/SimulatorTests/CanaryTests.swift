// Would the checkers notice? Each canary plants one bug in the world's shell; some history must find it, and the
// shrinker must bring it down to what a person can read.

internal import Simulator
import Testing

struct CanaryTests {
    @Test(arguments: Sabotage.allCases)
    func aPlantedBugIsFoundAndShrunk(sabotage: Sabotage) throws {
        let found = RunSummary.run(0..<600, profile: sabotage.profile, sabotage: sabotage, stopsAtFailure: true)
        let failure = try #require(found.failures.first, "600 histories with \(sabotage) broke nothing")
        let script = History(seed: failure.seed, profile: sabotage.profile, sabotage: sabotage).record().script
        let short = try #require(Shrinker.shrink(script))
        let world = short.play(isTold: true)
        #expect(world.violation?.rule == failure.violation.rule)
        // One that must fill a table of 16 slots needs a dozen writes of five steps.
        #expect(short.events.count <= 80)
        #expect(world.timeline?.text.isEmpty == false)
        // Nothing in it is there for nothing.
        for index in short.events.indices {
            var less = short
            less.events.remove(at: index)
            #expect(less.play().violation?.rule != failure.violation.rule)
        }
        // The bug is to blame, not the history.
        var honest = short
        honest.sabotage = nil
        #expect(honest.play().violation == nil)
    }

    @Test func aSoundHistoryIsNotShrunk() {
        #expect(Shrinker.shrink(History(seed: 1).record().script) == nil)
    }
}
