// One handshake in progress on a fresh connection: reads and writes what the machine orders, never waits.

internal import CPlatform
internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// The shell of `LinkMachine` until the connection is established. Owns the descriptor until it hands it on.
///
/// **Threads**: one: the acceptor of a listening link or the connecting thread.
final class HandshakeExchange {
    enum Progress {
        case pending
        case established(descriptor: Int32, LinkMachine)
        /// Closed; why, for the log.
        case refused(LinkRefusal)
        case refusedByPeer(LinkRefusal)
    }

    let descriptor: Int32
    private let proof: HandshakeProof
    private var machine: LinkMachine
    private let own: LinkHello
    private var theirs: LinkHello?
    private var theirProof: [UInt8] = []
    /// What came of the message that is being read.
    private var bytes: [UInt8] = []
    private var progress = Progress.pending

    init(descriptor: Int32, machine: LinkMachine, proof: HandshakeProof) {
        self.descriptor = descriptor
        self.machine = machine
        self.proof = proof
        var generator = SystemRandomNumberGenerator()
        own = LinkHello(
            serial: machine.localSerial, expectedSerial: machine.remoteSerial,
            nonce: (0..<LinkHello.nonceBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    func begin() -> Progress {
        follow(machine.opened(at: .now))
        return progress
    }

    func tick() -> Progress {
        follow(machine.tick(at: .now))
        return progress
    }

    func refuse(_ refusal: LinkRefusal) -> Progress {
        follow([.refuse(refusal)])
        return progress
    }

    /// Reads what is there, exactly up to the end of the handshake: the frames behind it are not ours.
    func readable() -> Progress {
        while case .pending = progress {
            do throws(WireError) {
                let length =
                    bytes.count < HandshakeMessage.prefixBytes
                    ? HandshakeMessage.prefixBytes : try HandshakeMessage.length(prefix: bytes[...])
                if bytes.count == length, length > HandshakeMessage.prefixBytes || bytes[6] == 3 {
                    let message = try HandshakeMessage(decoding: bytes[...])
                    bytes.removeAll(keepingCapacity: true)
                    take(message)
                } else if !read(length - bytes.count) {
                    return progress
                }
            } catch {
                if case .unsupportedVersion(let version) = error {
                    follow(machine.receivedNonsense(version: version))
                } else {
                    follow(machine.receivedNonsense())
                }
            }
        }
        return progress
    }

    /// Appends at most `count` bytes; false if none came.
    private func read(_ count: Int) -> Bool {
        let received = unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { room in
            let result = unsafe Sockets.receive(
                descriptor, into: UnsafeMutableRawBufferPointer(rebasing: room[0..<min(count, 64)]), waits: false)
            if case .bytes(let count) = result { unsafe bytes.append(contentsOf: room[0..<count]) }
            return result
        }
        switch received {
        case .bytes: return true
        case .nothing: return false
        case .end, .failed:
            follow(machine.receivedNonsense())
            return false
        }
    }

    private func take(_ message: HandshakeMessage) {
        switch message {
        case .hello(let hello):
            theirs = hello
            follow(machine.received(hello))
        case .proof(let proof):
            theirProof = proof
            follow(machine.receivedProof())
        case .refusal(let refusal):
            follow(machine.received(refusal))
        }
    }

    private func follow(_ orders: [LinkMachine.Order]) {
        for order in orders {
            switch order {
            case .sendHello: send(.hello(own))
            case .sendProof: send(.proof(makeProof()))
            case .checkProof: follow(machine.checkedProof(isGood: proofIsGood(), at: .now))
            case .establish:
                // Not if a message before it could not be sent.
                if case .pending = progress { progress = .established(descriptor: descriptor, machine) }
            case .refuse(let refusal):
                _ = Sockets.send(descriptor, HandshakeMessage.refusal(refusal).encoded())
                end(.refused(refusal))
            case .giveUp(let refusal): end(.refusedByPeer(refusal))
            case .drop: end(.refused(.disorder))
            }
        }
    }

    private func end(_ outcome: Progress) {
        guard case .pending = progress else { return }
        close(descriptor)
        progress = outcome
    }

    private func send(_ message: HandshakeMessage) {
        // A fresh socket takes a hundred bytes; one that does not belongs to nobody who reads.
        if !Sockets.send(descriptor, message.encoded()) { end(.refused(.disorder)) }
    }

    private func hellos() -> (connecting: LinkHello, listening: LinkHello) {
        guard let theirs else { preconditionFailure("a proof needs both hellos") }
        return machine.role == .connects ? (own, theirs) : (theirs, own)
    }

    private func makeProof() -> [UInt8] {
        let (connecting, listening) = hellos()
        return proof.make(machine.role, connecting: connecting, listening: listening)
    }

    private func proofIsGood() -> Bool {
        let (connecting, listening) = hellos()
        return proof.isGood(
            theirProof, of: machine.role == .connects ? .listens : .connects, connecting: connecting,
            listening: listening)
    }
}

extension Moment {
    static var now: Moment { Moment(nanoseconds: monotonicNanoseconds()) }
}
