// The bytes of a request and a reply, in a `MessageEnvelope`. A command device is a file of fixed size, so a
// message is at most `CommandDeviceWire.largestMessage` bytes; volumes are asked for in pages. Each value's layout stands
// beside its type.

package import ReplicationCore

package enum CommandDeviceWire {
    /// Bytes that a command device file has, and so the longest message.
    package static let largestMessage = 1 << 20
    private static let envelope = MessageEnvelope(magic: 0x4443_4241, version: 2)  // "ABCD" in memory

    enum Kind: UInt16 {
        case request = 1
        case reply = 2
    }

    static func seal(_ kind: Kind, _ body: [UInt8]) -> [UInt8] { envelope.seal(kind.rawValue, body) }

    static func open(_ kind: Kind, _ bytes: [UInt8]) throws(WireError) -> WireReader {
        try envelope.open(kind.rawValue, bytes, isPadded: true)
    }
}

extension WireWriter {
    package mutating func write(_ ldevs: [LDEVNumber]) { write(each: ldevs) { $0.write($1.value) } }
}

extension WireReader {
    package mutating func readLDEVs() throws(WireError) -> [LDEVNumber] {
        try readEach { (r) throws(WireError) in LDEVNumber(try r.read()) }
    }
}
