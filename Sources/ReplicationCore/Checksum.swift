// CRC-32C (Castagnoli) in plain Swift, for records and headers. The shell has the same sum with hardware instructions
// for payloads; a test holds the two against each other.

package enum Checksum {
    /// - Source: RFC 3720, appendix B.4; reflected polynomial 0x82F63B78. `crc32c("123456789") == 0xE3069283`.
    package static func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var sum: UInt32 = ~0
        for byte in bytes { sum = step(sum, byte) }
        return ~sum
    }

    /// One byte more, in a sum that is not inverted yet.
    package static func step(_ sum: UInt32, _ byte: UInt8) -> UInt32 {
        table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8)
    }

    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 { value = value & 1 == 1 ? 0x82F6_3B78 ^ (value >> 1) : value >> 1 }
        return value
    }
}
