// What random histories found in the core, each as the shortest story that shows it.

internal import ReplicationCore
internal import Simulator
import Testing

struct FoundFaultTests {
    @Test(arguments: ReplicationMode.allCases)
    func takeoverBetweenConnectionAndGreetingReachesThePrimary(mode: ReplicationMode) {
        var world = World.paired(mode)
        world.loseLink()
        world.connect()
        world.deliver(to: .a, times: 1)
        let takeover = world.ask(.b, .takeOver)
        world.runDry()
        #expect(world.hasEnded(takeover))
        #expect(world.status(.a)?.isSuspended == true)
        world.write(.a, first: 3)
        world.runDry()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The secondary takes over while its primary deletes one of the pairs; the side file stays full, and with the deletion the
    /// stream ends. The takeover waits for nothing else.
    @Test func aDeletionThatEndsTheStreamLetsATakeoverGoOn() {
        var shape = WorldShape(mode: .asynchronous)
        shape.volumeBlocks = [13, 14]
        shape.groups[0].lateVolumes = [1]
        shape.groups[0].ringBytes = 18432
        let (first, second): (PairSet, PairSet) = ([0], [1])
        let world = Script(
            shape: shape,
            events: [
                .connect(.a), .ask(.a, .create(copiesData: true)), .deliver(.b), .deliver(.a),
                .ask(.a, .join(pairs: second, copiesData: true)), .deliver(.b), .deliver(.a),
                .ask(.a, .delete(pairs: first, localOnly: false)), .deliver(.b), .deliver(.a), .copy(.a), .copy(.a),
                .copy(.a), .copy(.a), .copy(.a), .copy(.a), .pump(.a, limit: 100_000), .deliver(.b), .acknowledge(.b),
                .deliver(.a), .pump(.a, limit: 100_000),
                .startWrite(.a, volume: 0, first: 17, count: 8, isDiscard: false, fails: false), .deliver(.b),
                .ask(.a, .join(pairs: first, copiesData: false)),
                .startWrite(.a, volume: 1, first: 3, count: 8, isDiscard: false, fails: false), .advanceWrite(.a, 1),
                .advanceWrite(.a, 1), .deliver(.b), .deliver(.b), .deliver(.a), .advanceWrite(.a, 0),
                .advanceWrite(.a, 0), .ask(.a, .delete(pairs: second, localOnly: false)), .ask(.b, .takeOver),
                .deliver(.a), .pass(milliseconds: 301_000),
            ]
        ).play()
        #expect(world.violation == nil)
    }

    /// A secondary that greets twice over one connection says nothing about frames that have left in between: they are not
    /// to be sent again, and their acknowledgement is no lie.
    @Test func aSecondGreetingDoesNotTakeTheStreamBack() {
        var shape = WorldShape(mode: .asynchronous)
        shape.volumeBlocks = [1, 1]
        let first: PairSet = [0]
        let world = Script(
            shape: shape,
            events: [
                .connect(.a), .ask(.a, .create(copiesData: true)), .deliver(.b), .deliver(.a), .copy(.a), .copy(.a),
                .notice(.a), .copy(.a), .connect(.a), .deliver(.a), .pump(.a, limit: 100_000),
                .ask(.a, .delete(pairs: first, localOnly: true)), .ask(.b, .delete(pairs: first, localOnly: true)),
                .deliver(.b), .deliver(.a), .deliver(.b), .acknowledge(.b), .deliver(.a),
            ]
        ).play()
        #expect(world.violation == nil)
    }

    /// The tracks that were to be copied next belong to a pair that is deleted meanwhile: the copy of the other goes on.
    @Test func aDeletionDoesNotEndTheCopyOfTheGroupsOtherPair() {
        let both: PairSet = [0, 1]
        var world = World.paired(.synchronous(.never), volumes: [16, 19])
        world.ask(.a, .split(pairs: both, secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        for volume in [0, 1] { for first in [0, 9] { world.write(.a, volume: volume, first: first) } }
        world.ask(.a, .resynchronise(pairs: both, fence: nil))
        // Up to the moment at which the copy holds the bytes of a run of tracks of one of the pairs, and nothing more.
        for _ in 0..<4 where world.lockedCopy(.a) == nil {
            world.deliver(to: .b, times: 1)
            world.deliver(to: .a, times: 1)
            world.play(.copy(.a))
        }
        let pair = world.lockedCopy(.a)
        #expect(pair != nil)
        let deleted: PairSet = pair == 0 ? [0] : [1]
        world.ask(.a, .delete(pairs: deleted, localOnly: false))
        world.deliver(to: .b, times: 1)
        world.deliver(to: .a, times: 1)
        world.runDry()
        #expect(world.status(.a, pair == 0 ? 1 : 0) == .paired)
        #expect(world.violation == nil)
    }

    /// The primary has heard of the swap and lets its last writes go over. Its side file stays full meanwhile, the
    /// secondary fails to store one of them, and the rest stays here.
    @Test func aSwapOfEqualCopiesIsRefusedIfTheLastWritesDoNotGoOver() {
        var shape = WorldShape(mode: .asynchronous)
        shape.volumeBlocks = [18, 12]
        shape.groups[0].ringBytes = 18432
        let world = Script(
            shape: shape,
            events: [
                .connect(.a), .ask(.a, .create(copiesData: true)), .rest,
                .startWrite(.a, volume: 0, first: 7, count: 6, isDiscard: false, fails: false), .advanceWrite(.a, 0),
                .advanceWrite(.a, 0), .advanceWrite(.a, 0), .advanceWrite(.a, 0),
                .startWrite(.a, volume: 1, first: 2, count: 6, isDiscard: false, fails: false), .failApply(.b),
                .advanceWrite(.a, 0), .advanceWrite(.a, 0), .pump(.a, limit: 100_000),
                .startWrite(.a, volume: 0, first: 3, count: 6, isDiscard: false, fails: false), .advanceWrite(.a, 5),
                .advanceWrite(.a, 5), .ask(.b, .swap), .deliver(.a), .pass(milliseconds: 95_000), .deliver(.b),
            ]
        ).play()
        #expect(world.violation == nil)
        #expect(world.refusal(0) == nil && world.refusal(1) == .peerDisagrees)
    }

    /// The secondary takes both copies for equal; the primary has failed meanwhile, and its hosts have written on alone.
    @Test(arguments: [ReplicationMode.synchronous(.never), .synchronous(.status), .asynchronous])
    func aSwapOfEqualCopiesIsRefusedByAPrimaryThatWroteOnAlone(mode: ReplicationMode) {
        var world = World.paired(mode)
        let swap = world.ask(.b, .swap)
        world.write(.a, first: 2, fails: true)
        let alone = world.write(.a, first: 5)
        #expect(world.answers[alone] == true && world.status(.a)?.isSuspended == true)
        let value = world.volume(.a, 0)[5]
        world.runDry()
        #expect(world.refusal(swap) == .peerDisagrees)
        #expect(world.volume(.a, 0)[5] == value)
        // An operator who knows of the suspension may still decide that the secondary's data win.
        let again = world.ask(.b, .swap)
        world.runDry()
        #expect(world.hasEnded(again) && world.refusal(again) == nil && world.volume(.a, 0)[5] != value)
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// As above, beside a pair that is split on both sides: that its operator knows of one says nothing about the other.
    @Test(arguments: [ReplicationMode.synchronous(.never), .synchronous(.status), .asynchronous])
    func aSwapThatTakesOneOfItsPairsForEqualIsRefusedToo(mode: ReplicationMode) {
        var world = World.paired(mode, volumes: [24, 24])
        world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        let swap = world.ask(.b, .swap)
        world.write(.a, volume: 1, first: 2, fails: true)
        let alone = world.write(.a, volume: 1, first: 5)
        #expect(world.answers[alone] == true && world.status(.b, 1) == .paired)
        let value = world.volume(.a, 1)[5]
        world.runDry()
        #expect(world.refusal(swap) == .peerDisagrees)
        #expect(world.volume(.a, 1)[5] == value)
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The suspension still waits behind the writes of the side file. Whoever asks the primary for a swap has seen it.
    @Test func aSwapThatTheSuspendedPrimaryAskedForIsCarriedOut() {
        var world = World.paired(.asynchronous, volumes: [80])
        for index in 0..<15 { world.write(.a, first: 4 * index) }
        world.write(.a, first: 70)
        world.pass(.seconds(95))
        #expect(world.status(.a) == .suspended(.sideFileFull))
        let swap = world.ask(.a, .swap)
        world.deliver(to: .b, times: 1)
        #expect(world.status(.b) == .paired)
        world.runDry()
        #expect(world.hasEnded(swap) && world.refusal(swap) == nil)
        #expect(world[.b].machine?.role == .primary)
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The other pair of the group replicates, but that says nothing about this one.
    @Test func aPairThatTheSecondarySuspendedAloneIsNotResumed() {
        var world = World.paired(.asynchronous, volumes: [24, 24])
        world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        world.write(.a, volume: 0, first: 0, count: 20)
        world.ask(.a, .resynchronise(pairs: [0], fence: nil))
        world.deliver(to: .b, times: 1)
        world.deliver(to: .a, times: 1)
        world[.b].failsNextApply = true
        world.write(.a, volume: 1, first: 0)
        _ = world.pump(.a)
        world.deliver(to: .b, times: 1)
        world.loseLink()
        world.connect()
        world.runDry()
        #expect(world.status(.a, 1)?.isSuspended == true)
        world.bringHome()
        #expect(world.violation == nil)
    }

    @Test(arguments: ReplicationMode.allCases)
    func aSplitEndsWhenTheSecondaryCannotApplyWhatWasWrittenBefore(mode: ReplicationMode) {
        var world = World.paired(mode)
        let write = world.write(.a, first: 2)
        let split = world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world[.b].failsNextApply = true
        world.runDry()
        #expect(world.hasEnded(split))
        #expect(world.answers[write] == true)
        world.checkPeace()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// Going on would overwrite what the secondary never got with what it has.
    @Test(arguments: ReplicationMode.allCases)
    func aSwapOfAPairThatFailsWhileDrainingIsRefused(mode: ReplicationMode) {
        var world = World.paired(mode)
        world.write(.a, first: 2)
        let swap = world.ask(.b, .swap)
        world[.b].failsNextApply = true
        world.runDry()
        #expect(world.refusal(swap) == .wrongStatus)
        #expect(world[.a].machine?.role == .primary)
        #expect(world.status(.a) == .suspended(.byFault))
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The suspension is still on its way when the copy is ordered: it must not end the copy.
    @Test func aCopyJoinsTheStreamAfterTheSuspensionBefore() {
        var world = World.paired(.asynchronous, volumes: [24, 24])
        world.write(.a, volume: 1, first: 3)
        world.ask(.a, .split(pairs: [1], secondaryWritable: false, protectsPrimary: false))
        world.loseLink()
        world.connect()
        for side in Side.allCases { world.deliver(to: side, times: 1) }
        world.write(.a, volume: 1, first: 9)
        let copy = world.ask(.a, .resynchronise(pairs: [1], fence: nil))
        world.runDry()
        #expect(world.hasEnded(copy))
        #expect(world.status(.b, 1) == .paired)
        world.checkPeace()
        #expect(world.violation == nil)
    }

    @Test func aSplitOfOnePairWhileTheLinkIsDownReachesTheSecondaryLater() {
        var world = World.paired(.asynchronous, volumes: [24, 24])
        world.loseLink()
        world.ask(.a, .split(pairs: [1], secondaryWritable: true, protectsPrimary: false))
        world.connect()
        world.runDry()
        #expect(world.status(.a, 0) == .paired)
        #expect(world.status(.b, 1) == .suspended(.byOperator))
        #expect(world.violation == nil)
    }

    /// One pair was split, the other failed while the link was down: that one is told of its own cause.
    @Test func aPairThatFailedBesideASplitOneHasFailedOnBothSides() {
        let first: PairSet = [0]
        var world = World.paired(.asynchronous, volumes: [24, 24])
        world.ask(.a, .split(pairs: first, secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        world.loseLink()
        world.write(.a, volume: 1, first: 3, fails: true)
        world.connect()
        world.runDry()
        for side in Side.allCases {
            #expect(world.status(side, 0) == .suspended(.byOperator) && world.status(side, 1) == .suspended(.byFault))
        }
        #expect(world.violation == nil)
    }

    /// The machine's last free slot is taken: the secondary is told outside the order.
    @Test func aSplitThatFindsNoPlaceInTheOrderReachesTheSecondary() {
        var world = World.paired(.asynchronous, volumes: [80, 24])
        for index in 0..<15 { world.write(.a, volume: 0, first: 4 * index) }
        world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.loseLink()
        world.connect()
        for side in Side.allCases { world.deliver(to: side, times: 1) }
        let split = world.ask(.a, .split(pairs: [1], secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        #expect(world.hasEnded(split))
        #expect(world.status(.b, 1) == .suspended(.byOperator))
        world.bringHome()
        #expect(world.violation == nil)
    }

    @Test func aSideFileThatOverflowsWithoutAPlaceInTheOrderIsGivenUp() {
        var world = World.paired(.asynchronous, volumes: [24, 80])
        for index in 0..<15 { world.write(.a, volume: 1, first: 4 * index) }
        world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        let waiting = world.write(.a, volume: 1, first: 70)
        world.pass(.seconds(95))
        world.runDry()
        #expect(world.answers[waiting] == true)
        #expect(world.status(.b, 1)?.isSuspended == true)
        #expect(world[.a].machine?.unacknowledged == 0)
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// Both arrays are asked at the same time; what the secondary was asked for can never come.
    @Test(arguments: [Command.takeOver, .swap])
    func aRequestOfTheSecondaryEndsWhenThePrimaryDeletesThePairs(command: Command) {
        var world = World.paired(.synchronous(.never))
        let request = world.ask(.b, command)
        let deletion = world.ask(.a, .delete(pairs: [0], localOnly: false))
        world.runDry()
        #expect(world.hasEnded(request))
        #expect(world.hasEnded(deletion))
        world.checkPeace()
        #expect(world.violation == nil)
    }

    /// Dies between the deletion in memory and the record: the pair is still there, and so is what it knew.
    @Test(arguments: [Side.a, .b], 0..<4)
    func anArrayThatDiesWhileDeletingForgetsNoMarks(side: Side, after steps: Int) {
        var world = World.paired(.synchronous(.never))
        world.ask(.a, .split(pairs: [0], secondaryWritable: true, protectsPrimary: false))
        world.runDry()
        world.write(.a, first: 2)
        world.write(.b, first: 9)
        world.plannedFault = side == .a ? .crashA : .crashB
        world.faultCountdown = steps
        world.ask(side, .delete(pairs: [0], localOnly: true))
        world.check()
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The copy was in the order when its pair was split; then its tracks could not be read.
    @Test func aCopyThatFailsAfterASplitLeavesItsTracksMarked() {
        var world = World(WorldShape(mode: .asynchronous))
        world.connect()
        world.ask(.a, .create(copiesData: true))
        world.deliver(to: .b, times: 1)
        world.deliver(to: .a, times: 1)
        _ = world.advanceCopy(.a)
        _ = world.advanceCopy(.a)
        let split = world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world[.a].failsNextCopy = true
        world.runDry()
        #expect(world.hasEnded(split))
        world.bringHome()
        #expect(world.violation == nil)
    }

    @Test(arguments: ReplicationMode.allCases)
    func aSplitEndsWhenTheSecondaryDeletesThePair(mode: ReplicationMode) {
        var world = World.paired(mode)
        let write = world.write(.a, first: 2)
        let split = world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.ask(.b, .delete(pairs: [0], localOnly: true))
        world.runDry()
        #expect(world.hasEnded(split))
        #expect(world.answers[write] == true)
        world.checkPeace()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// As above, but the primary was split meanwhile and waits for the end of its stream.
    @Test(arguments: ReplicationMode.allCases)
    func aSplitEndsWhenTheSecondaryTookOverBeforeItsGreeting(mode: ReplicationMode) {
        var world = World.paired(mode)
        world.loseLink()
        world.connect()
        world.deliver(to: .a, times: 1)
        let write = world.write(.a, first: 2)
        let split = world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.ask(.b, .takeOver)
        world.runDry()
        #expect(world.hasEnded(split))
        #expect(world.answers[write] == true)
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The far side's answer to the deletion came while a swap was under way, which then seemed to be done.
    @Test func aDeletionAtThePrimaryAloneIsNotTakenForTheEndOfASwap() {
        var world = World.paired(.synchronous(.never), volumes: [24, 24])
        world.ask(.b, .takeOver)
        world.runDry()
        let deletion = world.ask(.a, .delete(pairs: [0], localOnly: true))
        let swap = world.ask(.a, .swap)
        world.runDry()
        #expect(world.hasEnded(deletion))
        #expect(world.hasEnded(swap))
        world.checkPeace()
        #expect(world.violation == nil)
    }

    /// The side file's timeout ended the stream that the takeover waited for.
    @Test(arguments: ReplicationMode.allCases)
    func aTakeoverEndsWhenTheSideFileOverflowsMeanwhile(mode: ReplicationMode) {
        var world = World.paired(mode, volumes: [80])
        for index in 0..<15 { world.write(.a, first: 4 * index) }
        let waiting = world.write(.a, first: 70)
        let takeover = world.ask(.b, .takeOver)
        world.deliver(to: .a, times: 1)
        world.pass(.seconds(95))
        world.runDry()
        #expect(world.hasEnded(takeover))
        #expect((world.answers[waiting] ?? nil) != nil)
        world.checkPeace()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// One pair is split and its last write is still on its way when the link is lost; the secondary's timer suspends that
    /// pair but not the other one, which is being copied. The stream went on, and the write was passed over unmarked.
    @Test func aStreamIsNotResumedPastAPairThatGaveUp() {
        var world = World.paired(.asynchronous, volumes: [24, 24])
        world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        world.write(.a, volume: 0, first: 0, count: 20)
        world.ask(.a, .resynchronise(pairs: [0], fence: nil))
        for side in [Side.b, .a] { world.deliver(to: side, times: 1) }
        #expect(world.status(.b, 0) == .copying)
        world.write(.a, volume: 1, first: 3)
        world.ask(.a, .split(pairs: [1], secondaryWritable: false, protectsPrimary: false))
        world.loseLink()
        world.pass(.seconds(1))
        world.tell(.b) { $0.tick(now: Moment(nanoseconds: .max / 2)) }
        #expect(world.status(.b, 0) == .copying)
        #expect(world.status(.b, 1) == .suspended(.byFault))
        world.connect()
        world.runDry()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// Tracks that it acknowledged may have gone with the page cache; going on with the rest would not copy them again.
    @Test func aCopyDoesNotGoOnAfterACrashOfTheSecondarysMachine() {
        var world = World.paired(.asynchronous, volumes: [80])
        world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        world.write(.a, first: 0, count: 60)
        world.ask(.a, .resynchronise(pairs: [0], fence: nil))
        world.deliver(to: .b, times: 1)
        #expect(world.status(.b) == .copying)
        world.crash(.b)
        world.restart(.b)
        world.tell(.b) { $0.distrust() }
        #expect(world.status(.b) == .suspended(.byFault))
        world.connect()
        world.runDry()
        #expect(world.status(.a)?.isSuspended == true)
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The copy joins the stream of the group's other pair; before the secondary is ready for it, that stream fails.
    @Test(arguments: ReplicationMode.allCases)
    func aCopyDoesNotJoinAStreamThatWasGivenUp(mode: ReplicationMode) {
        var world = World.paired(mode, volumes: [24, 24])
        world.ask(.a, .split(pairs: [1], secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        world[.b].failsNextApply = true
        world.write(.a, volume: 0, first: 3)
        _ = world.pump(.a)
        world.deliver(to: .b, times: 1)
        let copy = world.ask(.a, .resynchronise(pairs: [1], fence: nil))
        world.runDry()
        #expect(world.refusal(copy) == .wrongStatus)
        for side in Side.allCases {
            #expect(world.status(side, 0) == .suspended(.byFault))
            #expect(world.status(side, 1)?.isSuspended == true)
        }
        world.checkPeace()
        world.bringHome()
        #expect(world.violation == nil)
    }
}
