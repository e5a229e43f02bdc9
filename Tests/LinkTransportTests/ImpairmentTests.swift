// Does each impairment do what it says, in its own direction only, and does the link come back?

import LinkTransport
import Platform
import ReplicationCore
import Testing

@Suite(.serialized) struct ImpairmentTests {
    private static func frame(_ number: UInt64) -> FrameHeader {
        FrameHeader(kind: .control, sequence: SequenceNumber(number))
    }

    @Test(arguments: Medium.allCases, [true, false])
    func aCutResetsAndHealingConnectsAgain(medium: Medium, atConnectingSide: Bool) throws {
        let pair = try LinkPair(medium)
        let (cutting, other) = atConnectingSide ? (pair.a, pair.b) : (pair.b, pair.a)
        let (seenByCutting, seenByOther) =
            atConnectingSide ? (pair.seenByA, pair.seenByB) : (pair.seenByB, pair.seenByA)
        cutting.impairment = Impairment(isCut: true)
        #expect(seenByCutting.sees { $0.losses == [.cut] })
        #expect(seenByOther.sees { $0.losses == [.closedByPeer] })
        #expect(!cutting.isUp && !other.isUp)
        #expect(!cutting.enqueue(frame: Self.frame(1)))
        sleepNanoseconds(400_000_000)
        #expect(seenByOther.notes.withLock { $0.ups } == 1, "none is established while the link is cut")
        cutting.impairment = .none
        #expect(seenByCutting.sees { $0.ups == 2 } && seenByOther.sees { $0.ups == 2 })
        #expect(other.enqueue(frame: Self.frame(5)))
        other.flush()
        #expect(seenByCutting.sees { $0.frames.map(\.sequence.value) == [5] })
        pair.stop()
    }

    @Test(arguments: Medium.allCases) func aBlackHoleTakesOneDirectionOnly(medium: Medium) throws {
        let pair = try LinkPair(medium, timers: timers(timeout: .milliseconds(1200), interval: .milliseconds(100)))
        pair.a.impairment = Impairment(isBlackHole: true)
        #expect(pair.a.enqueue(frame: Self.frame(1)))
        pair.a.flush()
        #expect(pair.b.enqueue(frame: Self.frame(2)))
        pair.b.flush()
        #expect(pair.seenByA.sees { $0.frames.map(\.sequence.value) == [2] }, "the other direction goes on")
        let isSilent = pair.seenByB.sees { $0.losses.count == 1 }
        #expect(isSilent)
        #expect(pair.seenByB.notes.withLock { $0.losses } == [.silent(.milliseconds(1200))])
        // B's end of the connection reaches A: that direction is whole.
        #expect(pair.seenByA.sees { $0.losses == [.closedByPeer] })
        #expect(pair.seenByB.sequences.isEmpty)
        pair.a.impairment = .none
        #expect(pair.seenByA.sees { $0.ups == 2 } && pair.seenByB.sees { $0.ups == 2 })
        #expect(pair.seenByB.sequences.isEmpty, "what was queued on the lost connection is gone with it")
        pair.stop()
    }

    @Test(arguments: Medium.allCases) func twoBlackHolesAreSilenceOnBothSides(medium: Medium) throws {
        let pair = try LinkPair(medium, timers: timers(timeout: .milliseconds(1000), interval: .milliseconds(100)))
        pair.a.impairment = Impairment(isBlackHole: true)
        pair.b.impairment = Impairment(isBlackHole: true)
        #expect(pair.seenByA.sees { $0.losses == [.silent(.milliseconds(1000))] })
        #expect(pair.seenByB.sees { $0.losses == [.silent(.milliseconds(1000))] })
        pair.a.impairment = .none
        sleepNanoseconds(300_000_000)
        #expect(!pair.a.isUp, "one direction is still a black hole")
        pair.b.impairment = .none
        #expect(pair.seenByA.sees { $0.ups == 2 } && pair.seenByB.sees { $0.ups == 2 })
        pair.stop()
    }

    @Test(arguments: Medium.allCases) func aBlackHoleHealedInTimeLosesNothing(medium: Medium) throws {
        let pair = try LinkPair(medium, timers: timers(timeout: .seconds(20)))
        pair.a.impairment = Impairment(isBlackHole: true)
        for number in UInt64(1)...100 {
            #expect(pair.a.enqueue(frame: Self.frame(number)))
            pair.a.flush()
        }
        sleepNanoseconds(300_000_000)
        #expect(pair.seenByB.sequences.isEmpty)
        pair.a.impairment = .none
        #expect(pair.seenByB.sees { $0.frames.count == 100 })
        #expect(pair.seenByB.sequences == Array(1...100))
        #expect(pair.seenByA.notes.withLock { $0.losses }.isEmpty)
        pair.stop()
    }

