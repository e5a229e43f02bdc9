// The proof that a side has the shared key: HMAC-SHA256 over its role and both hellos. The role stands in it so that
// a proof cannot be sent back to its maker; the nonces, so that it holds for one connection only.

internal import Crypto
internal import ReplicationCore

/// Makes and checks proofs with one key.
struct HandshakeProof: Sendable {
    private let key: SymmetricKey

    init(key: [UInt8]) {
        precondition(
            key.count >= LinkConfiguration.smallestKey,
            "a link key of \(key.count) bytes is too short; give at least \(LinkConfiguration.smallestKey)")
        self.key = SymmetricKey(data: key)
    }

    /// What `role` signs when the hellos of the connecting and of the listening side were these.
    private func text(of role: LinkMachine.Role, connecting: LinkHello, listening: LinkHello) -> [UInt8] {
        var writer = WireWriter(reserving: 160)
        switch role {
        case .connects: writer.write("arraybench link proof, connecting side")
        case .listens: writer.write("arraybench link proof, listening side")
        }
        for hello in [connecting, listening] {
            writer.write(hello.version)
            writer.write(hello.serial.value)
            writer.write(hello.expectedSerial.value)
            writer.write(raw: hello.nonce)
        }
        return writer.bytes
    }

    func make(_ role: LinkMachine.Role, connecting: LinkHello, listening: LinkHello) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(
                for: text(of: role, connecting: connecting, listening: listening), using: key))
    }

    /// Whether `proof` is what `role` with the same key makes. Takes the same time wherever the first wrong byte is.
    func isGood(_ proof: [UInt8], of role: LinkMachine.Role, connecting: LinkHello, listening: LinkHello) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            proof, authenticating: text(of: role, connecting: connecting, listening: listening), using: key)
    }
}
