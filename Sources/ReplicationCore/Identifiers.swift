// The quantities of replication, each a type of its own, so that a track is never taken for a byte and a sequence
// number never for an epoch. All are plain integers inside: free to copy, to compare and to store.

/// The serial number of an array, as an operator reads it on the label: decimal, at most 12 digits.
package struct ArraySerial: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var value: UInt64
    package init(_ value: UInt64) { self.value = value }
    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
    package var description: String { String(value) }
}

/// The number of a logical device within its array: control unit in the high byte, device in the low byte.
package struct LDEVNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var value: UInt16
    package init(_ value: UInt16) { self.value = value }

    /// Reads the three notations in use: `CU:LDEV` in hexadecimal (`02:40`), decimal (`576`), `0x240`.
    /// - Source: RAID Manager reference, section 1.6.
    package init?(parsing text: some StringProtocol) {
        if let colon = text.firstIndex(of: ":") {
            guard let unit = UInt8(text[..<colon], radix: 16),
                let device = UInt8(text[text.index(after: colon)...], radix: 16)
            else { return nil }
            value = UInt16(unit) << 8 | UInt16(device)
        } else if text.hasPrefix("0x") || text.hasPrefix("0X") {
            guard let number = UInt16(text.dropFirst(2), radix: 16) else { return nil }
            value = number
        } else {
            guard let number = UInt16(text) else { return nil }
            value = number
        }
    }

    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }

    /// `CU:LDEV`, two hexadecimal digits each, upper case.
    package var description: String { Self.hexadecimal(value >> 8) + ":" + Self.hexadecimal(value & 0xFF) }
    /// The same as the name of a file, `CU-LDEV`: a colon separates fields in too many places.
    package var fileName: String { Self.hexadecimal(value >> 8) + "-" + Self.hexadecimal(value & 0xFF) }

    private static func hexadecimal(_ byte: UInt16) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "0" + digits : digits
    }
}

/// The identity of a replication group, the same on both arrays: the serial of the array that created it and a
/// counter of that array.
package struct GroupIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var value: UInt64
    package init(_ value: UInt64) { self.value = value }
    package init(creator: ArraySerial, counter: UInt32) { value = creator.value << 32 | UInt64(counter) }
    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
    package var description: String { "\(value >> 32)-\(value & 0xFFFF_FFFF)" }
}

/// The place of a write in its group's order. The first write of a group has number 1; 0 means "none yet".
package struct SequenceNumber: Hashable, Comparable, Sendable {
    package var value: UInt64
    package init(_ value: UInt64) { self.value = value }
    package static let none = SequenceNumber(0)
    package var next: SequenceNumber { SequenceNumber(value + 1) }
    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// Counts the lives of a group's stream: it rises with every pairing, resynchronisation and change of roles.
/// Frames of another epoch are never applied.
package struct Epoch: Hashable, Comparable, Sendable {
    package var value: UInt32
    package init(_ value: UInt32) { self.value = value }
    package var next: Epoch { Epoch(value + 1) }
    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// A point on a clock that only goes forward, in nanoseconds. Where its zero lies means nothing.
package struct Moment: Hashable, Comparable, Sendable {
    package var nanoseconds: UInt64
    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }
    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
    package static func + (a: Self, b: Span) -> Moment { Moment(nanoseconds: a.nanoseconds &+ b.nanoseconds) }
    /// The time since `earlier`; zero if `earlier` lies ahead.
    package func since(_ earlier: Moment) -> Span {
        Span(nanoseconds: nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0)
    }
}

/// A length of time, in nanoseconds.
package struct Span: Hashable, Comparable, Sendable {
    package var nanoseconds: UInt64
    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }
    package static func seconds(_ count: UInt64) -> Span { Span(nanoseconds: count * 1_000_000_000) }
    package static func milliseconds(_ count: UInt64) -> Span { Span(nanoseconds: count * 1_000_000) }
    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
    /// This span on a clock that runs `rate` times as fast as the wall's.
    package func shortened(by rate: UInt32) -> Span { Span(nanoseconds: max(1, nanoseconds / UInt64(max(1, rate)))) }
}
