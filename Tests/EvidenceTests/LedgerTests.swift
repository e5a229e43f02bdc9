// Does the ledger say what was noted, only that, and notice when somebody changed it?

import Evidence
import Foundation
import Platform
import ReplicationCore
import Testing
import VolumeStore

@Suite struct LedgerTests {
    @Test func theLayoutIsPinned() throws {
        var entry = LedgerEntry(.write, ldev: LDEVNumber(0x1234))
        entry.continuations = 0x0203
        entry.group = 0xA1A2_A3A4
        entry.epoch = 0xB1B2
        entry.sequence = SequenceNumber(0xC1C2_C3C4_C5C6_C7C8)
        entry.offset = 0xD1D2_D3D4_D5D6_D7D8
        entry.begun = 0xE1E2_E3E4_E5E6_E7E8
        entry.bytes = 0xF1F2_F3F4
        entry.checksum = 0x0102_0304
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
        defer { unsafe bytes.deallocate() }
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe entry.encode(into: bytes)
        let wanted: [UInt8] =
            [0, 0, 0, 0, 1, 0, 3, 2, 0xA4, 0xA3, 0xA2, 0xA1, 0xB2, 0xB1, 0x34, 0x12]
            + [0xC8, 0xC7, 0xC6, 0xC5, 0xC4, 0xC3, 0xC2, 0xC1, 0xD8, 0xD7, 0xD6, 0xD5, 0xD4, 0xD3, 0xD2, 0xD1]
            + [0xE8, 0xE7, 0xE6, 0xE5, 0xE4, 0xE3, 0xE2, 0xE1, 0xF4, 0xF3, 0xF2, 0xF1, 4, 3, 2, 1]
            + [UInt8](repeating: 0, count: 16)
        #expect(unsafe [UInt8](bytes) == wanted)
        #expect(unsafe LedgerEntry(decoding: UnsafeRawBufferPointer(bytes)) == entry)
        let seal = unsafe LedgerLayout.seal(UnsafeRawBufferPointer(bytes), ordinal: 5) {
            unsafe payloadChecksum($0, $1)
        }
        let sealed = Array(wanted[8..<48]) + [5, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 3, 2]
        #expect(seal == Checksum.crc32c(sealed))
        #expect(LedgerKind.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 15])
        #expect(LedgerLayout.header(serial: ArraySerial(7), entries: 16).count == 28)
    }

    @Test func whatIsNotedIsRead() throws {
        let desk = try LedgerDesk()
        desk.write(0, at: 4096, [UInt8](repeating: 1, count: 4096))
        desk.write(1, at: 1000, [UInt8](repeating: 2, count: 70_000), state: .answering)
        desk.write(1, at: 0, [UInt8](repeating: 0, count: 8192), isDiscard: true)
        let image = try desk.image
        #expect(image.records.map(\.entry.kind) == [.start, .write, .write, .discard])
        #expect(image.records.map(\.state) == [.begun, .acknowledged, .answering, .acknowledged])
        let long = image.records[2]
        #expect(long.more.count == 28 && long.entry.continuations == 2)
        #expect(long.entry.extent == ByteExtent(offset: 1000, count: 70_000))
        #expect(image.records[1].time(of: .answered) == image.records[1].entry.begun + 200_000)
        #expect(image.records[1].time(of: .far) == nil)
        #expect(image.damage.isEmpty && !image.hasForgotten)
    }

    @Test func aRingThatCameRoundForgetsTheOldest() throws {
        let desk = try LedgerDesk(entries: 16)
        for index in 0..<40 { desk.write(0, at: index % 8 * 4096, [UInt8](repeating: UInt8(index), count: 4096)) }
        let image = try desk.image
        #expect(image.records.map(\.ordinal) == Array(25...40) && image.hasForgotten && image.damage.isEmpty)
    }

    /// A place that was reserved by a process that was killed before it filled it is no damage.
    @Test func anUnfilledPlaceIsNoDamage() throws {
        let desk = try LedgerDesk(entries: 16)
        for index in 0..<20 { desk.write(0, at: 0, [UInt8](repeating: UInt8(index), count: 512)) }
        _ = desk.ring.reserve(pieces: 1)
        desk.write(0, at: 0, [UInt8](repeating: 99, count: 512))
        let image = try desk.image
        #expect(image.damage.isEmpty && image.records.count == 15)
    }

    /// Every byte under a seal, and the seal itself: one flipped bit is noticed.
    @Test func anyFlippedBitIsDamage() throws {
        let desk = try LedgerDesk(entries: 16)
        desk.write(0, at: 0, [UInt8](repeating: 7, count: 40_000))
        let clean = try Data(contentsOf: URL(fileURLWithPath: desk.path))
        let entry = LedgerLayout.headerBytes + LedgerLayout.entryBytes
        let stateAndStages = [entry + LedgerLayout.stateAt] + (48..<64).map { entry + $0 }
        let spares = (1...3).map { entry + 64 + 4 + $0 }.filter { $0 != entry + 64 + 6 && $0 != entry + 64 + 7 }
        for at in entry..<entry + 128 where !stateAndStages.contains(at) && !spares.contains(at) {
            var bytes = [UInt8](clean)
            bytes[at] ^= 1 << UInt8(at % 8)
            let image = try unsafe bytes.withUnsafeBytes { view in
                try unsafe LedgerImage(view) { unsafe payloadChecksum($0, $1) }
            }
            #expect(!image.damage.isEmpty, "byte \(at - entry) of the entry")
            #expect(image.records.count == 1)
        }
    }

    @Test(arguments: [0, 5, 8, 17, 25]) func aDamagedHeaderIsRefused(_ at: Int) throws {
        let desk = try LedgerDesk(entries: 16)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: desk.path)))
        bytes[at] ^= 0x10
        #expect(throws: LedgerProblem.self) {
            try unsafe bytes.withUnsafeBytes { view in try unsafe LedgerImage(view) { unsafe payloadChecksum($0, $1) } }
        }
    }

    @Test func anArrayPutsALedgerAsideThatItCannotGoOnWith() throws {
        let desk = try LedgerDesk(entries: 16)
        let again = try LedgerRing(path: desk.path, serial: ArraySerial(7), bytes: 1024)
        again.noteStart(isTrustworthy: false)
        #expect(!again.replacedAnother)
        #expect(try desk.image.records.map(\.entry.offset) == [1, 0])
        let other = try LedgerRing(path: desk.path, serial: ArraySerial(8), bytes: 1024)
        #expect(other.replacedAnother && FileManager.default.fileExists(atPath: desk.path + ".old"))
        try FileManager.default.removeItem(atPath: desk.path + ".old")
    }
}
