// Does a pair join a running group without disturbing the others, whatever fails between the two halves of the join?

internal import ReplicationCore
internal import Simulator
import Testing

struct JoinTests {
    /// A group in each mode, and one with journals.
    enum Kind: CaseIterable, Sendable {
        case data, status, never, asynchronous, journals

        var mode: ReplicationMode {
            switch self {
            case .data: .synchronous(.data)
            case .status: .synchronous(.status)
            case .never: .synchronous(.never)
            case .asynchronous, .journals: .asynchronous
            }
        }
    }

    private static let late: PairSet = [1]

    /// A group of which the first of two volumes is paired.
    private func half(_ kind: Kind) -> World {
        var shape = WorldShape(mode: kind.mode)
        shape.volumeBlocks = [24, 16]
        shape.groups[0].lateVolumes = Self.late
        shape.groups[0].hasJournals = kind == .journals
        var world = World(shape)
        world.connect()
        world.ask(.a, .create(copiesData: true))
        world.runDry()
        return world
    }

    private func pair(_ world: World, _ side: Side, _ volume: Int = 1) -> PairRecord? {
        world[side].machine?.record.pairs[volume]
    }

    private func expectEqual(_ world: World, _ location: SourceLocation = #_sourceLocation) {
        for volume in 0..<2 {
            #expect(world.volume(.a, volume) == world.volume(.b, volume), sourceLocation: location)
            for side in Side.allCases {
                #expect(world.status(side, volume) == .paired, sourceLocation: location)
                #expect(pair(world, side, volume)?.isDeleted == false, sourceLocation: location)
            }
        }
        #expect(world.violation == nil, sourceLocation: location)
    }

    // MARK: It works

    @Test(arguments: Kind.allCases, [true, false])
    func aPairJoinsWhileTheOthersGoOn(kind: Kind, copiesData: Bool) {
        var world = half(kind)
        let epoch = world[.a].machine?.record.epoch
        world.write(.a, volume: 1, first: 3)
        for first in 0..<4 { world.write(.a, first: first) }
        let join = world.ask(.a, .join(pairs: Self.late, copiesData: copiesData))
        // A write to the volume waits for the join, one to the other does not.
        world.startWrite(.a, volume: 1, first: 4, count: 2)
        world.write(.a, first: 9)
        #expect(!world.hasEnded(join) && pair(world, .a)?.isDeleted == true)
        #expect(world.volume(.a, 1)[4] == world.volume(.a, 1)[5] && world.volume(.a, 0)[9] != 0)
        world.runDry()
        #expect(world.refusal(join) == nil)
        #expect(world[.a].machine?.record.epoch == epoch, "no other life of the stream begins")
        expectEqual(world)
        #expect(pair(world, .b)?.isUnconfirmed == false)
        // They are one group from now on.
        world.ask(.b, .takeOver)
        world.runDry()
        #expect(world.status(.b, 1) == .takenOver && world.status(.b) == .takenOver)
        world.bringHome()
        #expect(world.violation == nil)
    }

    @Test(arguments: Kind.allCases)
    func itsCopyTravelsInTheOrderOfTheOthers(kind: Kind) {
        var world = half(kind)
        world.ask(.a, .join(pairs: Self.late, copiesData: true))
        for first in 0..<12 {
            world.write(.a, volume: first % 2, first: first)
            world.play(.copy(.a))
            world.play(.pump(.a, limit: 5000))
            world.play(.deliver(.b))
            world.play(.restore(.b))
            #expect(world.status(.b) == .paired)
        }
        world.runDry()
        expectEqual(world)
    }

