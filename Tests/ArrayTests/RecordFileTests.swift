// Is a record found whole after every damage to its file and every interrupted store, or refused, and never a trap?

import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing
import VolumeStore

@Suite("record file")
struct RecordFileTests {
    private let older = [UInt8](repeating: 0xA5, count: 200)
    private let newer = [UInt8]((0..<200).map { UInt8($0) })

    @Test("the newest record is found again")
    func newestIsFound() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.record"
            let file = try RecordFile(path: path, capacity: 300)
            #expect(file.load() == .nothing)
            for round in 0..<5 {
                try file.store([UInt8](repeating: UInt8(round), count: 100 + round))
                let again = try #require(try RecordFile(existing: path))
                #expect(again.load() == .record([UInt8](repeating: UInt8(round), count: 100 + round)))
            }
        }
    }

    @Test("a file whose making was interrupted holds nothing")
    func interruptedMakingHoldsNothing() throws {
        try withTemporaryFolder { folder in
            try Data().write(to: URL(fileURLWithPath: folder + "/empty"))
            #expect(try RecordFile(existing: folder + "/empty") == nil)
            try Data(count: 8192).write(to: URL(fileURLWithPath: folder + "/zeros"))
            #expect(try #require(try RecordFile(existing: folder + "/zeros")).load() == .nothing)
        }
    }

    @Test("with any byte flipped, the newest or the older record is found")
    func flippedBytes() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.record"
            let file = try RecordFile(path: path, capacity: 300)
            try file.store(older)
            try file.store(newer)
            let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            for index in [Int](0..<220) + [Int](4096..<4316) {
                for mask in [UInt8(0xFF), 1, 2] {
                    var bytes = whole
                    bytes[index] ^= mask
                    try Data(bytes).write(to: URL(fileURLWithPath: path))
                    let contents = try #require(try RecordFile(existing: path)).load()
                    #expect(contents == .record(newer) || contents == .record(older), "byte \(index), mask \(mask)")
                }
            }
        }
    }

    @Test("with any byte of the only record flipped, it is found or called damaged, never taken for absent")
    func flippedBytesOfTheOnlyRecord() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.record"
            try RecordFile(path: path, capacity: 300).store(newer)
            let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            for index in [Int](0..<220) + [Int](4096..<4316) {
                for mask in [UInt8(0xFF), 1, 2] {
                    var bytes = whole
                    bytes[index] ^= mask
                    try Data(bytes).write(to: URL(fileURLWithPath: path))
                    let contents = try #require(try RecordFile(existing: path)).load()
                    #expect(contents == .record(newer) || contents == .damaged, "byte \(index), mask \(mask)")
                }
            }
        }
    }

    @Test("a store that a kill interrupts after any byte leaves the older record or the newer")
    func interruptedStore() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.record"
            let file = try RecordFile(path: path, capacity: 300)
            try file.store(older)
            try file.store(older)
            let before = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            try file.store(newer)
            let after = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            // The third store goes to the second place: generation cleared, bytes, length, checksum, generation.
            let order = [Int](4096 + 16..<4096 + 216) + [Int](4096 + 8..<4096 + 16) + [Int](4096..<4096 + 8)
            var bytes = before
            for index in 4096..<4096 + 8 { bytes[index] = 0 }
            for (step, index) in order.enumerated() {
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                let contents = try #require(try RecordFile(existing: path)).load()
                #expect(contents == .record(older) || contents == .record(newer), "after \(step) bytes")
                bytes[index] = after[index]
            }
        }
    }

    @Test("a file of guards that is missing, empty, whole or damaged")
    func opening() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/guards"
            #expect(try GuardFile.open(path) == nil)
            let made = try GuardFile(path: path)
            #expect(try #require(try GuardFile.open(path)).1.isEmpty)
            let guards = [VolumeGuard(ldev: LDEVNumber(16), flags: 5, retainedUntil: 9)]
            try made.store(guards)
            #expect(try #require(try GuardFile.open(path)).1 == guards)
            var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            for index in bytes.indices where bytes[index] != 0 { bytes[index] ^= 0xFF }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let problem = #expect(throws: StateFolderProblem.self) { try GuardFile.open(path) }
            #expect(problem?.description.hasSuffix("or delete it to give all guards up") == true)
        }
    }

    @Test("names of another format are damage too")
    func foreignFormat() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/labels"
            try LabelFile(path: path).store([LDEVNumber(16): "redo"])
            #expect(try #require(try LabelFile.open(path)).1 == [LDEVNumber(16): "redo"])
            try #require(try RecordFile(existing: path)).store([7, 0])
            let problem = #expect(throws: StateFolderProblem.self) { try LabelFile.open(path) }
            #expect(problem?.description.hasSuffix("or delete it to give all names up") == true)
        }
    }
}
