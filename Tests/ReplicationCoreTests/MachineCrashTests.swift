// What an array may believe after its machine (not just its process) crashed: records are as they were, counters, slots,
// marks and volumes may be older, each by its own amount. The first story and the slots were found by random histories.

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

    /// What was taken over and then lost its machine is its hosts' business. Rolled back, it is no copy of anything.
    @Test(arguments: ReplicationMode.allCases, 0..<4 as Range<UInt32>)
    func aTakeoverThatLostItsMachineIsNotUsableOnceRolledBack(mode: ReplicationMode, seed: UInt32) {
        var world = World.paired(mode)
        world.loseLink()
        world.ask(.b, .takeOver)
        world.play(.crashMachine(.b, seed: seed))
        world.heal()
        #expect(world.status(.b) == .takenOver)
        world.loseLink()
        world.ask(.b, .rollBack)
        let again = world.ask(.b, .takeOver)
        world.runDry()
        #expect(world.refusal(again) == .secondaryUnusable)
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
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

    /// Of a slot the first track came from one write and the number of tracks from another (with three pairs a slot lies
    /// across two lines of memory). The array could not start.
    @Test(arguments: 0..<64 as Range<UInt32>)
    func slotsThatReachedTheDiskInPartsAreNotBelieved(seed: UInt32) {
        var world = World.paired(.asynchronous, volumes: [40, 5, 5])
        for _ in 0..<16 {
            world.write(.a, first: 0, count: 12)
            world.runDry()
        }
        for pages in 100..<120 as Range<UInt32> { world.play(.writeBack(.a, seed: pages)) }
        for _ in 0..<10 { world.write(.a, first: 39) }
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
