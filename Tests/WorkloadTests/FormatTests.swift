// Do the bytes of stamps and records lie where the documentation says, and is every damaged one recognised?

import Foundation
import ReplicationCore
import TestSupport
import Testing
import Workload

@Suite struct FormatTests {
    private static let stamp = Stamp(
        run: 0x1122_3344_5566_7788, volume: 3, sequence: 9, offset: 0x10000, length: 1024,
        precedent: Precedent(sequence: 8, volume: 2, offset: 0x4000, length: 512))

    private static func sectors() -> [UInt8] {
        var bytes = Array(repeating: UInt8(0), count: 1024)
        unsafe bytes.withUnsafeMutableBytes { unsafe stamp.fill($0) }
        return bytes
    }

    private static func read(_ bytes: [UInt8], _ sector: Int = 0) -> SectorContents {
        unsafe bytes[sector * 512..<sector * 512 + 512].withUnsafeBytes { unsafe SectorContents($0) }
    }

    private static func field(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt64 {
        bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    @Test func aStampLiesWhereItIsDocumented() {
        let bytes = Self.sectors()
        #expect(String(decoding: bytes[0..<8], as: UTF8.self) == "ABSTAMP1")
        let fields: [(Int, Int, UInt64)] = [
            (8, 2, 1), (10, 2, 3), (16, 8, 0x1122_3344_5566_7788), (24, 8, 0x10000), (32, 8, 9), (40, 8, 0x10000),
            (48, 8, 1024), (56, 8, 8), (64, 8, 0x4000), (72, 8, 512), (80, 8, 2),
        ]
        for (place, count, value) in fields { #expect(Self.field(bytes, place, count) == value, "byte \(place)") }
        #expect(Self.field(bytes, 512 + 24, 8) == 0x10200)
        let unsummed = bytes[0..<12] + [0, 0, 0, 0] + bytes[16..<512]
        #expect(Self.field(bytes, 12, 4) == UInt64(Checksum.crc32c(unsummed)))
        #expect(Self.field(bytes, 12, 4) == 0xB6FD_0CA4, "the sum pins the filling as well")
        #expect(Self.read(bytes) == .stamp(Self.stamp, place: 0x10000))
        #expect(Self.read(bytes, 1) == .stamp(Self.stamp, place: 0x10200))
    }

    @Test func everyChangedByteOfAStampIsSeen() {
        let whole = Self.sectors()
        for place in 0..<512 {
            var bytes = whole
            bytes[place] ^= 0x40
            #expect(Self.read(bytes) == (place < 8 ? .other : .broken), "byte \(place)")
        }
    }

    @Test func whatIsNoStampIsToldApart() {
        #expect(Self.read(Array(repeating: 0, count: 512)) == .zero)
        #expect(Self.read(Array(repeating: 7, count: 512)) == .other)
        var last = Array(repeating: UInt8(0), count: 512)
        last[511] = 1
        #expect(Self.read(last) == .other)
    }

    @Test func aHeaderIsReadBack() throws {
        let header = RecordHeader(
            subject: .stampedLoad, run: 5, seed: 6,
            volumes: [
                RecordHeader.Volume(path: "/dev/ä", size: 1 << 40, regionOffset: 512, regionLength: 1024),
                RecordHeader.Volume(path: "/b", size: 4096, before: .other),
            ], discards: true, monotonicNanoseconds: 7, wallNanoseconds: 8)
        let bytes = header.encoded
        #expect(bytes.count == 4096)
        #expect(String(decoding: bytes[0..<8], as: UTF8.self) == "ABLOADRC")
        let fields: [(Int, Int, UInt64)] = [
            (8, 2, 1), (10, 2, 1), (12, 4, 4096), (16, 2, 1), (18, 1, 1), (20, 4, 2), (24, 8, 5), (32, 8, 6),
            (40, 8, 7), (48, 8, 8), (56, 8, 1 << 40), (64, 8, 512), (72, 8, 1024), (80, 1, 1), (81, 2, 7),
        ]
        for (place, count, value) in fields { #expect(Self.field(bytes, place, count) == value, "byte \(place)") }
        #expect(try RecordHeader(decoding: bytes) == header)
    }

    /// A record as it lies on the disk: header, two operations, the closing entry.
    private func record(_ folder: String) throws -> (path: String, bytes: [UInt8]) {
        let path = folder + "/record"
        let header = RecordHeader(
            subject: .stampedLoad, run: 5, volumes: [RecordHeader.Volume(path: "/v", size: 1 << 20)])
        let record = try LoadRecord(path: path, header: header)
        for sequence in [UInt64(1), 2] {
            var entry = RecordEntry(event: .begun, kind: .write, sequence: sequence)
            entry.offset = 0x2000
            entry.length = 4096
            entry.nanoseconds = 77
            entry.thread = 3
            try record.append(entry)
            entry.event = .ended
            entry.errno = sequence == 1 ? 0 : 5
            try record.append(entry)
        }
        try record.close()
        return (path, try contents(path))
    }

    @Test func anEntryLiesWhereItIsDocumented() throws {
        try withTemporaryFolder { folder in
            let (path, bytes) = try record(folder)
            let entry = 4096 + 3 * 64
            let fields: [(Int, Int, UInt64)] = [
                (0, 8, 2), (8, 1, 2), (9, 1, 1), (10, 2, 0), (12, 4, 5), (16, 8, 0x2000), (24, 8, 4096), (32, 8, 77),
                (40, 8, 0), (48, 8, 3), (56, 2, 3), (58, 2, 0),
            ]
            for (place, count, value) in fields {
                #expect(Self.field(bytes, entry + place, count) == value, "byte \(place)")
            }
            let history = try LoadHistory.read(path)
            #expect(history.isClosed)
            #expect(history.operations.map(\.isAcknowledged) == [true, false])
            #expect(history.operations.map(\.errno) == [0, 5])
        }
    }

    @Test func everyChangedByteOfARecordIsSeen() throws {
        try withTemporaryFolder { folder in
            let (_, whole) = try record(folder)
            for place in Array(0..<100) + Array(4090..<4096 + 5 * 64) + [4096 + 6 * 64, whole.count - 1] {
                var bytes = whole
                bytes[place] ^= 0x20
                #expect(throws: RecordDamage.self, "byte \(place)") { try LoadHistory("r", bytes) }
            }
            for count in [0, 15, 100, 4096, 4096 + 64, whole.count - 1] {
                #expect(throws: RecordDamage.self, "\(count) bytes") { try LoadHistory("r", Array(whole[..<count])) }
            }
        }
    }

    @Test func anEntryThatWasBeingStoredIsNoDamage() throws {
        try withTemporaryFolder { folder in
            var (_, bytes) = try record(folder)
            // The closing entry and the last answer go; of the answer only its first half came to be stored.
            for place in 4096 + 4 * 64..<4096 + 5 * 64 { bytes[place] = 0 }
            for place in 4096 + 3 * 64 + 32..<4096 + 4 * 64 { bytes[place] = 0 }
            let history = try LoadHistory("r", bytes)
            #expect(history.hasIncompleteEntry)
            #expect(!history.isClosed)
            #expect(history.operations[1].endedEntry == nil)
        }
    }

    @Test func aRecordGrowsAndIsNotOverwritten() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/record"
            let header = RecordHeader(
                subject: .stampedLoad, run: 5, volumes: [RecordHeader.Volume(path: "/v", size: 1 << 20)])
            let record = try LoadRecord(path: path, header: header)
            for sequence in 1...UInt64(70_000) {
                try record.append(RecordEntry(event: .begun, kind: .write, sequence: sequence), keeping: 10)
            }
            #expect(try LoadHistory.read(path).operations.count == 70_000)
            #expect(throws: WorkloadFailure.self) { try LoadRecord(path: path, header: header) }
            #expect(try LoadHistory.read(path).operations.count == 70_000)
        }
    }

    @Test func latencyClassesHoldTheirValues() {
        var histogram = LatencyHistogram()
        for value in UInt64(1)...1000 { histogram.add(value) }
        let median = histogram.quantile(0.5)
        #expect(median >= 500 && median < 500 + 500 / 16)
        #expect(histogram.quantile(1) == 1000)
        histogram.add(.max)
        #expect(histogram.quantile(1) == .max)
    }
}