    @Test func deletedItCanJoinAgain() {
        var world = half(.asynchronous)
        for round in 0..<4 {
            world.ask(.a, .join(pairs: Self.late, copiesData: round % 2 == 0))
            world.write(.a, volume: 1, first: round)
            world.runDry()
            expectEqual(world)
            world.ask(.a, .delete(pairs: Self.late, localOnly: false))
            world.runDry()
            #expect(pair(world, .b)?.isDeleted == true && world.status(.a) == .paired)
            world.write(.a, volume: 1, first: 9 + round)
        }
        #expect(world[.a].machine?.record.pairs.count == 2, "it takes its old place")
        // With the last pair the group ends.
        world.ask(.a, .delete(pairs: [0], localOnly: false))
        world.runDry()
        #expect(world[.a].machine == nil && world[.b].machine == nil && world.violation == nil)
    }

    // MARK: Refusals change nothing

    @Test(arguments: Kind.allCases)
    func aGroupThatIsSuspendedTakesNobodyIn(kind: Kind) {
        var world = half(kind)
        world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        let whileSuspended = world.ask(.a, .join(pairs: Self.late, copiesData: true))
        world.ask(.a, .resynchronise(pairs: [0], fence: nil))
        world.runDry()
        let atTheSecondary = world.ask(.b, .join(pairs: Self.late, copiesData: true))
        world.loseLink()
        let withoutALink = world.ask(.a, .join(pairs: Self.late, copiesData: true))
        #expect(world.refusal(whileSuspended) == .wrongStatus && world.refusal(atTheSecondary) == .notPrimary)
        #expect(world.refusal(withoutALink) == .linkDown)
        #expect(world.violation == nil && pair(world, .a)?.isDeleted == true)
    }

    @Test func oneRequestAtATime() {
        var world = half(.asynchronous)
        world.ask(.a, .join(pairs: Self.late, copiesData: true))
        for command in [
            Command.split(pairs: [0], secondaryWritable: false, protectsPrimary: false), .swap,
            .delete(pairs: [0], localOnly: false), .resynchronise(pairs: [0], fence: nil),
        ] {
            let request = world.ask(.a, command)
            #expect(world.refusal(request) == .busy)
        }
        world.runDry()
        expectEqual(world)
        let again = world.ask(.a, .join(pairs: Self.late, copiesData: true))
        #expect(world.refusal(again) == .alreadyPaired)
    }

    /// The secondary has taken the pair in when the primary's stream ends: it is taken back.
    @Test(arguments: [Kind.data, .status, .never, .asynchronous])
    func aStreamThatEndsMeanwhileTakesTheJoinBack(kind: Kind) {
        var world = half(kind)
        let join = world.ask(.a, .join(pairs: Self.late, copiesData: true))
        world.deliver(to: .b, times: 1)
        #expect(pair(world, .b)?.isDeleted == false && pair(world, .b)?.isUnconfirmed == true)
        world.write(.a, first: 3, fails: true)
        #expect(world.status(.a)?.isSuspended == true)
        world.runDry()
        #expect(world.refusal(join) == .wrongStatus)
        #expect(pair(world, .a)?.isDeleted == true && pair(world, .b)?.isDeleted == true)
        world.bringHome()
        #expect(world.violation == nil)
    }

    // MARK: What fails in between

    /// After so many steps of the join an array dies: before the order leaves, when it has arrived, when the answer has.
    @Test(arguments: Kind.allCases, [Side.a, .b])
    func anArrayDiesAfterEachStep(kind: Kind, victim: Side) {
        for steps in 0...6 {
            for after in 0..<8 {
                var world = half(kind)
                for first in 0..<3 { world.write(.a, first: first) }
                world.play(.plan(victim == .a ? .crashA : .crashB, after: UInt8(after)))
                world.ask(.a, .join(pairs: Self.late, copiesData: after % 2 == 0))
                for step in 0..<steps { world.play([.deliver(.b), .deliver(.a), .copy(.a)][step % 3]) }
                world.crash(victim)
                world.check()
                world.heal()
                world.runDry()
                // Whichever side had noted it, both agree now.
                #expect(pair(world, .a)?.isDeleted == pair(world, .b)?.isDeleted, "\(kind) \(victim) \(steps) \(after)")
                #expect(pair(world, .b)?.isUnconfirmed == false)
                world.bringHome()
                #expect(world.violation == nil, "\(kind) \(victim) \(steps) \(after)")
                #expect(world.volume(.a, 0) == world.volume(.b, 0))
            }
        }
    }

