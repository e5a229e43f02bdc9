// The bytes of a handshake. Each message begins with 8 bytes that every version keeps, so that two versions can still
// tell each other that they differ:
//
//   0 magic "ABLH"   4 version   6 type   7 refusal (type 3) or zero
//   hello:  8 serial   16 expected serial   24 nonce (32)          = 56 bytes
//   proof:  8 HMAC-SHA256 (32)                                     = 40 bytes
//   refusal                                                        =  8 bytes
//
// Nothing is ever longer than 56 bytes: a stranger cannot make a side hold more.

internal import ReplicationCore

/// A message of the handshake.
enum HandshakeMessage: Hashable, Sendable {
    case hello(LinkHello)
    case proof([UInt8])
    case refusal(LinkRefusal)

    static let magic: UInt32 = 0x484C_4241
    static let prefixBytes = 8
    static let proofBytes = 32

    private var type: UInt8 {
        switch self {
        case .hello: 1
        case .proof: 2
        case .refusal: 3
        }
    }

    func encoded(version: UInt16 = LinkHello.currentVersion) -> [UInt8] {
        var writer = WireWriter()
        writer.write(Self.magic)
        writer.write(version)
        writer.write(type)
        switch self {
        case .hello(let hello):
            writer.write(UInt8(0))
            writer.write(hello.serial.value)
            writer.write(hello.expectedSerial.value)
            writer.write(raw: hello.nonce)
        case .proof(let proof):
            precondition(proof.count == Self.proofBytes)
            writer.write(UInt8(0))
            writer.write(raw: proof)
        case .refusal(let refusal):
            writer.write(refusal.rawValue)
        }
        return writer.bytes
    }

    /// How long the message is that begins with these 8 bytes. A refusal is readable in every version.
    static func length(prefix: ArraySlice<UInt8>) throws(WireError) -> Int {
        var reader = WireReader(prefix)
        guard try reader.read(UInt32.self) == magic else { throw .badMagic }
        let version = try reader.read(UInt16.self)
        let type = try reader.read(UInt8.self)
        if type == 3 { return 8 }
        guard version == LinkHello.currentVersion else { throw .unsupportedVersion(version) }
        switch type {
        case 1: return 24 + LinkHello.nonceBytes
        case 2: return 8 + proofBytes
        case _: throw .unknownValue(field: "handshake message")
        }
    }

    /// Reads one whole message of `length(prefix:)` bytes.
    init(decoding bytes: ArraySlice<UInt8>) throws(WireError) {
        let length = try Self.length(prefix: bytes)
        var reader = WireReader(bytes)
        _ = try reader.readRaw(4)
        let version = try reader.read(UInt16.self)
        let type = try reader.read(UInt8.self)
        let detail = try reader.read(UInt8.self)
        guard bytes.count >= length else { throw .truncated }
        if type == 1 {
            self = .hello(
                LinkHello(
                    version: version, serial: ArraySerial(try reader.read()),
                    expectedSerial: ArraySerial(try reader.read()),
                    nonce: Array(try reader.readRaw(LinkHello.nonceBytes))))
        } else if type == 2 {
            self = .proof(Array(try reader.readRaw(Self.proofBytes)))
        } else {
            guard let refusal = LinkRefusal(rawValue: detail) else { throw .unknownValue(field: "refusal") }
            self = .refusal(refusal)
        }
        try reader.finish()
    }
}
