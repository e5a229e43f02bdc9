// Does everything that was queued arrive, once, in the order in which it was queued, whatever the link is like?

import LinkTransport
import Platform
import ReplicationCore
import Testing

@Suite(.serialized) struct OrderTests {
    enum Weather: CaseIterable, Sendable {
        case fine, late, slow
        var impairment: Impairment {
            switch self {
            case .fine: .none
            case .late: Impairment(latency: .milliseconds(3), jitter: .milliseconds(5))
            case .slow: Impairment(latency: .milliseconds(1), bytesPerSecond: 20_000_000)
            }
        }
    }

    @Test(arguments: Medium.allCases, Weather.allCases)
    func eightThreadsKeepOneOrder(medium: Medium, weather: Weather) throws {
        let pair = try LinkPair(medium)
        pair.a.impairment = weather.impairment
        let perThread = weather == .fine ? 2000 : 200
        let next = Monitor(UInt64(0))
        let spans = (0..<8 * perThread).map { TestSpan(UInt64($0) + 1, payload: $0 % 7 == 0 ? 20_000 : 100) }
        let link = pair.a
        let threads = (0..<8).map { index in
            NamedThread("writer \(index)") {
                for round in 0..<perThread {
                    next.withLock { number in
                        // Spans and owned frames mixed, in one order.
                        if number % 5 == 0 {
                            link.enqueue(
                                frame: FrameHeader(kind: .control, sequence: SequenceNumber(number + 1)),
                                payload: [UInt8](repeating: 7, count: Int(number % 3) * 9000))
                        } else {
                            unsafe link.enqueue(span: spans[Int(number)].span)
                        }
                        number += 1
                    }
                    if round % 3 != 1 { link.flush() }
                }
                link.flush()
            }
        }
        for thread in threads { thread.join() }
        let count = spans.count
        #expect(pair.seenByB.sees(seconds: 60) { $0.frames.count >= count })
        #expect(pair.seenByB.sequences == Array(1...UInt64(count)))
        pair.stop()
        for span in spans { span.deallocate() }
    }

    @Test(arguments: Medium.allCases) func theLargestFramesPass(medium: Medium) throws {
        let pair = try LinkPair(medium)
        let sizes = [0, 1, FrameHeader.largestPayload, 5, FrameHeader.largestPayload - 1, FrameHeader.largestPayload]
        let spans = sizes.enumerated().map { TestSpan(UInt64($0.offset) + 1, payload: $0.element) }
        for span in spans {
            unsafe #expect(pair.a.enqueue(span: span.span))
            pair.a.flush()
        }
        #expect(pair.seenByB.sees { $0.frames.count == sizes.count })
        #expect(pair.seenByB.notes.withLock { $0.frames.map { Int($0.payloadBytes) } } == sizes)
        pair.stop()
        for span in spans { span.deallocate() }
    }

    /// Jitter changes while frames are on their way: none overtakes another.
    @Test func changingTheLatencyKeepsTheOrder() throws {
        let pair = try LinkPair(.unix)
        for number in UInt64(1)...600 {
            if number % 50 == 0 {
                pair.a.impairment = Impairment(
                    latency: .milliseconds(number % 100 == 0 ? 30 : 0),
                    jitter: .milliseconds(number % 150 == 0 ? 10 : 0))
            }
            #expect(pair.a.enqueue(frame: FrameHeader(kind: .control, sequence: SequenceNumber(number))))
            pair.a.flush()
        }
        #expect(pair.seenByB.sees { $0.frames.count == 600 })
        #expect(pair.seenByB.sequences == Array(1...600))
        pair.stop()
    }
}
