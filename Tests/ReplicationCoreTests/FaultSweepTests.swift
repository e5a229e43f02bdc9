// One long story, harmed at its first step, then at its second, and so on until the harm comes too late. Whatever
// happened, the arrays come home, and no invariant is broken on the way.

internal import ReplicationCore
internal import Simulator
import Testing

struct FaultSweepTests {
    @Test(arguments: ReplicationMode.allCases, Fault.allCases)
    func everyStepMayFail(mode: ReplicationMode, fault: Fault) { sweep(mode, hasJournals: false, fault) }

    @Test(arguments: Fault.allCases)
    func everyStepMayFailWithJournals(fault: Fault) { sweep(.asynchronous, hasJournals: true, fault) }

    private func sweep(_ mode: ReplicationMode, hasJournals: Bool, _ fault: Fault) {
        var step = 0
        while true {
            var shape = WorldShape(mode: mode)
            shape.volumeBlocks = [11, 6]
            shape.groups[0].hasJournals = hasJournals
            var world = World(shape)
            world.plannedFault = fault
            world.faultCountdown = step
            Self.tell(&world)
            let isUnharmed = world.faultCountdown != nil
            world.heal()
            world.bringHome()
            if let violation = world.violation {
                Issue.record("\(mode), \(fault) at step \(step): \(violation)")
                return
            }
            if isUnharmed { break }
            step += 1
        }
        #expect(step > 100)
    }

    private static func tell(_ world: inout World) {
        let all: PairSet = [0, 1]
        world.connect()
        world.ask(.a, .create(copiesData: true))
        settle(&world)
        write(&world, .a)
        settle(&world)
        world.ask(.a, .split(pairs: all, secondaryWritable: true, protectsPrimary: false))
        settle(&world)
        write(&world, .a)
        write(&world, .b)
        settle(&world)
        world.ask(.a, .resynchronise(pairs: all, fence: nil))
        write(&world, .a)
        settle(&world)
        world.ask(.b, .takeOver)
        write(&world, .a)
        settle(&world)
        write(&world, .b)
        world.ask(.b, .swap)
        settle(&world)
        write(&world, .b)
        world.ask(.a, .swap)
        settle(&world)
        write(&world, .a)
        settle(&world)
    }

    /// Overlapping and straddling writes to both volumes.
    private static func write(_ world: inout World, _ side: Side) {
        world.startWrite(side, volume: 0, first: 2, count: 4)
        world.startWrite(side, volume: 0, first: 5, count: 2)
        world.startWrite(side, volume: 1, first: 1, count: 5)
        world.check()
    }

    /// Everything ends; if the fault struck, it is repaired, and the story goes on.
    private static func settle(_ world: inout World) {
        world.runDry()
        if world.faultCountdown == nil { world.heal() }
    }
}
