// Does a journal's file lie as it always lay, is one that a pair uses left alone, and one that nobody uses made anew?

import Foundation
import ReplicationCore
import TestSupport
import Testing
import VolumeStore

@Suite("journal files")
struct JournalFileTests {
    private static let ringBytes = JournalFile.smallestRing

    private func withFolder(_ body: (StateFolder) throws -> Void) throws {
        try withTemporaryFolder { root in
            let folder = try StateFolder(path: root, serial: ArraySerial(0x1122_3344))
            try folder.makeJournalFolder()
            try body(folder)
        }
    }

    private func open(
        _ folder: StateFolder, bytes: Int = ringBytes, isInUse: Bool = false
    ) throws(StateFolderProblem) -> JournalFile {
        try JournalFile(number: 7, ringBytes: bytes, isInUse: isInUse, in: folder)
    }

    @Test("its size and its header are pinned")
    func layout() throws {
        try withFolder { folder in
            let journal = try open(folder)
            let path = folder.journalPath(7)
            #expect(path == folder.path + "/journals/007")
            let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            #expect(bytes.count == 4096 + (16 << 20))
            #expect(Array(bytes[0..<8]) == [0x41, 0x42, 0x4A, 0x4E, 1, 0, 7, 0])
            #expect(Array(bytes[8..<16]) == [0x44, 0x33, 0x22, 0x11, 0, 0, 0, 0])
            #expect(Array(bytes[16..<24]) == [0, 0, 0, 1, 0, 0, 0, 0])
            let sum = Checksum.crc32c(bytes[0..<24])
            #expect((0..<4).allSatisfy { bytes[24 + $0] == UInt8(truncatingIfNeeded: sum >> UInt32(8 * $0)) })
            #expect(bytes[28...].allSatisfy { $0 == 0 })
            #expect(unsafe journal.ring.count == Self.ringBytes)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("what lies in it is there when it is opened again, used or not")
    func contentsStay() throws {
        try withFolder { folder in
            for isInUse in [false, true] {
                do {
                    let journal = try open(folder, isInUse: isInUse)
                    unsafe journal.ring[1000] = isInUse ? 2 : 1
                }
                let again = try open(folder, isInUse: true)
                #expect(unsafe again.ring[1000] == (isInUse ? 2 : 1))
            }
        }
    }

    @Test("one that a pair uses must be there as it was, and is left as it is")
    func inUse() throws {
        try withFolder { folder in
            #expect(throws: StateFolderProblem.self) { try open(folder, isInUse: true) }
            #expect(!FileManager.default.fileExists(atPath: folder.journalPath(7)))
            _ = try open(folder)
            #expect(throws: StateFolderProblem.self) { try open(folder, bytes: Self.ringBytes * 2, isInUse: true) }
            let url = URL(fileURLWithPath: folder.journalPath(7))
            for byte in [0, 4, 6, 8, 16, 24] {
                let whole = try Data(contentsOf: url)
                var damaged = whole
                damaged[byte] ^= 1
                try damaged.write(to: url)
                #expect(throws: StateFolderProblem.self, "byte \(byte)") { try open(folder, isInUse: true) }
                #expect(try Data(contentsOf: url) == damaged)
                try whole.write(to: url)
            }
            #expect(throws: Never.self) { try open(folder, isInUse: true) }
        }
    }

    @Test("one that nobody uses takes another size, and is mended")
    func notInUse() throws {
        try withFolder { folder in
            _ = try open(folder)
            #expect(unsafe try open(folder, bytes: Self.ringBytes * 2).ring.count == Self.ringBytes * 2)
            try Data(count: 12).write(to: URL(fileURLWithPath: folder.journalPath(7)))
            _ = try open(folder)
            #expect(throws: Never.self) { try open(folder, isInUse: true) }
        }
    }
}
