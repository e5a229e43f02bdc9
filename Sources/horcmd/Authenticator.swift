// HMAC-SHA256 over every datagram, with the key that all instances of a bench share.

internal import Crypto
internal import Platform
internal import RaidManager
internal import RaidManagerShell

struct Authenticator: Sendable {
    /// A shorter key is a mistake.
    static let keyBytesMinimum = 16
    private let key: SymmetricKey

    init(file: String) throws(StartFailure) {
        let bytes: [UInt8]
        do throws(SystemFailure) {
            bytes = try SystemCalls.read(file, limit: 4096)
        } catch {
            throw StartFailure(
                "There is no key for talking to the partner: \(error). "
                    + "Put at least \(Self.keyBytesMinimum) random bytes there on both hosts, or name the file in "
                    + "ARRAYBENCH_KEY_FILE.",
                .noRemoteEndpoint)
        }
        guard bytes.count >= Self.keyBytesMinimum else {
            throw StartFailure(
                "The key in \(file) has \(bytes.count) bytes. "
                    + "Put at least \(Self.keyBytesMinimum) random bytes there, the same on both hosts.",
                .noRemoteEndpoint)
        }
        key = SymmetricKey(data: bytes)
    }

    func seal(_ datagram: PartnerDatagram) -> [UInt8] {
        let bytes = datagram.encoded()
        return bytes + Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }

    /// nil: not from somebody who knows the key, or damaged.
    func open(_ bytes: some Collection<UInt8>) -> PartnerDatagram? {
        guard bytes.count >= PartnerDatagram.headerBytes + PartnerDatagram.authenticatorBytes else { return nil }
        let message = Array(bytes.dropLast(PartnerDatagram.authenticatorBytes))
        let code = Array(bytes.suffix(PartnerDatagram.authenticatorBytes))
        guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: key) else { return nil }
        return try? PartnerDatagram(decoding: message)
    }
}
