// Do a set's record and memory lie where they always lay, and is anything else refused?

internal import ReplicationCore
internal import Simulator
import Testing

struct LocalRecordTests {
    private static let record: LocalCopyRecord = {
        var record = LocalCopyRecord(
            id: GroupIdentifier(0x1122_3344_5566_7788), serial: ArraySerial(30053), consistencyGroup: 7,
            pairs: [
                LocalPairRecord(
                    primary: LDEVNumber(0x0102), secondary: LDEVNumber(0x0304), mirror: 2,
                    layout: TrackLayout(volumeBytes: 1 << 20, trackBytes: 4096), copyPace: 15),
                LocalPairRecord(
                    primary: LDEVNumber(1), secondary: LDEVNumber(2), mirror: 2,
                    layout: TrackLayout(volumeBytes: 4097, trackBytes: 4096)),
            ])
        record.pairs[0].status = .restoring
        record.pairs[0].isHalfRestored = true
        record.pairs[1].isDeleted = true
        return record
    }()

    @Test func aRecordComesBackAsItWas() throws {
        #expect(try LocalCopyRecord(decoding: Self.record.encoded()) == Self.record)
        #expect(Self.record.encoded().prefix(8) == [0x41, 0x42, 0x4C, 0x4C, 1, 0, 0x88, 0x77])
        #expect(Self.record.encoded().count == 4 + 2 + 8 + 8 + 2 + 4 + 2 * (2 + 2 + 1 + 8 + 4 + 1 + 1 + 1 + 1) + 4)
    }

    @Test func everyShorterAndEveryChangedRecordIsRefused() {
        let bytes = Self.record.encoded()
        for count in 0..<bytes.count {
            #expect(throws: WireError.self) { try LocalCopyRecord(decoding: Array(bytes.prefix(count))) }
        }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x40
            #expect(throws: WireError.self) { try LocalCopyRecord(decoding: changed) }
        }
    }

    @Test func aMirrorUnitBeyondTwoIsRefused() {
        var record = Self.record
        record.pairs[1].mirror = 3
        #expect(throws: WireError.unknownValue(field: "mirror unit")) {
            try LocalCopyRecord(decoding: record.encoded())
        }
    }

    @Test func memorySizesAndOffsetsArePinned() throws {
        let counts = [1, 65, 130]
        // 24 header, 12 track counts padded to 16 (from 24: 40), three bitmaps each of 1, 2 and 3 words.
        #expect(LocalCopyMemory.byteCount(trackCounts: counts) == 40 + 3 * 8 + 3 * 16 + 3 * 24)
        let nvram = Nvram(byteCount: LocalCopyMemory.byteCount(trackCounts: counts))
        let id = GroupIdentifier(0x1122_3344_5566_7788)
        let memory = try unsafe LocalCopyMemory(bytes: nvram.bytes, set: id, trackCounts: counts)
        var first = memory.bitmap(.primaryChanges, ofPair: 1)
        first.mark(TrackRange(first: 64, count: 1))
        var last = memory.bitmap(.secondaryChanges, ofPair: 2)
        last.mark(TrackRange(first: 129, count: 1))
        let bytes = nvram.contents
        #expect(Array(bytes[0..<8]) == [0x41, 0x42, 0x4C, 0x4D, 1, 0, 0, 0])
        #expect(bytes[8] == 0x88 && bytes[16] == 3 && bytes[24] == 1 && bytes[28] == 65 && bytes[32] == 130)
        #expect(bytes[40 + 24 + 16 + 8] == 1)
        #expect(bytes[bytes.count - 8] == 2)
        let again = try unsafe LocalCopyMemory(bytes: nvram.bytes, set: id, trackCounts: counts)
        #expect(again.bitmap(.primaryChanges, ofPair: 1).isMarked(64))
        #expect(throws: WireError.badChecksum) {
            try unsafe LocalCopyMemory(bytes: nvram.bytes, set: GroupIdentifier(1), trackCounts: counts)
        }
        #expect(throws: WireError.badChecksum) {
            try unsafe LocalCopyMemory(bytes: nvram.bytes, set: id, trackCounts: [1, 66, 130])
        }
    }
}
