// Does the simulated machine lose what a real one may lose, and nothing else?

internal import ReplicationCore
internal import Simulator
import Testing

struct OtherBootTests {
    @Test(arguments: 0..<20 as Range<UInt32>)
    func aFlushedWriteOutlastsACrashOfTheMachine(seed: UInt32) {
        var world = World.paired(.synchronous(.data))
        let write = world.write(.a, first: 2)
        world.runDry()
        #expect(world.answers[write] == true)
        let written = world.volume(.a, 0)[2]
        world.play(.flush(.a, volume: 0))
        world.play(.crashMachine(.a, seed: seed))
        #expect(world.volume(.a, 0)[2] == written)
        world.heal()
        world.bringHome()
        #expect(world.volume(.b, 0)[2] == written)
        #expect(world.violation == nil)
    }

    @Test func aWriteThatNobodyFlushedMayBeGoneOrNot() {
        let survived = (0..<40 as Range<UInt32>).map { seed in
            var world = World.paired(.synchronous(.data))
            world.play(.flush(.a, volume: 0))
            world.write(.a, first: 2)
            world.runDry()
            let written = world.volume(.a, 0)[2]
            world.play(.crashMachine(.a, seed: seed))
            return world.volume(.a, 0)[2] == written
        }
        #expect(survived.contains(true) && survived.contains(false))
    }

    @Test func aMachineCrashesOnceInAHistory() {
        var world = World.paired(.asynchronous)
        let crashes = [world.play(.crashMachine(.a, seed: 1)), world.play(.crashMachine(.b, seed: 1))]
        #expect(crashes == [true, false])
    }

    /// Killed while it starts after the crash, it must not forget that its memory is not to be trusted.
    @Test(arguments: 0..<4)
    func aStartThatIsKilledStillDistrustsTheMemory(steps: Int) {
        var world = World.paired(.synchronous(.never), volumes: [24, 24])
        world.write(.b, first: 2)
        world.play(.crashMachine(.b, seed: 3))
        world.plannedFault = .crashB
        world.faultCountdown = steps
        world.restart(.b)
        world.check()
        world.faultCountdown = nil
        world.restart(.b)
        #expect(world[.b].machine?.record.pairs.allSatisfy { !$0.isUsable } == true)
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }
}
