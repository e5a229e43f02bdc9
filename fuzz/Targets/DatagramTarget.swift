// What strangers and damaged networks send to the port of an instance, as it is behind the check of the key. An input is a
// sequence of datagrams, each a kind and what follows the eight bytes of magic, version and kind; they arrive 100 ms apart.

internal import RaidManager
internal import ReplicationCore

extension FuzzTarget {
    /// A request is carried out once, and only if it is meant for this life of the instance and fresh; a datagram that is
    /// read is written the same.
    static let datagram = FuzzTarget(
        "datagram", "datagrams between instances", seeds: { DatagramRun.seeds },
        fault: { bytes in
            var run = DatagramRun()
            for piece in FuzzPieces(bytes[...]) {
                if let fault = run.take(piece) { return fault }
            }
            return nil
        })
}

private struct DatagramRun {
    private static let life: UInt64 = 7
    private static let wall: UInt64 = 1_700_000_000_000
    private static let identifier = PartnerDatagram.Identifier(life: 3, counter: 1)

    private var responder = PartnerResponder(life: life)
    private var request = PartnerRequest(
        identifier, payload: [1], partnerLife: life, timers: ExchangeTimers(timeout: .seconds(3), clockRate: 1),
        now: Moment(nanoseconds: 0))
    private var worked: Set<PartnerDatagram.Identifier> = []
    private var moment: UInt64 = 0

    mutating func take(_ piece: [UInt8]) -> String? {
        guard let kind = piece.first else { return nil }
        moment += 100_000_000
        var w = WireWriter()
        w.write(UInt32(0x504D_5248))
        w.write(UInt16(1))
        w.write(raw: [kind, 0] + piece.dropFirst())
        guard let datagram = try? PartnerDatagram(decoding: w.bytes) else { return nil }
        guard datagram.encoded() == w.bytes else { return "\(datagram) is not written as it was read" }
        return answer(datagram) ?? hear(datagram)
    }

    private mutating func answer(_ datagram: PartnerDatagram) -> String? {
        let now = Moment(nanoseconds: moment)
        switch responder.receive(datagram, now: now, wallMilliseconds: Self.wall) {
        case .ignore, .send: return nil
        case .work(let identifier, let payload):
            let distance = max(datagram.wallMilliseconds, Self.wall) - min(datagram.wallMilliseconds, Self.wall)
            guard datagram.kind == .request, datagram.receiverLife == Self.life, identifier == datagram.identifier,
                payload == datagram.payload, distance <= ExchangeTimers.freshnessMilliseconds
            else { return "\(datagram) was carried out" }
            guard worked.insert(identifier).inserted else { return "\(identifier) was carried out twice" }
            // Every second one ends at once.
            if identifier.counter % 2 == 0 {
                _ = responder.finish(identifier, reply: payload, now: now, wallMilliseconds: Self.wall)
            }
            return nil
        }
    }

    private mutating func hear(_ datagram: PartnerDatagram) -> String? {
        let before = request.state
        request.receive(datagram, now: Moment(nanoseconds: moment), wallMilliseconds: Self.wall)
        guard request.state != before else { return nil }
        let isMeant =
            datagram.kind == .reply && datagram.identifier == Self.identifier
            && datagram.receiverLife == Self.identifier.life
        return isMeant && before == .waiting ? nil : "\(datagram) was taken for an answer"
    }

    static var seeds: [FuzzSeed] {
        let bodies = FuzzMessages.instanceRequests.prefix(3).map { $0.encoded() }
        let requests = bodies.enumerated().map { index, body in
            piece(.request, PartnerDatagram.Identifier(life: 9, counter: UInt64(index)), to: life, body)
        }
        let reply = piece(.reply, identifier, to: identifier.life, InstanceRequest.information.encoded())
        let others = PartnerDatagram.Kind.allCases.map {
            piece($0, identifier, to: identifier.life, [0, 1, 2, 3, 4, 5, 6, 7])
        }
        return [
            FuzzSeed("requests", FuzzPieces.joined(requests)), FuzzSeed("reply", FuzzPieces.joined([reply, reply])),
            FuzzSeed("twice", FuzzPieces.joined(requests + requests)), FuzzSeed("kinds", FuzzPieces.joined(others)),
            FuzzSeed("other-life", FuzzPieces.joined([piece(.request, identifier, to: 1, [])])),
        ]
    }

    private static func piece(
        _ kind: PartnerDatagram.Kind, _ identifier: PartnerDatagram.Identifier, to life: UInt64, _ payload: [UInt8]
    ) -> [UInt8] {
        let datagram = PartnerDatagram(
            kind: kind, identifier: identifier, receiverLife: life, wallMilliseconds: wall, payload: payload)
        return [kind.rawValue] + datagram.encoded().dropFirst(8)
    }
}
