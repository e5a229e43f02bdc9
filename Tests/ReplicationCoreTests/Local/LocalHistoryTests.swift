// Is an image what the primary was at the instant of the split, does a restore bring exactly that back, and is every
// difference marked, whatever is killed and when? And would the checks notice if it were not so?

internal import ReplicationCore
internal import Simulator
import Testing

struct LocalHistoryTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func randomHistoriesKeepTheirPromises(block: UInt64) {
        var tally: [String: Int] = [:]
        for seed in block * 400..<(block + 1) * 400 {
            var world = LocalWorld(seed: seed)
            world.play(600)
            #expect(world.violation == nil, "seed \(seed)")
            let isOver = world.runDry()
            #expect(isOver && world.violation == nil, "seed \(seed) came to no end: \(world.violation ?? "")")
            for set in world.sets {
                for pair in set.machine.record.livePairs where set.machine.record.pairs[pair].status == .paired {
                    let isEqual = world.files[set.primaries[pair]] == world.files[set.secondaries[pair]]
                    #expect(isEqual, "seed \(seed): paired, nothing to copy, and not equal")
                }
            }
            tally.merge(world.tally) { $0 + $1 }
        }
        // Each history's events occurred, and not by a hair.
        for event in [
            "splitting", "split", "restoring", "paired", "failed", "copied first", "killed", "machine crashed",
        ] {
            #expect(tally[event, default: 0] > 40, "\(event) hardly happens")
        }
    }

    @Test(arguments: LocalSabotage.allCases)
    func plantedBugsAreFound(sabotage: LocalSabotage) {
        let found = (0..<4000 as Range<UInt64>).contains { seed in
            var world = LocalWorld(seed: seed, sabotage: sabotage)
            world.play(600)
            return world.violation != nil
        }
        #expect(found)
    }
}
