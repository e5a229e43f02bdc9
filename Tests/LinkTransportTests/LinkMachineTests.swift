// Does the handshake keep its order, and refuse everything else, in every phase?

import ReplicationCore
import Testing

struct LinkMachineTests {
    typealias Order = LinkMachine.Order

    /// Everything that can happen to a connection.
    private enum Event: CaseIterable {
        case goodHello, otherVersion, otherSerial, otherWish, proof, refusal, nonsense, foreignVersion, early, late,
            lost
    }

    private static let zero = Moment(nanoseconds: 0)
    private static func machine(_ role: LinkMachine.Role) -> LinkMachine {
        LinkMachine(
            role: role, localSerial: ArraySerial(1), remoteSerial: ArraySerial(2), handshakeLimit: .seconds(5),
            silenceLimit: .seconds(3))
    }
    private static func hello(
        version: UInt16 = LinkHello.currentVersion, serial: UInt64 = 2, wants: UInt64 = 1
    ) -> LinkHello {
        LinkHello(
            version: version, serial: ArraySerial(serial), expectedSerial: ArraySerial(wants),
            nonce: [UInt8](repeating: 0, count: 32))
    }

    private static func apply(_ event: Event, to machine: inout LinkMachine) -> [Order] {
        switch event {
        case .goodHello: machine.received(hello())
        case .otherVersion: machine.received(hello(version: LinkHello.currentVersion + 1))
        case .otherSerial: machine.received(hello(serial: 3))
        case .otherWish: machine.received(hello(wants: 3))
        case .proof: machine.receivedProof()
        case .refusal: machine.received(LinkRefusal.wrongKey)
        case .nonsense: machine.receivedNonsense()
        case .foreignVersion: machine.receivedNonsense(version: 9)
        case .early: machine.tick(at: Moment(nanoseconds: 1_000_000_000))
        case .late: machine.tick(at: Moment(nanoseconds: 9_000_000_000))
        case .lost: machine.lost(.cut)
        }
    }

    /// What is right in each phase; everything else is disorder.
    private static func expected(_ event: Event, _ phase: LinkMachine.Phase, _ role: LinkMachine.Role) -> [Order] {
        switch (phase, event) {
        case (.over, _), (_, .early): []
        case (_, .lost): [.drop(.cut)]
        case (.fresh, .late): []
        case (.established, .late): [.drop(.silent(.seconds(3)))]
        case (.established, _): [.drop(.damaged(.badMagic))]
        case (_, .late): [.refuse(.tooSlow)]
        case (_, .foreignVersion): [.refuse(.version)]
        case (.awaitsHello, .goodHello): role == .connects ? [.sendProof] : [.sendHello]
        case (.awaitsHello, .otherVersion): [.refuse(.version)]
        case (.awaitsHello, .otherSerial): [.refuse(.unexpectedSerial)]
        case (.awaitsHello, .otherWish): [.refuse(.notTheWantedArray)]
        case (.awaitsProof, .proof): [.checkProof]
        case (.awaitsHello, .refusal), (.awaitsProof, .refusal), (.checksProof, .refusal): [.giveUp(.wrongKey)]
        case _: [.refuse(.disorder)]
        }
    }

    @Test(arguments: LinkMachine.Role.allCases) func everyEventInEveryPhase(role: LinkMachine.Role) {
        var machines = [Self.machine(role)]
        var machine = machines[0]
        #expect(machine.opened(at: Self.zero) == (role == .connects ? [.sendHello] : []))
        machines.append(machine)
        _ = machine.received(Self.hello())
        machines.append(machine)
        _ = machine.receivedProof()
        machines.append(machine)
        #expect(
            machine.checkedProof(isGood: true, at: Self.zero)
                == (role == .connects ? [.establish] : [.sendProof, .establish]))
        machines.append(machine)
        _ = machine.lost(.stopped)
        machines.append(machine)
        #expect(machines.map(\.phase) == [.fresh, .awaitsHello, .awaitsProof, .checksProof, .established, .over])

        for start in machines {
            for event in Event.allCases {
                var machine = start
                let orders = Self.apply(event, to: &machine)
                #expect(orders == Self.expected(event, start.phase, role), "\(event) in \(start.phase)")
                #expect(!orders.contains(.establish), "only a good proof establishes")
                let ends = orders.contains { order in
                    switch order {
                    case .refuse, .giveUp, .drop: true
                    case .sendHello, .sendProof, .checkProof, .establish: false
                    }
                }
                #expect(ends == (machine.phase == .over && start.phase != .over))
            }
        }
    }

    @Test(arguments: LinkMachine.Role.allCases) func aWrongProofEndsIt(role: LinkMachine.Role) {
        var machine = Self.machine(role)
        _ = machine.opened(at: Self.zero)
        _ = machine.received(Self.hello())
        _ = machine.receivedProof()
        #expect(machine.checkedProof(isGood: false, at: Self.zero) == [.refuse(.wrongKey)])
        #expect(machine.phase == .over)
    }

    @Test func bytesPutSilenceOff() {
        var machine = Self.machine(.listens)
        _ = machine.opened(at: Self.zero)
        _ = machine.received(Self.hello())
        _ = machine.receivedProof()
        _ = machine.checkedProof(isGood: true, at: Self.zero)
        machine.receivedBytes(at: Moment(nanoseconds: 2_000_000_000))
        #expect(machine.tick(at: Moment(nanoseconds: 4_999_999_999)).isEmpty)
        #expect(machine.tick(at: Moment(nanoseconds: 5_000_000_000)) == [.drop(.silent(.seconds(3)))])
    }

    /// Whenever the last frame was queued, the next heartbeat comes within one interval of it.
    @Test func aQuietDirectionHasNoLongerGapThanOneInterval() {
        for last in UInt64(0)..<40 {
            var pace = LinkPace(interval: Span(nanoseconds: 20), at: Self.zero)
            var queued: UInt64 = 0
            var lastQueued: UInt64 = 0
            for now in UInt64(1)..<200 {
                if now == last + 1 {
                    queued += 1
                    lastQueued = now
                }
                if pace.tick(framesQueued: queued, at: Moment(nanoseconds: now)) {
                    queued += 1
                    lastQueued = now
                }
                #expect(now - lastQueued <= 20, "frame at \(last + 1), now \(now)")
            }
            #expect(queued >= 9 && queued <= 11)
        }
    }
}
