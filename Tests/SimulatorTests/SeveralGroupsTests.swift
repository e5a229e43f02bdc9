// Groups of one world share what they share in an array - process, connection, pipes, far cache - and nothing else.

internal import ReplicationCore
internal import Simulator
import Testing

struct SeveralGroupsTests {
    private static let second = Side(group: 1, half: 0)

    /// Two groups, made and equal.
    private func world(_ places: [(DiskArray, DiskArray)]) -> World {
        var shape = WorldShape(mode: .asynchronous)
        shape.groups = places.map { place in
            var group = GroupShape(mode: .synchronous(.never))
            (group.first, group.second) = place
            return group
        }
        var world = World(shape)
        for group in places.indices {
            world.play(.connect(Side(group: group, half: 0)))
            world.ask(Side(group: group, half: 0), .create(copiesData: true))
        }
        world.runDry()
        return world
    }

    @Test func groupsOfOneLinkLoseTheirConnectionTogether() {
        var world = world([(.a, .b), (.b, .a)])
        world.breakLink()
        world.notice(.a)
        #expect(!world.isConnected(Self.second))
        #expect(!world[Self.second.other].hasLink)
        world.heal()
        #expect(world.isConnected)
        world.bringHome()
        #expect(world.violation == nil)
    }

    @Test func groupsOfTwoLinksDoNot() {
        var world = world([(.a, .b), (.a, .c)])
        world.loseLink()
        #expect(world.isConnected(Self.second))
        let write = world.write(Self.second, first: 3)
        world.runDry()
        #expect(world.answers[write] == true)
        #expect(world.status(Self.second) == .paired)
        #expect(world.violation == nil)
    }

    @Test func aCrashOfASharedArrayHitsBothGroups() {
        var world = world([(.a, .b), (.a, .c)])
        world.crash(.a)
        #expect(!world[Self.second].isUp)
        #expect(world[Self.second.other].isUp)
        #expect(!world.isConnected(Self.second))
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }

    @Test func aCommandToOneGroupLeavesTheOtherAlone() {
        var world = world([(.a, .b), (.a, .b)])
        world.ask(.b, .swap)
        world.runDry()
        #expect(world[.b].machine?.role == .primary)
        #expect(world[Self.second].machine?.role == .primary)
        world.ask(Self.second, .delete(pairs: [0], localOnly: false))
        world.runDry()
        #expect(world.status(.a) == .paired)
        #expect(world[Self.second].machine == nil)
        #expect(world.violation == nil)
    }

    /// What has nothing to do with a failure goes: also a whole group, and a third array with it.
    @Test(arguments: [Profile.groups, .arrays])
    func aFailureOfOneGroupShrinksToOneGroup(profile: Profile) throws {
        let found = RunSummary.run(0..<50, profile: profile, sabotage: .acknowledgesUnapplied, stopsAtFailure: true)
        let seed = try #require(found.failures.first?.seed)
        let script = History(seed: seed, profile: profile, sabotage: .acknowledgesUnapplied).record().script
        #expect(script.shape.groups.count > 1)
        #expect(try #require(Shrinker.shrink(script)).shape.groups.count == 1)
    }

    /// Bugs that mix groups up need two of them to be seen.
    @Test(arguments: [Sabotage.repairsAnotherGroup, .mixesUpAcknowledgements, .forgetsASecondGroup])
    func aFailureOfTwoGroupsKeepsThem(sabotage: Sabotage) throws {
        let found = RunSummary.run(0..<600, profile: .groups, sabotage: sabotage, stopsAtFailure: true)
        let seed = try #require(found.failures.first?.seed)
        let script = History(seed: seed, profile: .groups, sabotage: sabotage).record().script
        #expect(try #require(Shrinker.shrink(script)).shape.groups.count == 2)
    }

    @Test(arguments: [Profile.swarm, .groups, .arrays])
    func theWorldsAreOfManyShapes(profile: Profile) {
        let shapes = (0..<400 as Range<UInt64>).map { History(seed: $0, profile: profile).shape }
        let several = shapes.filter { $0.groups.count > 1 }
        #expect(profile == .swarm ? (8...100).contains(several.count) : several.count == 400)
        #expect(shapes.contains { $0.groups.contains { $0.volumeBlocks.count > 2 } })
        if profile != .groups { #expect(several.contains { $0.groups.contains { $0.second == .c || $0.first == .c } }) }
    }
}
