package import ReplicationCore

/// A place in a group's order as commands write it: ten hexadecimal digits, two for the journal and eight for the number.
///
/// - Source: RAID Manager reference, section 2.8. What the first two digits are where there is no journal is ours: 01.
package struct QueueMarker: Hashable, Sendable {
    /// 01 for a group with a side file.
    package var prefix: UInt8
    /// The low half of the sequence number.
    package var number: UInt32

    package init(_ marker: SequenceNumber, journal: UInt8? = nil) {
        prefix = journal ?? 1
        number = UInt32(truncatingIfNeeded: marker.value)
    }

    /// - Returns: nil if the text is no marker.
    package init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 10,
            digits.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x66 || $0 >= 0x30 && $0 <= 0x39 }),
            let value = UInt64(text, radix: 16)
        else { return nil }
        prefix = UInt8(truncatingIfNeeded: value >> 32)
        number = UInt32(truncatingIfNeeded: value)
    }

    package var text: String {
        (hexadecimal(UInt64(prefix), digits: 2) + hexadecimal(UInt64(number), digits: 8)).lowercased()
    }

    /// The whole sequence number: the nearest one to `newest` that ends with this marker's digits.
    package func sequence(near newest: SequenceNumber) -> SequenceNumber {
        let behind = UInt32(truncatingIfNeeded: newest.value) &- number
        // More than half of the circle behind is ahead.
        if behind <= UInt32.max / 2 {
            return SequenceNumber(newest.value >= UInt64(behind) ? newest.value - UInt64(behind) : 0)
        }
        return SequenceNumber(newest.value &+ UInt64(number &- UInt32(truncatingIfNeeded: newest.value)))
    }
}
