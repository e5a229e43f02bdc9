// One datagram between two instances. Its bytes, before the 32 bytes of HMAC-SHA256 that the shell puts behind them:
//
//     magic 4 · version 2 · kind 1 · zero 1 · id: sender's life 8, counter 8 · receiver's life 8 · wall clock 8 · payload
//
// A *life* is a random number that an instance draws at its start. A request names the life of its receiver, so that a
// recorded one is worth nothing for another instance or after a restart; who does not know it yet is told.

package import ReplicationCore

package struct PartnerDatagram: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case request = 1
        /// The request named another life of the receiver; the right one is the payload, and nothing was done.
        case introduction = 2
        /// The request is being worked on.
        case working = 3
        case reply = 4
    }

    package struct Identifier: Hashable, Sendable {
        package var life: UInt64
        package var counter: UInt64
        package init(life: UInt64, counter: UInt64) {
            self.life = life
            self.counter = counter
        }
    }

    /// What an IPv4 datagram holds, with room to spare.
    package static let largestPayload = 60_000
    static let magic: UInt32 = 0x504D_5248  // "HRMP" in memory
    static let version: UInt16 = 1
    package static let headerBytes = 40
    package static let authenticatorBytes = 32

    package var kind: Kind
    /// That of the request, in all four kinds.
    package var identifier: Identifier
    package var receiverLife: UInt64
    /// Milliseconds since 1970 when it was sent.
    package var wallMilliseconds: UInt64
    package var payload: [UInt8]

    package init(
        kind: Kind, identifier: Identifier, receiverLife: UInt64, wallMilliseconds: UInt64, payload: [UInt8] = []
    ) {
        self.kind = kind
        self.identifier = identifier
        self.receiverLife = receiverLife
        self.wallMilliseconds = wallMilliseconds
        self.payload = payload
    }

    package func encoded() -> [UInt8] {
        var w = WireWriter(reserving: Self.headerBytes + payload.count + Self.authenticatorBytes)
        w.write(Self.magic)
        w.write(Self.version)
        w.write(kind.rawValue)
        w.write(UInt8(0))
        w.write(identifier.life)
        w.write(identifier.counter)
        w.write(receiverLife)
        w.write(wallMilliseconds)
        w.write(raw: payload)
        return w.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = WireReader(bytes)
        guard try r.read(UInt32.self) == Self.magic else { throw .badMagic }
        let version = try r.read(UInt16.self)
        guard version == Self.version else { throw .unsupportedVersion(version) }
        let kind = try Kind.read(from: &r, field: "datagram kind")
        guard try r.read(UInt8.self) == 0 else { throw .unknownValue(field: "padding") }
        self.init(
            kind: kind, identifier: Identifier(life: try r.read(), counter: try r.read()), receiverLife: try r.read(),
            wallMilliseconds: try r.read(), payload: Array(try r.readRaw(r.remaining)))
    }
}
