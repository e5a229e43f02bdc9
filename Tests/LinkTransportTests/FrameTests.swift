// Does a frame arrive as it was sent, and is everything else refused?

import LinkTransport
import Platform
import ReplicationCore
import Testing

struct FrameTests {
    private static let header = FrameHeader(
        kind: .copy, group: GroupIdentifier(0x1122_3344_5566_7788), epoch: Epoch(9), payloadBytes: 4096,
        sequence: SequenceNumber(77), offset: 1 << 40, extentBytes: 4096, ldev: LDEVNumber(0x0240), flags: 3,
        payloadChecksum: 0xDEAD_BEEF)

    private static func encoded(_ header: FrameHeader) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xFF, count: FrameHeader.byteCount)
        unsafe bytes.withUnsafeMutableBytes { unsafe header.encode(into: $0) }
        return bytes
    }
    private static func decode(_ bytes: [UInt8]) throws(WireError) -> FrameHeader {
        let result: Result<FrameHeader, WireError> = unsafe bytes.withUnsafeBytes { raw in
            do throws(WireError) { return .success(try unsafe FrameHeader(decoding: raw)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    @Test(arguments: FrameKind.allCases) func everyKindComesBack(kind: FrameKind) throws {
        var header = Self.header
        header.kind = kind
        #expect(try Self.decode(Self.encoded(header)) == header)
    }

    @Test func everyFlippedBitOfAHeaderIsRefused() {
        let good = Self.encoded(Self.header)
        for bit in 0..<good.count * 8 {
            var bytes = good
            bytes[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: WireError.self, "bit \(bit)") { try Self.decode(bytes) }
        }
    }

    @Test func everyShorterHeaderIsTruncated() {
        let good = Self.encoded(Self.header)
        for count in 0..<good.count {
            #expect(throws: WireError.truncated) { try Self.decode(Array(good.prefix(count))) }
        }
    }

    @Test func aPayloadBeyondTheLargestIsDamage() {
        var header = Self.header
        header.payloadBytes = UInt32(FrameHeader.largestPayload + 1)
        #expect(throws: WireError.self) { try Self.decode(Self.encoded(header)) }
    }

    @Test func theHardwaresChecksumIsTheCores() {
        #expect(Checksum.crc32c(Array("123456789".utf8)) == 0xE306_9283)
        var value: UInt64 = 1
        for count in Array(0..<300) + Array(500..<800) + [4095, 4096, 4097, 65_537] {
            let bytes = (0..<count).map { _ in
                value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: value >> 33)
            }
            let hardware = unsafe bytes.withUnsafeBytes { unsafe payloadChecksum($0) }
            #expect(hardware == Checksum.crc32c(bytes), "\(count) bytes")
        }
    }
}
