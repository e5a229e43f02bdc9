// What does a host hear, and what do both sides show, when a write cannot be made on both?
// - Source: RAID Manager reference, section 5.3.

internal import ReplicationCore
internal import Simulator
import Testing

struct FenceTests {
    /// Where the write is when the link or the other array is lost.
    enum Loss: CaseIterable, Sendable {
        case linkBeforeTheWrite, linkAfterSending, farCrashBeforeTheWrite, farCrashAfterSending
        case blackHoleTowardsTheSecondary, blackHoleTowardsThePrimary
    }

    private func lose(_ loss: Loss, during write: (inout World) -> Int, _ world: inout World) -> Int {
        switch loss {
        case .linkBeforeTheWrite, .farCrashBeforeTheWrite:
            if loss == .farCrashBeforeTheWrite { world.crash(.b) }
            world.loseLink()
            return write(&world)
        case .linkAfterSending, .farCrashAfterSending:
            let number = write(&world)
            _ = world.pump(.a)
            if loss == .farCrashAfterSending { world.crash(.b) }
            world.loseLink()
            return number
        case .blackHoleTowardsTheSecondary, .blackHoleTowardsThePrimary:
            world.swallow(towards: loss == .blackHoleTowardsThePrimary ? .a : .b)
            let number = write(&world)
            world.runDry()
            #expect(world[.a].machine?.isSynchronous == false || world.answers[number] == .some(nil))
            world.loseLink()
            return number
        }
    }

