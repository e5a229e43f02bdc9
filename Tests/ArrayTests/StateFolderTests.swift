// Is an array's folder found as it was left, whatever was interrupted; and is a damaged one refused and left alone?

import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing
import VolumeStore

@Suite("state folder")
struct StateFolderTests {
    private static let serial = ArraySerial(30053)
    private static let group = GroupIdentifier(creator: serial, counter: 1)

    private static func record(_ id: GroupIdentifier = group) -> GroupRecord {
        GroupRecord(
            id: id, localSerial: serial, remoteSerial: ArraySerial(30054), consistencyGroup: nil, role: .primary,
            mode: .synchronous(.never), epoch: Epoch(1), slotCount: 64,
            pairs: [
                PairRecord(
                    local: LDEVNumber(16), remote: LDEVNumber(16),
                    layout: TrackLayout(volumeBytes: 1 << 20, trackBytes: 65536), status: .paired, isUsable: true)
            ])
    }

    /// Every file of a folder with its bytes, but the lock.
    private static func contents(_ folder: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where name != "lock" {
            contents[name] = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
        }
        return contents
    }

    private static func damage(_ path: String, byte: Int, mask: UInt8 = 0xFF) throws {
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[byte] ^= mask
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    // MARK: The folder

    @Test("a folder is made, used by one array at a time, and found again")
    func isMadeAndFound() throws {
        try withTemporaryFolder { root in
            let path = root + "/nvram"
            do {
                let folder = try StateFolder(path: path, serial: Self.serial)
                #expect(folder.memoryIsTrustworthy)
                #expect(throws: StateFolderProblem.self) { try StateFolder(path: path, serial: Self.serial) }
                #expect((folder.nextGroupCounter(), folder.nextGroupCounter()) == (1, 2))
            }
            let again = try StateFolder(path: path, serial: Self.serial)
            #expect(again.nextGroupCounter() == 3)
        }
    }

    @Test("with any byte of the identity flipped the folder is refused and untouched")
    func damagedIdentity() throws {
        try withTemporaryFolder { root in
            let path = root + "/nvram"
            _ = try StateFolder(path: path, serial: Self.serial)
            let count = try Data(contentsOf: URL(fileURLWithPath: path + "/identity")).count
            for byte in 0..<count {
                for mask in [UInt8(0xFF), 1] {
                    try Self.damage(path + "/identity", byte: byte, mask: mask)
                    let before = try Self.contents(path)
                    #expect(throws: StateFolderProblem.self) { try StateFolder(path: path, serial: Self.serial) }
                    #expect(try Self.contents(path) == before)
                    try Self.damage(path + "/identity", byte: byte, mask: mask)
                }
            }
            _ = try StateFolder(path: path, serial: Self.serial)
        }
    }

    @Test("a folder of another array, or of somebody else, is refused and untouched")
    func foreignFolder() throws {
        try withTemporaryFolder { root in
            _ = try StateFolder(path: root + "/a", serial: Self.serial)
            let before = try Self.contents(root)
            #expect(throws: StateFolderProblem.self) { try StateFolder(path: root + "/a", serial: ArraySerial(1)) }
            #expect(throws: StateFolderProblem.self) { try StateFolder(path: root, serial: Self.serial) }
            #expect(try Self.contents(root) == before)
            #expect(!FileManager.default.fileExists(atPath: root + "/lock"))
        }
    }

    @Test("a folder whose making was interrupted is made to its end")
    func interruptedMaking() throws {
        try withTemporaryFolder { root in
            for leftovers in [[], ["lock"], ["lock", "identity.new"]] {
                let path = root + "/" + String(leftovers.count)
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
                for name in leftovers { try Data([1, 2]).write(to: URL(fileURLWithPath: path + "/" + name)) }
                _ = try StateFolder(path: path, serial: Self.serial)
            }
        }
    }

    @Test("memory is distrusted after another boot until the array has noted that it runs")
    func anotherBoot() throws {
        try withTemporaryFolder { root in
            let path = root + "/nvram"
            func open() throws -> StateFolder { try StateFolder(path: path, serial: Self.serial) }
            try open().markRunning()
            #expect(try open().memoryIsTrustworthy)
            try Data("some other boot\n".utf8).write(to: URL(fileURLWithPath: path + "/boot"))
            // A start that ends before its groups have noted it must not make the next one trust them.
            #expect(try !open().memoryIsTrustworthy)
            #expect(try !open().memoryIsTrustworthy)
            try open().markRunning()
            #expect(try open().memoryIsTrustworthy)
            try Data("some other boot\n".utf8).write(to: URL(fileURLWithPath: path + "/boot"))
            try open().markClean()
            #expect(try open().memoryIsTrustworthy)
        }
    }

    @Test("state files can be read by their owner alone")
    func permissions() throws {
        try withTemporaryFolder { root in
            let folder = try StateFolder(path: root + "/nvram", serial: Self.serial)
            try folder.markRunning()
            let store = try GroupStore(creating: Self.record(), in: folder)
            try store.save(Self.record())
            _ = try VolumeFile(path: folder.volumePath(LDEVNumber(16)), byteCount: 1 << 20)
            for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
                let attributes = try FileManager.default.attributesOfItem(atPath: root + "/" + name)
                let permissions = try #require(attributes[.posixPermissions] as? Int)
                #expect(permissions & 0o077 == 0, "\(name)")
            }
        }
    }

