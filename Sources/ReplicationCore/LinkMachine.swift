// The rules of one connection between two arrays: who says what in the handshake, when a connection is lost, when a
// quiet direction must say that it lives. Pure: messages, verdicts and moments come in, orders go out.
//
//   connecting side                      listening side
//   hello (version, serials, nonce)  ──►
//                                    ◄── hello
//   proof: HMAC over both hellos     ──►             nobody without the key gets past here
//                                    ◄── proof
//   frames                          ◄──► frames
//
// Invariants: no order to establish before the far side's proof was found good; every refusal ends the machine; after
// its end a machine gives no more orders.

/// The first message of either side.
package struct LinkHello: Hashable, Sendable {
    package static let nonceBytes = 32
    /// The only handshake this build speaks, and the peer messages after it: 2 since a swap says which pairs its sender
    /// takes for equal, 3 since pairs join a group. A side without that would drop the link at the first such message, and
    /// the next, for ever.
    package static let currentVersion: UInt16 = 3

    package var version: UInt16
    /// The sender's own serial.
    package var serial: ArraySerial
    /// The serial that the sender wants to find at the far end.
    package var expectedSerial: ArraySerial
    /// 32 random bytes, new for every connection: an overheard proof is worth nothing later.
    package var nonce: [UInt8]

    package init(
        version: UInt16 = LinkHello.currentVersion, serial: ArraySerial, expectedSerial: ArraySerial, nonce: [UInt8]
    ) {
        precondition(nonce.count == Self.nonceBytes)
        self.version = version
        self.serial = serial
        self.expectedSerial = expectedSerial
        self.nonce = nonce
    }
}

/// Why a handshake was refused. The raw value travels, so that the other side can log it too.
package enum LinkRefusal: UInt8, Error, Sendable, CaseIterable, CustomStringConvertible {
    case version = 1
    /// The far side is not the array that this side is told to pair with.
    case unexpectedSerial = 2
    /// The far side wants another array than this one.
    case notTheWantedArray = 3
    case wrongKey = 4
    /// Not the message that the handshake needs now, or no message at all.
    case disorder = 5
    case tooSlow = 6
    /// The link is cut or a black hole by impairment: no connection is made now.
    case impaired = 7

    package var description: String {
        switch self {
        case .version: "the two sides speak different versions of the link; install the same version on both"
        case .unexpectedSerial:
            "the array at the other end has another serial than configured; check the remote serial"
        case .notTheWantedArray:
            "the array at the other end looks for another serial than this one; check its remote serial"
        case .wrongKey: "the shared keys differ; give both arrays the same key file"
        case .disorder: "what came is no link handshake; check that the address belongs to an array"
        case .tooSlow: "the handshake was not finished in time; check the address and the load of the other side"
        case .impaired: "the link is cut or a black hole by its impairment; heal it"
        }
    }
}

/// Why an established connection ended.
package enum LinkLoss: Error, Hashable, Sendable, CustomStringConvertible {
    /// `stop()` was called.
    case stopped
    /// An impairment cuts this direction.
    case cut
    /// The far side ended the connection.
    case closedByPeer
    /// A newer connection of the same far side took its place.
    case replaced
    /// Nothing at all arrived for this long.
    case silent(Span)
    /// Bytes arrived that are no frame, or a frame whose checksum is wrong.
    case damaged(WireError)
    /// The system reported an error: an errno.
    case failed(Int32)

    package var description: String {
        switch self {
        case .stopped: "the link was stopped"
        case .cut: "the link is cut by its impairment"
        case .closedByPeer: "the other side closed the connection"
        case .replaced: "the other side made a new connection"
        case .silent(let span): "nothing arrived for \(span.nanoseconds / 1_000_000) ms"
        case .damaged(let error): "a damaged frame arrived: \(error)"
        case .failed(let code): "the connection failed with errno \(code)"
        }
    }
}

