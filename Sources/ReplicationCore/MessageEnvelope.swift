// What every message outside the link is wrapped in, on a command device, between a command and its instance, and
// between two instances:
//
//   magic 4 · version 2 · kind 2 · body length 4 · body · CRC-32C of all before 4

/// The envelope of one protocol.
package struct MessageEnvelope: Sendable {
    package static let headerBytes = 12
    package let magic: UInt32
    package let version: UInt16
    package init(magic: UInt32, version: UInt16) {
        self.magic = magic
        self.version = version
    }

    package func seal(_ kind: UInt16, _ body: [UInt8]) -> [UInt8] {
        var writer = WireWriter(reserving: body.count + Self.headerBytes + 4)
        writer.write(magic)
        writer.write(version)
        writer.write(kind)
        writer.write(UInt32(body.count))
        writer.write(raw: body)
        writer.write(Checksum.crc32c(writer.bytes))
        return writer.bytes
    }

    /// The body of a whole message of this protocol, version and kind.
    /// - Parameter isPadded: whether other bytes may follow, as on a device that is written in blocks.
    package func open(_ kind: UInt16, _ bytes: [UInt8], isPadded: Bool = false) throws(WireError) -> WireReader {
        var reader = WireReader(bytes)
        guard try reader.read(UInt32.self) == magic else { throw .badMagic }
        let found = try reader.read(UInt16.self)
        guard found == version else { throw .unsupportedVersion(found) }
        guard try reader.read(UInt16.self) == kind else { throw .unknownValue(field: "message kind") }
        let count = Int(try reader.read(UInt32.self))
        let body = try reader.readRaw(count)
        guard try reader.read(UInt32.self) == Checksum.crc32c(bytes.prefix(Self.headerBytes + count)) else {
            throw .badChecksum
        }
        if !isPadded { try reader.finish() }
        return WireReader(body)
    }

    /// How many bytes follow this header on a stream; nil if it is no header, or one of a body over `limit`.
    package func restLength(ofHeader header: [UInt8], limit: Int) -> Int? {
        var reader = WireReader(header)
        guard header.count == Self.headerBytes, let found = try? reader.read(UInt32.self), found == magic,
            (try? reader.read(UInt32.self)) != nil, let body = try? reader.read(UInt32.self), body <= limit
        else { return nil }
        return Int(body) + 4
    }
}