    // MARK: Groups

    @Test("a group's files are found again")
    func groupIsFound() throws {
        try withTemporaryFolder { root in
            let folder = try StateFolder(path: root + "/nvram", serial: Self.serial)
            do {
                let store = try GroupStore(creating: Self.record(), in: folder)
                try store.save(Self.record())
                store.memory.applied = SequenceNumber(7)
            }
            #expect(try folder.recordPaths() == [folder.recordPath(Self.group)])
            let (store, record) = try #require(try GroupStore.open(folder.recordPath(Self.group), in: folder))
            #expect(record == Self.record())
            #expect(store.memory.applied == SequenceNumber(7))
        }
    }

    @Test("a creation that was interrupted at any step leaves no group, and its number can be used again")
    func interruptedCreation() throws {
        try withTemporaryFolder { root in
            let folder = try StateFolder(path: root + "/nvram", serial: Self.serial)
            let path = folder.recordPath(Self.group)
            // Memory alone; a record file without bytes; one without a record.
            for step in 0..<3 {
                do {
                    let store = try GroupStore(creating: Self.record(), in: folder)
                    store.memory.applied = SequenceNumber(99)
                }
                if step == 0 { unsafe unlink(path) }
                if step == 1 { unsafe truncate(path, 0) }
                if step > 0 { #expect(try GroupStore.open(path, in: folder) == nil) }
                let store = try GroupStore(creating: Self.record(), in: folder)
                #expect(store.memory.applied == .none)
                folder.removeGroups(otherThan: [])
                #expect(try Self.contents(root + "/nvram/groups").isEmpty)
            }
        }
    }

    @Test("with any byte of the record flipped, the group is found or refused, and never forgotten")
    func damagedRecord() throws {
        try withTemporaryFolder { root in
            let folder = try StateFolder(path: root + "/nvram", serial: Self.serial)
            try GroupStore(creating: Self.record(), in: folder).save(Self.record())
            let path = folder.recordPath(Self.group)
            var refused = 0
            for byte in [Int](0..<16) + [Int](4096..<4096 + 16 + Self.record().encoded().count) {
                try Self.damage(path, byte: byte)
                let before = try Self.contents(root + "/nvram")
                do {
                    let found = try #require(try GroupStore.open(path, in: folder), "byte \(byte): forgotten")
                    #expect(found.1 == Self.record())
                } catch is StateFolderProblem {
                    refused += 1
                }
                #expect(try Self.contents(root + "/nvram") == before)
                try Self.damage(path, byte: byte)
            }
            #expect(refused > 80)
        }
    }

    @Test("with any byte of the memory's header flipped, or the memory gone or empty, the group is refused")
    func damagedMemory() throws {
        try withTemporaryFolder { root in
            let folder = try StateFolder(path: root + "/nvram", serial: Self.serial)
            try GroupStore(creating: Self.record(), in: folder).save(Self.record())
            let path = folder.recordPath(Self.group)
            let memory = folder.memoryPath(Self.group)
            func expectRefusal(_ comment: Comment) throws {
                let before = try Self.contents(root + "/nvram")
                #expect(throws: StateFolderProblem.self, comment) { try GroupStore.open(path, in: folder) }
                #expect(try Self.contents(root + "/nvram") == before, comment)
            }
            for byte in 0..<28 {
                try Self.damage(memory, byte: byte)
                try expectRefusal("byte \(byte)")
                try Self.damage(memory, byte: byte)
            }
            let whole = try Data(contentsOf: URL(fileURLWithPath: memory))
            try Data(count: whole.count).write(to: URL(fileURLWithPath: memory))
            try expectRefusal("all zero")
            try whole.dropLast().write(to: URL(fileURLWithPath: memory))
            try expectRefusal("cut short")
            unsafe unlink(memory)
            try expectRefusal("gone")
            try whole.write(to: URL(fileURLWithPath: memory))
            #expect(try GroupStore.open(path, in: folder) != nil)
        }
    }

    @Test("a group grows by places, past the size of its record file, and is found with all of them")
    func groupGrows() throws {
        try withTemporaryFolder { root in
            let folder = try StateFolder(path: root + "/nvram", serial: Self.serial)
            let path = folder.recordPath(Self.group)
            var record = Self.record()
            do {
                let store = try GroupStore(creating: record, in: folder)
                try store.save(record)
                for count in [1, 1, 150] {
                    record = record.withPlaces(for: (0..<count).map { Self.place(record.pairs.count + $0) })
                    let bitmaps = try store.grow(to: record)
                    #expect(bitmaps.count == count && bitmaps.allSatisfy(\.isEmpty))
                }
                #expect(try store.grow(to: record).isEmpty, "there is room already")
                record.pairs[1].isUsable = false
                try store.save(record)
            }
            // What a join left that was interrupted: it is not looked at, and removed.
            try Data(count: 4096).write(to: URL(fileURLWithPath: path + ".new"))
            try Data(count: 48).write(to: URL(fileURLWithPath: folder.memoryPath(Self.group, place: 153)))
            #expect(try folder.recordPaths() == [path])
            let (store, found) = try #require(try GroupStore.open(path, in: folder))
            #expect(found == record && store.memory.trackCounts == record.trackCounts)
            var bitmap = store.memory.bitmap(152)
            bitmap.mark(TrackRange(first: 3, count: 2))
            #expect(StateReader(path: root + "/nvram").groups().groups.first?.isMarked(4, ofPair: 152) == true)
            folder.removeGroups(otherThan: [found])
            let files = try Self.contents(root + "/nvram/groups")
            #expect(files.count == 2 + 152)
            #expect(bitmap.markedCount == 2)
            let (again, _) = try #require(try GroupStore.open(path, in: folder))
            let marked = again.memory.bitmap(152).markedCount
            #expect(marked == 2)
            // The memory ends with the stores.
            withExtendedLifetime((store, again)) {}
            // Each place is needed.
            let place = folder.memoryPath(Self.group, place: 77)
            for damage in [{ unsafe unlink(place) == 0 }, { unsafe truncate(place, 36) == 0 }] as [() -> Bool] {
                let whole = try Data(contentsOf: URL(fileURLWithPath: place))
                #expect(damage())
                #expect(throws: StateFolderProblem.self) { try GroupStore.open(path, in: folder) }
                try whole.write(to: URL(fileURLWithPath: place))
            }
            #expect(try GroupStore.open(path, in: folder) != nil)
            folder.removeGroup(Self.group)
            #expect(try Self.contents(root + "/nvram/groups").isEmpty)
        }
    }

    private static func place(_ index: Int) -> PairRecord {
        PairRecord(
            local: LDEVNumber(UInt16(16 + index)), remote: LDEVNumber(UInt16(16 + index)),
            layout: TrackLayout(volumeBytes: 1 << 20, trackBytes: 65536), status: .copying, isUsable: true)
    }
}
