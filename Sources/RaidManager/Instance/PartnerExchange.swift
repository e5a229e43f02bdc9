// The rules of the exchange with a partner, without sockets. One value for each direction: requests that are answered,
// and a request that is asked.
//
// Kept true: a request is carried out at most once, however often its datagram arrives; a datagram that is too old, or
// meant for another life of this instance, changes nothing.

package import ReplicationCore

/// How the exchange waits.
package struct ExchangeTimers: Sendable {
    /// Between two sendings of an unanswered request.
    package var retransmission: Span = .milliseconds(200)
    /// Silence after which the partner counts as dead.
    package var silence: Span
    /// How far two wall clocks may differ, or a datagram may be late.
    package static let freshnessMilliseconds: UInt64 = 120_000
    /// A reply is kept this long for a requester that missed it.
    static let replyKept: Span = .seconds(30)
    /// An identifier is kept for longer than its datagram can count as fresh.
    static let identifierKept: Span = .seconds(300)
    /// More requests at a time are not begun: they are sent again.
    static let workMaximum = 64

    /// - Parameter timeout: that of HORCM_MON, on a bench clock `rate` times as fast; at least 300 ms.
    package init(timeout: Span, clockRate rate: UInt32) {
        silence = max(.milliseconds(300), timeout.shortened(by: rate))
    }
}

/// The side that answers.
package struct PartnerResponder: Sendable {
    package enum Step: Hashable, Sendable {
        case ignore
        case send(PartnerDatagram)
        /// Carry it out, then call `finish`.
        case work(PartnerDatagram.Identifier, [UInt8])
    }

    private enum Progress {
        case working
        case answered([UInt8])
        /// The reply is gone; the identifier stays known.
        case closed
    }

    private struct Entry {
        var identifier: PartnerDatagram.Identifier
        var progress: Progress
        var since: Moment
    }

    private let life: UInt64
    private var entries: [PartnerDatagram.Identifier: Entry] = [:]
    /// In the order of their arrival, for forgetting.
    private var order: [PartnerDatagram.Identifier] = []
    private var working = 0

    package init(life: UInt64) { self.life = life }

    package mutating func receive(_ datagram: PartnerDatagram, now: Moment, wallMilliseconds: UInt64) -> Step {
        forget(before: now)
        guard datagram.kind == .request, datagram.isFresh(at: wallMilliseconds) else { return .ignore }
        guard datagram.receiverLife == life else {
            var w = WireWriter()
            w.write(life)
            return .send(datagram.answer(.introduction, w.bytes, wallMilliseconds))
        }
        switch entries[datagram.identifier]?.progress {
        case .working: return .send(datagram.answer(.working, [], wallMilliseconds))
        case .answered(let reply): return .send(datagram.answer(.reply, reply, wallMilliseconds))
        case .closed: return .ignore
        case nil:
            guard working < ExchangeTimers.workMaximum else { return .ignore }
            working += 1
            entries[datagram.identifier] = Entry(identifier: datagram.identifier, progress: .working, since: now)
            order.append(datagram.identifier)
            return .work(datagram.identifier, datagram.payload)
        }
    }

    package mutating func finish(
        _ identifier: PartnerDatagram.Identifier, reply: [UInt8], now: Moment, wallMilliseconds: UInt64
    ) -> PartnerDatagram {
        working -= 1
        entries[identifier] = Entry(identifier: identifier, progress: .answered(reply), since: now)
        return PartnerDatagram(
            kind: .reply, identifier: identifier, receiverLife: identifier.life, wallMilliseconds: wallMilliseconds,
            payload: reply)
    }

    private mutating func forget(before now: Moment) {
        order.removeAll { identifier in
            guard let entry = entries[identifier] else { return true }
            let age = now.since(entry.since)
            switch entry.progress {
            case .working: return false
            case .answered where age > ExchangeTimers.replyKept: entries[identifier]?.progress = .closed
            case .answered, .closed: break
            }
            guard age > ExchangeTimers.identifierKept else { return false }
            entries[identifier] = nil
            return true
        }
    }
}

/// The side that asks: one value for each request.
package struct PartnerRequest: Sendable {
    package enum State: Hashable, Sendable {
        case waiting
        case answered([UInt8])
    }

    package let identifier: PartnerDatagram.Identifier
    package private(set) var state = State.waiting
    /// The life of the partner as far as it is known; it is worth keeping for the next request.
    package private(set) var partnerLife: UInt64
    private let payload: [UInt8]
    private let timers: ExchangeTimers
    private var nextSending: Moment
    private var deadline: Moment

    package init(
        _ identifier: PartnerDatagram.Identifier, payload: [UInt8], partnerLife: UInt64, timers: ExchangeTimers,
        now: Moment
    ) {
        self.identifier = identifier
        self.payload = payload
        self.partnerLife = partnerLife
        self.timers = timers
        nextSending = now
        deadline = now + timers.silence
    }

    package func hasTimedOut(at now: Moment) -> Bool { state == .waiting && now >= deadline }
    /// When to look again.
    package var nextMoment: Moment { min(nextSending, deadline) }

    /// The datagram to send now, if it is time.
    package mutating func sending(at now: Moment, wallMilliseconds: UInt64) -> PartnerDatagram? {
        guard state == .waiting, now >= nextSending else { return nil }
        nextSending = now + timers.retransmission
        return PartnerDatagram(
            kind: .request, identifier: identifier, receiverLife: partnerLife, wallMilliseconds: wallMilliseconds,
            payload: payload)
    }

    package mutating func receive(_ datagram: PartnerDatagram, now: Moment, wallMilliseconds: UInt64) {
        guard state == .waiting, datagram.identifier == identifier, datagram.receiverLife == identifier.life,
            datagram.isFresh(at: wallMilliseconds)
        else { return }
        switch datagram.kind {
        case .request: return
        case .introduction:
            var r = WireReader(datagram.payload)
            guard let life = try? r.read(UInt64.self), life != partnerLife else { return }
            partnerLife = life
            nextSending = now
        case .working: deadline = now + timers.silence
        case .reply: state = .answered(datagram.payload)
        }
    }
}

extension PartnerDatagram {
    func isFresh(at wall: UInt64) -> Bool {
        let distance = wall > wallMilliseconds ? wall - wallMilliseconds : wallMilliseconds - wall
        return distance <= ExchangeTimers.freshnessMilliseconds
    }

    func answer(_ kind: Kind, _ payload: [UInt8], _ wall: UInt64) -> PartnerDatagram {
        PartnerDatagram(
            kind: kind, identifier: identifier, receiverLife: identifier.life, wallMilliseconds: wall, payload: payload)
    }
}
