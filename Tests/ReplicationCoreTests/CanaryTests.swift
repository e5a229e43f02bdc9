// Would the checkers notice? The trap that the design names, told step by step; SimulatorTests has all the canaries.

internal import ReplicationCore
internal import Simulator
import Testing

struct CanaryTests {
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
        if sabotage == nil { #expect(world.volume(.a, 0)[17] == world.volume(.b, 0)[17]) }
    }
}
