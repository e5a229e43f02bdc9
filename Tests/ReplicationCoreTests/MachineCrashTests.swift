// What an array may believe after its machine (not just its process) crashed: records are as they were, counters, slots,
// marks and volumes may be older, each by its own amount. The first two stories were found by random histories.

internal import ReplicationCore
internal import Simulator
import Testing

struct MachineCrashTests {
    /// The order reached the secondary; the primary's machine crashed before it noted that, and its counters went back.
    /// The next order looked like the same one, and the secondary took its first frames for repetitions.
    @Test(arguments: ReplicationMode.allCases, 0..<12 as Range<UInt32>)
    func anOrderFromBeforeACrashIsNotTakenForTheNextOne(mode: ReplicationMode, seed: UInt32) {
        var world = World.paired(mode)
        world.write(.a, first: 2)
        world.runDry()
        world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        world.write(.a, first: 9)
        world.ask(.a, .resynchronise(pairs: [0], fence: nil))
        world.deliver(to: .b, times: 1)
        #expect(world.status(.b) == .copying)
        world.play(.crashMachine(.a, seed: seed))
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
        #expect(world.volume(.a, 0) == world.volume(.b, 0))
    }

    /// The same with a swap: the secondary orders it, and its counters go back.
    @Test(arguments: ReplicationMode.allCases, 0..<12 as Range<UInt32>)
    func aSwapFromBeforeACrashIsNotTakenForTheNextOne(mode: ReplicationMode, seed: UInt32) {
        var world = World.paired(mode)
        world.loseLink()
        world.ask(.b, .takeOver)
        world.connect()
        world.runDry()
        for first in 0..<4 { world.write(.b, first: 4 * first) }
        world.ask(.b, .swap)
        world.deliver(to: .a, times: 1)
        world.play(.crashMachine(.b, seed: seed))
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
        #expect(world.volume(.a, 0) == world.volume(.b, 0))
    }

    /// A slot's number came from one write and its tracks from another; the array could not start.
    @Test(arguments: 0..<64 as Range<UInt32>)
    func slotsThatReachedTheDiskInPartsAreNotBelieved(seed: UInt32) {
        var world = World.paired(.asynchronous, volumes: [40, 5])
        for round in 0..<3 {
            for index in 0..<5 {
                let volume = (index + round) % 2
                world.write(.a, volume: volume, first: volume == 0 ? 4 * index + 20 : 0)
            }
            world.play(.writeBack(.a, seed: seed &* 31 &+ UInt32(round)))
            if round == 1 { world.runDry() }
        }
        world.play(.crashMachine(.a, seed: seed))
        world.restart(.a)
        #expect(world.status(.a)?.isSuspended == true)
        #expect(world[.a].machine?.unacknowledged == 0)
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// Whatever its volume holds now is no point in time.
    @Test(arguments: ReplicationMode.allCases)
    func aSecondaryIsNotUsableAfterACrashOfItsMachine(mode: ReplicationMode) {
        var world = World.paired(mode)
        world.write(.a, first: 2)
        world.runDry()
        world.play(.crashMachine(.b, seed: 1))
        world.restart(.b)
        #expect(world[.b].machine?.record.pairs[0].isUsable == false)
        let takeover = world.ask(.b, .takeOver)
        #expect(world.refusal(takeover) == .secondaryUnusable)
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }
}