/// One connection, from the first byte to its loss.
package struct LinkMachine: Hashable, Sendable {
    package enum Role: UInt8, Sendable, CaseIterable { case connects, listens }

    package enum Order: Hashable, Sendable {
        case sendHello
        case sendProof
        /// Verify the proof that came and report with `checkedProof`.
        case checkProof
        /// Frames may flow now.
        case establish
        /// Tell the far side why, close, log.
        case refuse(LinkRefusal)
        /// The far side refused: close, log.
        case giveUp(LinkRefusal)
        case drop(LinkLoss)
    }

    package enum Phase: Hashable, Sendable {
        case fresh, awaitsHello, awaitsProof, checksProof, established, over
    }

    package let role: Role
    package let localSerial: ArraySerial
    package let remoteSerial: ArraySerial
    package let handshakeLimit: Span
    package let silenceLimit: Span
    package private(set) var phase = Phase.fresh
    /// When the handshake began; once established, when bytes arrived last.
    private var since = Moment(nanoseconds: 0)

    package init(
        role: Role, localSerial: ArraySerial, remoteSerial: ArraySerial, handshakeLimit: Span, silenceLimit: Span
    ) {
        self.role = role
        self.localSerial = localSerial
        self.remoteSerial = remoteSerial
        self.handshakeLimit = handshakeLimit
        self.silenceLimit = silenceLimit
    }

    package mutating func opened(at now: Moment) -> [Order] {
        precondition(phase == .fresh, "a connection is opened once")
        phase = .awaitsHello
        since = now
        return role == .connects ? [.sendHello] : []
    }

    package mutating func received(_ hello: LinkHello) -> [Order] {
        switch phase {
        case .fresh, .awaitsProof, .checksProof, .established: return refuse(.disorder)
        case .over: return []
        case .awaitsHello: break
        }
        guard hello.version == LinkHello.currentVersion else { return refuse(.version) }
        guard hello.serial == remoteSerial else { return refuse(.unexpectedSerial) }
        guard hello.expectedSerial == localSerial else { return refuse(.notTheWantedArray) }
        phase = .awaitsProof
        return role == .connects ? [.sendProof] : [.sendHello]
    }

    package mutating func receivedProof() -> [Order] {
        switch phase {
        case .fresh, .awaitsHello, .checksProof, .established: return refuse(.disorder)
        case .over: return []
        case .awaitsProof: break
        }
        phase = .checksProof
        return [.checkProof]
    }

    package mutating func checkedProof(isGood: Bool, at now: Moment) -> [Order] {
        precondition(phase == .checksProof, "a proof is checked when one came")
        guard isGood else { return refuse(.wrongKey) }
        phase = .established
        since = now
        return role == .connects ? [.establish] : [.sendProof, .establish]
    }

    /// The far side says why it will not go on.
    package mutating func received(_ refusal: LinkRefusal) -> [Order] {
        switch phase {
        case .fresh, .established: return refuse(.disorder)
        case .over: return []
        case .awaitsHello, .awaitsProof, .checksProof: break
        }
        phase = .over
        return [.giveUp(refusal)]
    }

    /// Bytes came that are no message of the handshake, or the far side closed in the middle of it.
    package mutating func receivedNonsense(version: UInt16? = nil) -> [Order] {
        if phase == .over { return [] }
        if let version, version != LinkHello.currentVersion { return refuse(.version) }
        return refuse(.disorder)
    }

    /// Bytes of frames came.
    package mutating func receivedBytes(at now: Moment) {
        precondition(phase == .established, "frames flow on an established connection only")
        since = now
    }

    package mutating func lost(_ loss: LinkLoss) -> [Order] {
        if phase == .over { return [] }
        phase = .over
        return [.drop(loss)]
    }

    /// Time went by without an event.
    package mutating func tick(at now: Moment) -> [Order] {
        switch phase {
        case .fresh, .over: return []
        case .awaitsHello, .awaitsProof, .checksProof:
            return now.since(since) < handshakeLimit ? [] : refuse(.tooSlow)
        case .established:
            return now.since(since) < silenceLimit ? [] : lost(.silent(silenceLimit))
        }
    }

    private mutating func refuse(_ refusal: LinkRefusal) -> [Order] {
        // A frame connection that turns out disorderly is dropped; nothing but frames may be written to it.
        guard phase != .established else { return lost(.damaged(.badMagic)) }
        phase = .over
        return [.refuse(refusal)]
    }
}

/// When a sending direction must say that it lives: after every half interval in which nothing was queued. A heartbeat
/// counts as queued like any frame; so a quiet direction sends one per interval, and no gap is longer than that.
package struct LinkPace: Hashable, Sendable {
    package let halfInterval: Span
    private var framesSeen: UInt64 = 0
    private var checkedAt: Moment

    package init(interval: Span, at now: Moment) {
        halfInterval = Span(nanoseconds: max(1, interval.nanoseconds / 2))
        checkedAt = now
    }

    package var nextCheck: Moment { checkedAt + halfInterval }

    /// Returns whether a heartbeat is due. `framesQueued` is the count of all frames queued so far on this connection.
    package mutating func tick(framesQueued: UInt64, at now: Moment) -> Bool {
        guard now >= nextCheck else { return false }
        defer { framesSeen = framesQueued }
        checkedAt = now
        return framesQueued == framesSeen
    }
}
