// Which tracks does a range of bytes touch?

internal import ReplicationCore
import Testing

struct TracksTests {
    @Test(arguments: [1, 4095, 4096, 4097, 12_288, 20_000])
    func aTrackIsTouchedIfAByteOfItIs(volumeBytes: Int) {
        let layout = TrackLayout(volumeBytes: UInt64(volumeBytes), trackBytes: 4096)
        #expect(layout.trackCount == (volumeBytes + 4095) / 4096)
        for first in stride(from: 0, to: volumeBytes, by: 511) {
            for count in stride(from: 0, through: volumeBytes - first, by: 777) {
                let touched = layout.tracks(of: ByteExtent(offset: UInt64(first), count: UInt64(count)))
                let expected = count == 0 ? 0 : (first + count - 1) / 4096 - first / 4096 + 1
                #expect(touched.first == first / 4096 && touched.count == expected)
                guard count > 0 else { continue }
                let back = layout.extent(of: touched)
                #expect(back.offset <= UInt64(first) && back.end >= UInt64(first + count))
                #expect(back.end <= UInt64(volumeBytes))
            }
        }
    }

    @Test func extentsThatShareAByteOverlap() {
        for one in 0..<6 {
            for other in 0..<6 {
                let (a, b) = (ByteExtent(offset: UInt64(one), count: 2), ByteExtent(offset: UInt64(other), count: 3))
                #expect(a.overlaps(b) == (one..<one + 2).overlaps(other..<other + 3))
            }
        }
    }

    @Test func ldevNumbersAreReadInAllTheirNotations() {
        for text in ["02:40", "576", "0x240", "0X240"] { #expect(LDEVNumber(parsing: text)?.value == 0x240) }
        for text in ["", ":", "1:", ":1", "65536", "0x", "0x10000", "100:00", "-1", "1 2"] {
            #expect(LDEVNumber(parsing: text) == nil, "\(text)")
        }
        #expect(LDEVNumber(0x0A0B).description == "0A:0B")
    }
}
