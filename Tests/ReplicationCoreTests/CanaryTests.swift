// Would the checkers notice? Each canary plants one bug in the world's shell; some history must find it.

internal import ReplicationCore
import Testing

struct CanaryTests {
    @Test(arguments: Sabotage.allCases)
    func aPlantedBugIsFound(sabotage: Sabotage) {
        for seed in 0..<UInt64(600) {
            let mood = RandomHistoryTests.moods[Int(seed) % 3]
            if History.run(seed: seed, mood: mood, sabotage: sabotage).violation != nil { return }
        }
        Issue.record("600 histories with \(sabotage) broke nothing")
    }

    /// The trap that the design names: a change of roles copies the union of both sides' marks.
    @Test(arguments: [nil, Sabotage.dropsMarks])
    func aSwapCopiesWhatEitherSideChanged(sabotage: Sabotage?) {
        var world = World.paired(.synchronous(.never), sabotage: sabotage)
        world.ask(.a, .split(pairs: [0], secondaryWritable: true, protectsPrimary: false))
        world.runDry()
        world.write(.a, first: 2)
        world.write(.b, first: 17)
        world.ask(.b, .swap)
        world.runDry()
        world.checkPeace()
        #expect((world.violation == nil) == (sabotage == nil))
        if sabotage == nil { #expect(world[.a].volumes[0][17] == world[.b].volumes[0][17]) }
    }
}