    @Test func aSecondaryGivesUpWhatItsPrimaryDoesNotKnow() {
        var world = half(.asynchronous)
        world.ask(.a, .join(pairs: Self.late, copiesData: true))
        world.deliver(to: .b, times: 1)
        #expect(pair(world, .b)?.status == .copying)
        world.crash(.a)
        world.notice(.b)
        #expect(pair(world, .b)?.isDeleted == false, "only the primary can say that it is not so")
        world.restart(.a)
        world.connect()
        world.runDry()
        #expect(pair(world, .b)?.isDeleted == true && world.status(.b) == .paired && world.violation == nil)
    }

    /// Frames of the volume's last pair arrive after it has joined anew: they are not for it.
    @Test func framesOfAnEarlierPairAreNotForTheNewOne() {
        var world = half(.asynchronous)
        world.ask(.a, .join(pairs: Self.late, copiesData: true))
        world.runDry()
        // A write that takes long holds up what is behind it.
        world.startWrite(.a, volume: 0, first: 0, count: 1)
        world.play(.advanceWrite(.a, 0))
        world.play(.advanceWrite(.a, 0))
        world.write(.a, volume: 1, first: 5)
        world.ask(.a, .delete(pairs: Self.late, localOnly: false))
        world.deliver(to: .b, times: 1)
        world.deliver(to: .a, times: 1)
        // In no pair.
        let alone = world.write(.a, volume: 1, first: 5)
        #expect(world.answers[alone] == true)
        let join = world.ask(.a, .join(pairs: Self.late, copiesData: false))
        world.deliver(to: .b, times: 1)
        world.deliver(to: .a, times: 1)
        #expect(world.hasEnded(join) && world.refusal(join) == nil && world.status(.b, 1) == .paired)
        world.runDry()
        expectEqual(world)
    }

    // MARK: Held for a delta resynchronisation

    private func held() -> World {
        var shape = WorldShape(mode: .asynchronous)
        shape.groups[0].hasJournals = true
        shape.groups[0].startsHeld = true
        var world = World(shape)
        world.connect()
        world.ask(.a, .create(copiesData: false))
        world.runDry()
        return world
    }

    @Test func aHeldGroupCopiesWhatWasWrittenSince() {
        var world = held()
        #expect(world.status(.a) == .suspended(.byOperator) && world.status(.b) == .suspended(.byOperator))
        #expect(world[.a].machine?.record.isHeld == true && world[.b].machine?.record.isHeld == true)
        #expect(world[.a].machine?.marks[0].isEmpty == true)
        world.write(.a, first: 5)
        #expect(world[.a].machine?.marks[0].markedCount == 1)
        world.ask(.a, .resynchronise(pairs: [0], fence: nil))
        world.runDry()
        #expect(world.status(.a) == .paired && world.volume(.a, 0) == world.volume(.b, 0))
        #expect(world[.a].machine?.record.isHeld == false && world[.b].machine?.record.isHeld == false)
        #expect(world.violation == nil)
    }

    @Test func withoutTheLinkItIsNotReady() {
        var world = held()
        world.loseLink()
        world.pass(.seconds(301))
        for side in Side.allCases { #expect(world.status(side) == .suspended(.byFault)) }
        for side in Side.allCases {
            world.crash(side)
            world.restart(side)
        }
        world.connect()
        world.runDry()
        for side in Side.allCases { #expect(world.status(side) == .suspended(.byOperator)) }
        #expect(world[.b].machine?.record.isHeld == true && world.violation == nil)
    }

    @Test func aHeldGroupCanBeTakenOver() {
        var world = held()
        world.write(.a, first: 2)
        world.ask(.b, .takeOver)
        world.runDry()
        #expect(world.status(.b) == .takenOver)
        world.bringHome()
        #expect(world.violation == nil && world[.b].machine?.record.isHeld == false)
    }
}
