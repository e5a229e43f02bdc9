// Does a group with journals go on where its arrays stopped, and is nothing of it lost that the other side was told?

internal import ReplicationCore
internal import Simulator
import Testing

struct JournalTests {
    private let world = World.paired(.asynchronous, volumes: [24, 8], hasJournals: true)
    private static let both: PairSet = [0, 1]

    /// One volume, and journals that hold two writes of eight blocks.
    private static func withSmallJournals(copiesData: Bool) -> World {
        var shape = WorldShape(mode: .asynchronous)
        shape.volumeBlocks = [40]
        shape.groups[0].hasJournals = true
        shape.groups[0].ringBytes = 18 * 1024
        var world = World(shape)
        world.connect()
        world.ask(.a, .create(copiesData: copiesData))
        world.runDry()
        return world
    }

    private func expectEqual(_ world: World, _ location: SourceLocation = #_sourceLocation) {
        for volume in 0..<2 {
            #expect(world.volume(.a, volume) == world.volume(.b, volume), sourceLocation: location)
        }
        #expect(world.violation == nil, sourceLocation: location)
    }

    private func expectPairedAndClean(_ world: World, _ location: SourceLocation = #_sourceLocation) {
        for side in Side.allCases {
            for volume in 0..<2 {
                #expect(world.status(side, volume) == .paired, sourceLocation: location)
                #expect(world[side].machine?.marks[volume].isEmpty == true, sourceLocation: location)
            }
        }
    }

    // MARK: The primary's journal

    @Test func aKilledPrimaryGoesOnWithWhatWasNotSent() {
        var world = world
        for first in 0..<6 { world.write(.a, volume: first % 2, first: first) }
        world.crash(.a)
        world.restart(.a)
        #expect(world[.a].machine?.unacknowledged == 6)
        expectPairedAndClean(world)
        world.write(.a, first: 9)
        world.heal()
        expectPairedAndClean(world)
        expectEqual(world)
    }

    @Test func itStaysInItsPlaceOverManyLives() {
        var world = world
        var written = 0
        for life in 0..<12 {
            for _ in 0..<3 {
                world.write(.a, first: written % 20)
                written += 1
            }
            world.crash(.a)
            world.restart(.a)
            guard life % 4 == 3 else { continue }
            world.connect()
            for _ in 0..<3 { _ = world.pump(.a, limit: 1) }
            world.deliver(to: .b, times: 6)
            _ = world.acknowledge(.b)
            world.deliver(to: .a, times: 2)
        }
        world.heal()
        expectPairedAndClean(world)
        expectEqual(world)
    }

    /// Admitted, not laid: its host was never answered, and neither side ever sees it.
    @Test func aWriteThatWasOnlyAdmittedIsAFrameThatSaysNothing() {
        var world = world
        world.startWrite(.a, first: 3, count: 2)
        for _ in 0..<2 { _ = world.play(.advanceWrite(.a, 0)) }
        #expect(world[.a].machine?.unacknowledged == 1)
        let before = world.volume(.a, 0)
        world.crash(.a)
        world.restart(.a)
        #expect(world[.a].machine?.unacknowledged == 1)
        world.heal()
        expectPairedAndClean(world)
        expectEqual(world)
        #expect(world.volume(.a, 0) == before)
    }

    @Test func aWriteThatWasHalfDoneIsDoneAgain() {
        var world = world
        world.startWrite(.a, first: 3, count: 4)
        for _ in 0..<3 { _ = world.play(.advanceWrite(.a, 0)) }
        world.crash(.a)
        #expect(Set(world.volume(.a, 0)[3..<7]).count == 2)
        world.restart(.a)
        #expect(Set(world.volume(.a, 0)[3..<7]).count == 1)
        world.heal()
        expectPairedAndClean(world)
        expectEqual(world)
    }

    @Test func aSplitThatIsStillUnderWayEndsLikeThatOfASideFile() {
        var world = world
        for first in 0..<4 { world.write(.a, first: first) }
        world.ask(.a, .split(pairs: Self.both, secondaryWritable: true, protectsPrimary: false))
        world.crash(.a)
        world.restart(.a)
        #expect(world.status(.a) == .suspended(.byOperator))
        #expect(world[.a].machine?.unacknowledged == 0)
        #expect(world[.a].machine?.marks[0].markedCount == 1)
        world.heal()
        world.bringHome()
        expectEqual(world)
    }

