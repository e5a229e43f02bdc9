// The one way in which bytes are laid out: fixed-width little-endian fields, one by one, read back with bounds
// checked. Used by link frames, NVRAM records and the command device.

/// Appends fields to a byte array.
package struct WireWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    package init(reserving capacity: Int = 64) { bytes.reserveCapacity(capacity) }

    package mutating func write<T: FixedWidthInteger>(_ value: T) {
        for shift in stride(from: 0, to: T.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    package mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }
    /// A 16-bit count of UTF-8 bytes, then the bytes; longer text is cut before the character that passes 65,535 bytes.
    package mutating func write(_ text: String) {
        var utf8 = Array(text.utf8.prefix(Int(UInt16.max) + 1))
        if utf8.count > UInt16.max {
            // What follows the cut must not be the rest of a character.
            while let last = utf8.popLast(), last & 0xC0 == 0x80 {}
        }
        write(UInt16(utf8.count))
        bytes.append(contentsOf: utf8)
    }
    package mutating func write(raw more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
    /// A 32-bit count, then each element.
    package mutating func write<T>(each elements: [T], _ body: (inout WireWriter, T) -> Void) {
        write(UInt32(elements.count))
        for element in elements { body(&self, element) }
    }
    /// A flag, then the value if there is one.
    package mutating func write<T>(optional value: T?, _ body: (inout WireWriter, T) -> Void) {
        write(value != nil)
        if let value { body(&self, value) }
    }
}

/// What is wrong with bytes that should be a message or a record.
package enum WireError: Error, Hashable, Sendable {
    /// Fewer bytes than the layout needs.
    case truncated
    /// A field holds a value that has no meaning in this version.
    case unknownValue(field: StaticStringKey)
    /// More bytes than the layout has.
    case trailingBytes
    case badMagic
    case badChecksum
    case unsupportedVersion(UInt16)
}

/// The name of a field, for messages about damaged bytes.
package struct StaticStringKey: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let description: String
    package init(stringLiteral value: String) { description = value }
}

/// Reads what `WireWriter` wrote. Never reads past the end: damaged input gives a `WireError`.
package struct WireReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }
    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package var remaining: Int { bytes.endIndex - position }

    package mutating func read<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(WireError) -> T {
        let width = T.bitWidth / 8
        guard remaining >= width else { throw .truncated }
        var value: T = 0
        for index in 0..<width { value |= T(truncatingIfNeeded: bytes[position + index]) << (8 * index) }
        position += width
        return value
    }
    package mutating func readFlag() throws(WireError) -> Bool {
        switch try read(UInt8.self) {
        case 0: return false
        case 1: return true
        case _: throw .unknownValue(field: "flag")
        }
    }
    package mutating func readText() throws(WireError) -> String {
        let count = Int(try read(UInt16.self))
        guard let text = String(validating: try readRaw(count), as: UTF8.self) else {
            throw .unknownValue(field: "text")
        }
        return text
    }
    package mutating func readRaw(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard count >= 0, remaining >= count else { throw .truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }
    package mutating func readEach<T>(
        _ body: (inout WireReader) throws(WireError) -> T
    ) throws(WireError) -> [T] {
        let count = Int(try read(UInt32.self))
        // Every element takes at least a byte: a count beyond that is damage, not a reason to allocate.
        guard count <= remaining else { throw .truncated }
        var elements: [T] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try body(&self)) }
        return elements
    }
    package mutating func readOptional<T>(
        _ body: (inout WireReader) throws(WireError) -> T
    ) throws(WireError) -> T? {
        try readFlag() ? try body(&self) : nil
    }
    package func finish() throws(WireError) {
        guard remaining == 0 else { throw .trailingBytes }
    }

    /// Begins to read a stored record: magic 4 · version 2 · … · CRC-32C of all before it 4.
    /// - Returns: what is between version and checksum.
    static func stored(
        _ bytes: [UInt8], magic: UInt32, versions: ClosedRange<UInt16>
    ) throws(WireError) -> (reader: WireReader, version: UInt16) {
        guard bytes.count > 8 else { throw .truncated }
        let (body, tail) = (bytes.dropLast(4), bytes.suffix(4))
        var reader = WireReader(body)
        guard try reader.read(UInt32.self) == magic else { throw .badMagic }
        let version = try reader.read(UInt16.self)
        guard versions.contains(version) else { throw .unsupportedVersion(version) }
        var sum = WireReader(tail)
        guard try sum.read(UInt32.self) == Checksum.crc32c(body) else { throw .badChecksum }
        return (reader, version)
    }
}

extension RawRepresentable where RawValue == UInt8 {
    /// Reads one byte that must be a known case of `Self`.
    package static func read(from reader: inout WireReader, field: StaticStringKey) throws(WireError) -> Self {
        guard let value = Self(rawValue: try reader.read(UInt8.self)) else { throw .unknownValue(field: field) }
        return value
    }
}