    @Test(arguments: Medium.allCases) func latencyHoldsBackOneDirection(medium: Medium) throws {
        let pair = try LinkPair(medium)
        pair.a.impairment = Impairment(latency: .milliseconds(300))
        let start = monotonicNanoseconds()
        #expect(pair.a.enqueue(frame: Self.frame(1)))
        pair.a.flush()
        #expect(pair.seenByB.sees { $0.frames.count == 1 })
        #expect(monotonicNanoseconds() - start >= 300_000_000, "never earlier than its latency")
        // A frame that waits for a long latency goes when the latency is taken away.
        pair.a.impairment = Impairment(latency: .seconds(1000))
        #expect(pair.a.enqueue(frame: Self.frame(2)))
        pair.a.flush()
        pair.a.impairment = .none
        #expect(pair.seenByB.sees { $0.frames.count == 2 })
        pair.stop()
    }

    @Test(arguments: [1_250_000, 12_500_000, 125_000_000] as [UInt64])
    func theBandwidthIsUsedAndKept(rate: UInt64) throws {
        let pair = try LinkPair(.unix)
        pair.a.impairment = Impairment(bytesPerSecond: rate)
        let size = 8192 + FrameHeader.byteCount
        let count = Int(rate) / size
        let span = TestSpan(1, payload: 8192)
        let start = monotonicNanoseconds()
        for _ in 0..<count { unsafe pair.a.enqueue(span: span.span) }
        pair.a.flush()
        #expect(pair.seenByB.sees(seconds: 60) { $0.frames.count == count })
        let seconds = Double(monotonicNanoseconds() - start) / 1e9
        let share = Double(count * size) / seconds / Double(rate)
        print("bandwidth \(rate * 8 / 1_000_000) Mbit/s: used share \(share)")
        #expect(share > 0.5 && share < 1.1)
        pair.stop()
        span.deallocate()
    }

    @Test(arguments: Medium.allCases) func aQuietLinkLivesOnItsHeartbeats(medium: Medium) throws {
        let pair = try LinkPair(medium, timers: timers(timeout: .milliseconds(1000), interval: .milliseconds(100)))
        sleepNanoseconds(2_500_000_000)
        #expect(pair.seenByA.notes.withLock { $0.losses }.isEmpty && pair.seenByB.notes.withLock { $0.losses }.isEmpty)
        #expect(pair.a.statistics.heartbeatsSent > 5 && pair.a.statistics.heartbeatsReceived > 5)
        #expect(pair.seenByA.sequences.isEmpty, "heartbeats are the link's own")
        pair.stop()
    }

    /// After `linkIsDown` the memory is the owner's again: what is written there must not leave any more.
    @Test(arguments: Medium.allCases) func spansAreLeftAloneOnceTheLinkIsDown(medium: Medium) throws {
        let pair = try LinkPair(medium)
        let spans = (0..<64).map { TestSpan(UInt64($0) + 1, payload: 200_000) }
        for round in 1...12 {
            #expect(pair.seenByA.sees { $0.ups == round } && pair.seenByB.sees { $0.ups == round })
            for (index, span) in spans.enumerated() { span.write(UInt64(index) + 1) }
            for span in spans { unsafe pair.a.enqueue(span: span.span) }
            if round % 2 == 0 { pair.a.flush() } else { NamedThread("flush") { [a = pair.a] in a.flush() }.join() }
            pair.b.impairment = Impairment(isCut: true)
            #expect(pair.seenByA.sees { $0.losses.count == round })
            for span in spans { span.scribble() }
            pair.b.impairment = .none
        }
        #expect(pair.seenByA.sees { $0.ups == 13 } && pair.seenByB.sees { $0.ups == 13 })
        for loss in pair.seenByB.notes.withLock({ $0.losses }) { #expect(loss == .cut) }
        pair.stop()
        for span in spans { span.deallocate() }
    }

    /// Heartbeats gather behind frames that wait for a slow link, and follow them closely: they are not what the receiver
    /// looks for, and must not let it forget what it owes.
    @Test func theEndOfARowIsSeenAlsoAmongHeartbeats() throws {
        let pair = try LinkPair(.unix, timers: timers(interval: .milliseconds(2)))
        defer { pair.stop() }
        pair.a.impairment = Impairment(bytesPerSecond: 4_000_000)
        let payload = [UInt8](repeating: 7, count: 20_000)
        for round in 1...30 {
            for number in 1...6 {
                let sequence = SequenceNumber(UInt64(6 * (round - 1) + number))
                pair.a.enqueue(
                    frame: FrameHeader(kind: .write, group: GroupIdentifier(1), epoch: Epoch(1), sequence: sequence),
                    payload: payload)
            }
            pair.a.flush()
            #expect(pair.seenByB.sees(seconds: 5) { $0.frames.count == 6 * round && $0.quietAfter == 6 * round })
        }
    }
}