    @Test func anotherBootOfTheMachineTrustsNothingOfIt() {
        var world = world
        for first in 0..<4 { world.write(.a, first: first) }
        world.play(.crashMachine(.a, seed: 6))
        world.restart(.a)
        #expect(world.status(.a) == .suspended(.byFault))
        #expect(world[.a].machine?.unacknowledged == 0)
        #expect(world[.a].machine?.marks[0].markedCount == 6)
        world.heal()
        world.bringHome()
        expectEqual(world)
    }

    /// The data overflow timer: what lies in the journal is given up, its tracks are marked, and hosts go on.
    @Test func aJournalThatStaysFullIsGivenUp() {
        var world = Self.withSmallJournals(copiesData: true)
        world.swallow(towards: .b)
        for first in 0..<3 { world.write(.a, first: 8 * first, count: 8) }
        let late = world.write(.a, first: 32, count: 8)
        #expect(world.answers[late] == nil)
        world.pass(.seconds(59))
        #expect(world.status(.a) == .paired)
        world.pass(.seconds(2))
        #expect(world.status(.a) == .suspended(.sideFileFull))
        #expect(world[.a].machine?.sideFile.isEmpty == true)
        world.play(.advanceWrite(.a, 0))
        world.play(.openHole(.b))
        world.runDry()
        #expect(world.answers[late] == true)
        #expect(world.status(.b) == .suspended(.sideFileFull))
        world.bringHome()
        #expect(world.violation == nil)
        #expect(world.volume(.a, 0) == world.volume(.b, 0))
    }

    // MARK: The secondary's journal

    /// Everything is sent and has arrived; nothing is restored.
    private func unrestored(_ count: Int = 4) -> World {
        var world = world
        for first in 0..<count { world.write(.a, volume: first % 2, first: first, count: 2) }
        while world.pump(.a) {}
        while world.deliver(to: .b) {}
        world.check()
        return world
    }

    @Test func whatHasArrivedIsAcknowledgedBeforeItIsRestored() {
        var world = unrestored()
        let before = world.volume(.b, 0)
        let acknowledges = world.acknowledge(.b)
        #expect(acknowledges)
        world.deliver(to: .a, times: 1)
        #expect(world[.a].machine?.unacknowledged == 0)
        #expect(world[.a].machine?.sideFile.isEmpty == true)
        #expect(world[.b].machine?.waitingToBeRestored == 4)
        #expect(world.volume(.b, 0) == before)
        while world.restore(.b) { world.check() }
        #expect(world[.b].machine?.sideFile.isEmpty == true)
        expectEqual(world)
    }

    @Test func aKilledSecondaryGoesOnRestoring() {
        var world = unrestored()
        _ = world.acknowledge(.b)
        world.deliver(to: .a, times: 1)
        _ = world.restore(.b)
        world.crash(.b)
        world.crash(.a)
        world.restart(.b)
        world.restart(.a)
        #expect(world[.b].machine?.waitingToBeRestored == 3)
        while world.restore(.b) { world.check() }
        expectPairedAndClean(world)
        expectEqual(world)
    }

    @Test(arguments: [false, true])
    func aTakeoverWaitsForTheJournal(linkIsLost: Bool) {
        var world = unrestored()
        _ = world.acknowledge(.b)
        world.deliver(to: .a, times: 1)
        if linkIsLost {
            world.crash(.a)
            world.notice(.b)
        }
        let takeover = world.ask(.b, .takeOver)
        let hears = world.deliver(to: .a)
        #expect(!hears)
        #expect(!world.hasEnded(takeover))
        #expect(world.status(.b) == .paired)
        while world.restore(.b) { world.check() }
        if !linkIsLost {
            while world.deliver(to: .a) {}
            while world.deliver(to: .b) {}
        }
        #expect(world.hasEnded(takeover) && world.refusal(takeover) == nil)
        #expect(world.status(.b) == .takenOver)
        expectEqual(world)
    }

