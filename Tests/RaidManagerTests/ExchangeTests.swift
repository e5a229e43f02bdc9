// Is a partner's request carried out exactly once, however its datagrams are lost, doubled, delayed or replayed?

import RaidManager
import ReplicationCore
import Testing

@Suite struct Exchange {
    private let timers = ExchangeTimers(timeout: .seconds(30), clockRate: 1)
    private let wall: UInt64 = 1_700_000_000_000
    private func at(_ milliseconds: UInt64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }

    private func request(life: UInt64 = 0) -> PartnerRequest {
        PartnerRequest(.init(life: 11, counter: 1), payload: [1, 2], partnerLife: life, timers: timers, now: at(0))
    }

    @Test func aStrangerIsIntroducedFirst() throws {
        var responder = PartnerResponder(life: 77)
        var request = request()
        let firstSent = request.sending(at: at(0), wallMilliseconds: wall)
        let first = try #require(firstSent)
        guard case .send(let introduction) = responder.receive(first, now: at(0), wallMilliseconds: wall) else {
            Issue.record("no introduction")
            return
        }
        request.receive(introduction, now: at(1), wallMilliseconds: wall)
        #expect(request.partnerLife == 77)
        let secondSent = request.sending(at: at(1), wallMilliseconds: wall)
        let second = try #require(secondSent)
        #expect(responder.receive(second, now: at(1), wallMilliseconds: wall) == .work(request.identifier, [1, 2]))
        let reply = responder.finish(request.identifier, reply: [5], now: at(2), wallMilliseconds: wall)
        request.receive(reply, now: at(3), wallMilliseconds: wall)
        #expect(request.state == .answered([5]))
    }

    @Test func repeatedDatagramsAreAnsweredButNotRepeated() throws {
        var responder = PartnerResponder(life: 77)
        var request = request(life: 77)
        let sent = request.sending(at: at(0), wallMilliseconds: wall)
        let datagram = try #require(sent)
        #expect(responder.receive(datagram, now: at(0), wallMilliseconds: wall) == .work(request.identifier, [1, 2]))
        for moment in [200, 400, 90_000] as [UInt64] {
            guard case .send(let working) = responder.receive(datagram, now: at(moment), wallMilliseconds: wall) else {
                Issue.record("not told that it works")
                return
            }
            #expect(working.kind == .working)
        }
        _ = responder.finish(request.identifier, reply: [5], now: at(90_000), wallMilliseconds: wall)
        guard case .send(let again) = responder.receive(datagram, now: at(90_100), wallMilliseconds: wall) else {
            Issue.record("the reply is not sent again")
            return
        }
        #expect(again.kind == .reply && again.payload == [5])
        // The reply is forgotten, the identifier is not.
        #expect(responder.receive(datagram, now: at(150_000), wallMilliseconds: wall) == .ignore)
    }

    @Test func oldAndForeignDatagramsChangeNothing() throws {
        var responder = PartnerResponder(life: 77)
        var request = request(life: 77)
        let sent = request.sending(at: at(0), wallMilliseconds: wall)
        let datagram = try #require(sent)
        for late in [wall + 120_001, wall - 120_001] {
            #expect(responder.receive(datagram, now: at(0), wallMilliseconds: late) == .ignore)
        }
        var restarted = PartnerResponder(life: 78)
        guard case .send(let answer) = restarted.receive(datagram, now: at(0), wallMilliseconds: wall) else {
            Issue.record("no introduction")
            return
        }
        #expect(answer.kind == .introduction)
        var reply = responder.receive(datagram, now: at(0), wallMilliseconds: wall)
        #expect(reply == .work(request.identifier, [1, 2]))
        for kind in PartnerDatagram.Kind.allCases where kind != .request {
            var other = datagram
            other.kind = kind
            reply = responder.receive(other, now: at(0), wallMilliseconds: wall)
            #expect(reply == .ignore)
        }
    }

    @Test func silenceEndsTheWaitAndWorkProlongsIt() throws {
        var request = request(life: 77)
        var sendings = 0
        for moment in stride(from: 0 as UInt64, to: 30_000, by: 50) {
            if request.sending(at: at(moment), wallMilliseconds: wall) != nil { sendings += 1 }
            #expect(!request.hasTimedOut(at: at(moment)))
        }
        #expect(sendings == 150)
        #expect(request.hasTimedOut(at: at(30_000)))
        let working = PartnerDatagram(
            kind: .working, identifier: request.identifier, receiverLife: 11, wallMilliseconds: wall)
        request.receive(working, now: at(29_000), wallMilliseconds: wall)
        #expect(!request.hasTimedOut(at: at(58_000)) && request.hasTimedOut(at: at(59_000)))
    }

    @Test func timersFollowTheBenchsClockDownToALimit() {
        #expect(ExchangeTimers(timeout: .seconds(30), clockRate: 60).silence == .milliseconds(500))
        #expect(ExchangeTimers(timeout: .seconds(30), clockRate: 1000).silence == .milliseconds(300))
    }
}
