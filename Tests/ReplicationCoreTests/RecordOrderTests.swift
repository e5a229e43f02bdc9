// A killed process must find its record at least as careful as what it told its hosts and the other array. Found by
// random histories.

internal import ReplicationCore
internal import Simulator
import Testing

struct RecordOrderTests {
    /// The write was acknowledged when its pair was deleted, and only then was the deletion noted: after a kill in
    /// between, a write on one side counted as one on both.
    @Test(arguments: ReplicationMode.allCases, 0..<6)
    func aDeletionIsNotedBeforeItsWritesAreAnswered(mode: ReplicationMode, steps: Int) {
        var world = World.paired(mode)
        world.write(.a, first: 2)
        world.ask(.a, .delete(pairs: [0], localOnly: false))
        world.plannedFault = .crashA
        world.faultCountdown = steps
        world.notice(.a)
        world.check()
        #expect(world.violation == nil)
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The secondary had heard that the copy is complete; its primary was killed before it noted that, and came back as
    /// copying: its hosts' writes passed for those of an unfinished copy.
    @Test(arguments: ReplicationMode.allCases)
    func aCopyThatWasRunningEndsWithItsPrimary(mode: ReplicationMode) {
        var world = World(WorldShape(mode: mode))
        world.connect()
        world.ask(.a, .create(copiesData: true))
        while world.status(.b) != .paired { step(&world) }
        #expect(world.status(.a) == .copying)
        _ = world.acknowledge(.b)
        world.plannedFault = .crashA
        world.faultCountdown = 1
        _ = world.deliver(to: .a)
        #expect(!world[.a].isUp)
        world.restart(.a)
        #expect(world.status(.a) == .suspended(.byFault))
        world.write(.a, first: 3)
        world.connect()
        world.write(.a, first: 9)
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// Everything moves once, but the primary hears nothing of the end of the copy.
    private func step(_ world: inout World) {
        _ = world.advanceCopy(.a)
        _ = world.pump(.a)
        _ = world.deliver(to: .b)
        guard world.status(.b) != .paired else { return }
        _ = world.acknowledge(.b)
        _ = world.deliver(to: .a)
        world.check()
    }
}