    /// The secondary could not be told: only NEVER and the asynchronous mode let the host go on.
    @Test(arguments: ReplicationMode.allCases, Loss.allCases)
    func aWriteThatCannotBeDelivered(mode: ReplicationMode, loss: Loss) {
        var world = World.paired(mode)
        let number = lose(loss, during: { $0.write(.a, first: 5, count: 3) }, &world)
        let goesOn = mode == .asynchronous || mode == .synchronous(.never)
        #expect(world.answers[number] == goesOn)
        #expect(world.status(.a) == (mode == .asynchronous ? .paired : .suspended(.byFault)))
        #expect(world[.a].machine?.access(of: 0) == (goesOn ? .readWrite : .readOnly))
        let next = world.write(.a, first: 9)
        #expect(world.answers[next] == goesOn)
        if world[.b].isUp {
            #expect(world.status(.b) == .paired)
            #expect(world[.b].machine?.access(of: 0) == .readOnly)
        }
        if !goesOn {
            world.ask(.a, .lowerFence(pairs: [0]))
            let lowered = world.write(.a, first: 9)
            #expect(world.answers[lowered] == true)
            #expect(world.status(.a) == .suspended(.byFault))
        }
        world.heal()
        // Nothing comes back by itself except a stream that was only interrupted.
        #expect(world.status(.a) == (mode == .asynchronous ? .paired : .suspended(.byFault)))
        #expect(world.status(.b) == world.status(.a))
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The secondary can be told: STATUS lets the host go on too.
    @Test(arguments: ReplicationMode.allCases)
    func aWriteThatTheSecondaryCannotApply(mode: ReplicationMode) {
        var world = World.paired(mode)
        world[.b].failsNextApply = true
        let number = world.write(.a, first: 5)
        world.runDry()
        #expect(world.answers[number] == (mode != .synchronous(.data)))
        for side in Side.allCases { #expect(world.status(side) == .suspended(.byFault)) }
        #expect(world[.a].machine?.record.pairs[0].isFenced == (mode == .synchronous(.data)))
        world.bringHome()
        #expect(world.violation == nil)
    }

    @Test(arguments: ReplicationMode.allCases)
    func aWriteThatFailsLocallyFails(mode: ReplicationMode) {
        var world = World.paired(mode)
        let number = world.write(.a, first: 5, fails: true)
        world.runDry()
        #expect(world.answers[number] == false)
        #expect(world.status(.a) == .suspended(.byFault))
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// A synchronous pair notices a dead link at the next write, not before.
    @Test(arguments: FencePolicy.allCases)
    func aQuietSynchronousPairOutlivesALostLink(fence: FencePolicy) {
        var world = World.paired(.synchronous(fence))
        let number = world.write(.a, first: 5)
        world.runDry()
        #expect(world.answers[number] == true)
        world.loseLink()
        world.pass(.seconds(3600))
        #expect(world.status(.a) == .paired && world.status(.b) == .paired)
        world.heal()
        #expect(world.status(.a) == .paired && world.status(.b) == .paired)
        world.checkPeace()
        #expect(world.violation == nil)
    }

    /// An asynchronous pair suspends when its timer expires, without a write, on both sides.
    @Test func anAsynchronousPairSuspendsAtTheLinkTimeout() {
        var world = World.paired(.asynchronous)
        world.loseLink()
        world.pass(.seconds(299))
        #expect(world.status(.a) == .paired && world.status(.b) == .paired)
        world.pass(.seconds(1))
        #expect(world.status(.a) == .suspended(.byFault) && world.status(.b) == .suspended(.byFault))
        let number = world.write(.a, first: 5)
        #expect(world.answers[number] == true)
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }

    @Test func aFullSideFileDelaysThenMarksThenIsResynchronised() {
        var world = World.paired(.asynchronous, volumes: [120])
        for index in 0..<15 { world.write(.a, first: 4 * index) }
        let waiting = world.write(.a, first: 100)
        #expect(world.answers[waiting] == .some(nil))
        world.pass(.seconds(89))
        #expect(world.status(.a) == .paired)
        world.pass(.seconds(1))
        world.runDry()
        #expect(world.answers[waiting] == true)
        #expect(world.status(.a) == .suspended(.sideFileFull) && world.status(.b) == .suspended(.sideFileFull))
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// The primary dies with a write in flight, at each step of it.
    @Test(arguments: ReplicationMode.allCases, 0..<12)
    func aPrimaryThatDiesKnowsWhatWasUnderWay(mode: ReplicationMode, after steps: Int) {
        var world = World.paired(mode)
        world.plannedFault = .crashA
        world.faultCountdown = steps
        world.startWrite(.a, first: 5, count: 6)
        world.runDry()
        guard !world[.a].isUp else { return }
        world.restart(.a)
        world.check()
        if world.status(.a)?.isSuspended == true, mode == .synchronous(.data) || mode == .synchronous(.status) {
            #expect(world[.a].machine?.access(of: 0) == .readOnly)
        }
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// A second failure during a copy leaves a secondary that nobody may take over.
    @Test(arguments: ReplicationMode.allCases)
    func aSecondaryInTheMiddleOfACopyIsRefused(mode: ReplicationMode) {
        var world = World.paired(mode)
        world.ask(.a, .split(pairs: [0], secondaryWritable: false, protectsPrimary: false))
        world.runDry()
        for block in 0..<24 { world.write(.a, first: block) }
        world.ask(.a, .resynchronise(pairs: [0], fence: nil))
        world.deliver(to: .b, times: 1)
        world.deliver(to: .a, times: 1)
        for _ in 0..<3 { _ = world.advanceCopy(.a) }
        _ = world.pump(.a)
        world.deliver(to: .b, times: 1)
        world.loseLink()
        let takeover = world.ask(.b, .takeOver)
        let swap = world.ask(.b, .swap)
        world.crash(.b)
        world.restart(.b)
        let again = world.ask(.b, .takeOver)
        for request in [takeover, swap, again] { #expect(world.refusal(request) == .secondaryUnusable) }
        world.heal()
        world.bringHome()
        #expect(world.violation == nil)
    }

    /// Both sides go on after a takeover; the swap brings the union of their changes together.
    @Test(arguments: ReplicationMode.allCases)
    func aTakeoverDrainsAndASwapBringsTheRolesHome(mode: ReplicationMode) {
        var world = World.paired(mode)
        let last = world.write(.a, first: 3)
        let takeover = world.ask(.b, .takeOver)
        world.runDry()
        #expect(world.answers[last] == true && world.hasEnded(takeover))
        #expect(world.volume(.b, 0)[3] == world.volume(.a, 0)[3])
        world.write(.a, first: 7)
        world.write(.b, first: 15)
        world.ask(.b, .swap)
        world.runDry()
        #expect(world[.b].machine?.role == .primary && world.status(.b) == .paired)
        #expect(world.volume(.a, 0) == world.volume(.b, 0))
        world.ask(.a, .swap)
        world.runDry()
        #expect(world[.a].machine?.role == .primary && world.status(.a) == .paired)
        world.checkPeace()
        #expect(world.violation == nil)
    }
}