    @Test func aChangeOfRolesWaitsForTheJournal() {
        var world = unrestored()
        _ = world.acknowledge(.b)
        world.deliver(to: .a, times: 1)
        let swap = world.ask(.b, .swap)
        // The primary hears of it when all is restored that it takes for delivered.
        let hears = world.deliver(to: .a)
        #expect(!hears && !world.hasEnded(swap))
        world.runDry()
        #expect(world[.b].machine?.role == .primary)
        world.write(.b, first: 5)
        world.runDry()
        expectPairedAndClean(world)
        expectEqual(world)
    }

    /// What is restored keeps behind what arrives, for as long as anybody looks: a change of roles comes all the same.
    @Test func aChangeOfRolesDoesNotWaitForHostsToPause() {
        var world = unrestored()
        _ = world.acknowledge(.b)
        world.deliver(to: .a, times: 1)
        let swap = world.ask(.b, .swap)
        for round in 0..<4 {
            world.write(.a, first: 10 + round)
            while world.pump(.a) {}
            while world.deliver(to: .b) {}
            _ = world.restore(.b)
            #expect(world[.b].machine?.waitingToBeRestored == 4)
        }
        // The primary has heard of it, and holds its hosts until the rest is over there.
        while world.deliver(to: .a) {}
        let held = world.write(.a, first: 20)
        #expect(world.answers[held] == nil && !world.hasEnded(swap))
        world.runDry()
        #expect(world.hasEnded(swap) && world.refusal(swap) == nil)
        #expect(world[.b].machine?.role == .primary && world.answers[held] == false)
        expectPairedAndClean(world)
        expectEqual(world)
    }

    /// Whoever split a pair finds on the secondary what was written before, and the pair split.
    @Test func aSplitEndsWhenItIsRestored() {
        var world = unrestored()
        let split = world.ask(.a, .split(pairs: Self.both, secondaryWritable: false, protectsPrimary: false))
        while world.pump(.a) {}
        while world.deliver(to: .b) {}
        _ = world.acknowledge(.b)
        while world.deliver(to: .a) {}
        #expect(!world.hasEnded(split))
        #expect(world[.a].machine?.unacknowledged == 1)
        world.runDry()
        #expect(world.hasEnded(split))
        #expect(world.status(.b) == .suspended(.byOperator))
        expectEqual(world)
    }

    @Test func aDeletionAtTheSecondaryWaitsForTheJournal() {
        var world = unrestored()
        let deletion = world.ask(.b, .delete(pairs: Self.both, localOnly: true))
        #expect(!world.hasEnded(deletion) && world[.b].machine != nil)
        let written = world.volume(.a, 0)
        while world.restore(.b) {}
        #expect(world.hasEnded(deletion) && world[.b].machine == nil)
        #expect(world.volume(.b, 0) == written)
        #expect(world.violation == nil)
    }

    /// The primary counts it as delivered: what cannot be restored is marked here.
    @Test func whatCannotBeRestoredIsMarked() {
        var world = unrestored()
        _ = world.acknowledge(.b)
        world.deliver(to: .a, times: 1)
        world[.b].failsNextApply = true
        _ = world.restore(.b)
        world.check()
        #expect(world.status(.b) == .suspended(.byFault))
        #expect(world[.b].machine?.marks[0].markedCount == 1 && world[.b].machine?.marks[1].markedCount == 2)
        world.runDry()
        #expect(world.status(.a) == .suspended(.byFault))
        world.bringHome()
        expectPairedAndClean(world)
        expectEqual(world)
    }

    /// A journal of the secondary that is full makes the stream as slow as its volumes are, and no slower.
    @Test func aFullRestoreJournalTakesNoMoreThanItHolds() {
        var world = Self.withSmallJournals(copiesData: false)
        for round in 0..<60 {
            world.write(.a, first: round % 4 * 8, count: 8)
            while world.pump(.a) {}
            while world.deliver(to: .b) {}
            _ = world.acknowledge(.b)
            while world.deliver(to: .a) {}
            world.check()
        }
        #expect(world[.a].machine?.unacknowledged == 0)
        #expect((world[.b].machine?.waitingToBeRestored ?? 0) > 0)
        world.runDry()
        #expect(world.violation == nil)
        #expect(world.volume(.a, 0) == world.volume(.b, 0))
    }
}
