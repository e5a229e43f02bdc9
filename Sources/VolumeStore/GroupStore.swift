// The files of one replication group: its record and its mapped memory, and the memories of places that were added later.
// A group grows in this order: the memories of its new places, then the record that has them. Memories that no record has
// are removed when the array starts.

package import Platform
package import ReplicationCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// Why a group did not grow.
package enum GrowthProblem: Error, Hashable, Sendable {
    /// Nothing has changed.
    case noRoom(String)
    /// It has grown, and that may be gone after a crash of the machine.
    case notOnDisk(SystemFailure)
}

/// A group's files, open.
///
/// **Threads**: `save` and `grow` under the group's lock; the memory belongs to the group's machine.
@safe package final class GroupStore: Sendable {
    /// As it was when the store was made or opened.
    package let memory: GroupMemory
    private let mapping: MappedFile
    private let folder: StateFolder
    private let files: Mutex<Files>

    private struct Files: Sendable {
        var record: RecordFile
        /// Of the places beyond those that the group was made with.
        var places: [MappedFile] = []
    }

    /// Room for whatever becomes of a record with these places.
    private static func capacity(_ record: GroupRecord) -> Int { record.byteCountMaximum + 64 }

    private static let remedy =
        "the folder is left untouched: restore it, or delete the group's two files to give the pair up"

    /// Makes the files of a new group. What an interrupted creation or removal left under its number is replaced.
    package init(creating record: GroupRecord, in folder: StateFolder) throws(StateFolderProblem) {
        folder.removeGroup(record.id)
        self.folder = folder
        do {
            let bytes = GroupMemory.byteCount(slotCount: Int(record.slotCount), trackCounts: record.trackCounts)
            mapping = try MappedFile(path: folder.memoryPath(record.id), count: bytes)
            memory = try Self.lay(mapping, record)
            // Empty memory of a group that was noted is damage, so it must not be left by a crash of the machine.
            try mapping.synchronise()
            let file = try RecordFile(path: folder.recordPath(record.id), capacity: Self.capacity(record))
            files = Mutex(Files(record: file))
        } catch {
            folder.removeGroup(record.id)
            throw StateFolderProblem("cannot make replication group \(record.id): \(error)")
        }
    }

    /// Opens the files of a group that is there and changes nothing in them.
    /// - Returns: nil for a group that was never noted: its creation was interrupted.
    /// - Throws: a damaged record or memory, or one of another array.
    package static func open(_ path: String, in folder: StateFolder) throws(StateFolderProblem) -> (
        GroupStore, GroupRecord
    )? {
        do {
            guard let file = try RecordFile(existing: path), let record = try file.record(GroupRecord.init(decoding:))
            else { return nil }
            guard path == folder.recordPath(record.id) else {
                throw StateFolderProblem("\(path) holds the record of group \(record.id); put it back under its name")
            }
            guard record.localSerial == folder.serial else {
                throw StateFolderProblem("\(path) belongs to array \(record.localSerial)")
            }
            return (try GroupStore(record, file, folder), record)
        } catch let problem as StateFolderProblem {
            throw problem
        } catch {
            throw StateFolderProblem("\(path) is damaged (\(error)); \(remedy)")
        }
    }

    private init(_ record: GroupRecord, _ file: RecordFile, _ folder: StateFolder) throws(StateFolderProblem) {
        var path = folder.memoryPath(record.id)
        self.folder = folder
        do {
            let bytes = GroupMemory.byteCount(slotCount: Int(record.slotCount), trackCounts: record.foundingTrackCounts)
            mapping = try Self.map(path, bytes)
            var memory = try Self.lay(mapping, record)
            guard memory.acknowledged < memory.nextSequence else { throw StateFolderProblem("its counters contradict") }
            var places: [MappedFile] = []
            for place in record.foundingPlaces..<record.pairs.count {
                path = folder.memoryPath(record.id, place: place)
                let count = record.pairs[place].layout.trackCount
                let mapping = try Self.map(path, PlaceMemory.byteCount(trackCount: count))
                memory.add(try Self.lay(mapping, record.id, place, count))
                places.append(mapping)
            }
            self.memory = memory
            files = Mutex(Files(record: file, places: places))
        } catch {
            throw StateFolderProblem("\(path) is damaged (\(error)); \(Self.remedy)")
        }
    }

    /// Opens a memory that is there.
    private static func map(_ path: String, _ byteCount: Int) throws -> MappedFile {
        guard unsafe access(path, F_OK) == 0 else { throw StateFolderProblem("it is missing") }
        let mapping = try MappedFile(path: path, count: byteCount)
        guard unsafe mapping.bytes.prefix(8).contains(where: { $0 != 0 }) else {
            throw StateFolderProblem("it is empty")
        }
        return mapping
    }

    private static func lay(_ mapping: MappedFile, _ record: GroupRecord) throws(WireError) -> GroupMemory {
        try unsafe GroupMemory(
            bytes: mapping.bytes, group: record.id, slotCount: Int(record.slotCount),
            trackCounts: record.foundingTrackCounts)
    }

    private static func lay(
        _ mapping: MappedFile, _ group: GroupIdentifier, _ place: Int, _ trackCount: Int
    ) throws(WireError) -> TrackBitmap {
        try unsafe PlaceMemory(bytes: mapping.bytes, group: group, place: place, trackCount: trackCount).bitmap
    }

    package func save(_ record: GroupRecord) throws(SystemFailure) {
        try files.withLock { files throws(SystemFailure) in try files.record.store(record.encoded()) }
    }

    /// Waits until marks and slots are on the disk.
    package func synchroniseMemory() throws(SystemFailure) {
        try mapping.synchronise()
        try files.withLock { files throws(SystemFailure) in
            for place in files.places { try place.synchronise() }
        }
    }

    // MARK: Growing

    /// Makes memories for the places that `record` has beyond those that are known, and stores it; a record file that is too
    /// small for it is replaced.
    /// - Returns: the bitmaps of the new places, nothing marked.
    package func grow(to record: GroupRecord) throws(GrowthProblem) -> [TrackBitmap] {
        try files.withLock { files throws(GrowthProblem) in
            let known = record.foundingPlaces + files.places.count
            let isRoomy = files.record.capacity >= Self.capacity(record)
            guard !isRoomy || known < record.pairs.count else { return [] }
            var made: [MappedFile] = []
            var bitmaps: [TrackBitmap] = []
            do {
                for place in known..<record.pairs.count {
                    let (mapping, bitmap) = try makePlace(place, of: record)
                    made.append(mapping)
                    bitmaps.append(bitmap)
                }
                if isRoomy {
                    try files.record.store(record.encoded())
                } else {
                    files.record = try makeRecordFile(record)
                }
            } catch {
                for place in made { unsafe unlink(place.path) }
                throw .noRoom("\(error)")
            }
            files.places += made
            do throws(SystemFailure) { try folder.synchroniseGroupNames() } catch { throw .notOnDisk(error) }
            return bitmaps
        }
    }

    private func makePlace(_ place: Int, of record: GroupRecord) throws -> (MappedFile, TrackBitmap) {
        let path = folder.memoryPath(record.id, place: place)
        unsafe unlink(path)
        let count = record.pairs[place].layout.trackCount
        let mapping = try MappedFile(path: path, count: PlaceMemory.byteCount(trackCount: count))
        do {
            let bitmap = try Self.lay(mapping, record.id, place, count)
            // Empty memory of a place that was noted is damage, so it must not be left by a crash of the machine.
            try mapping.synchronise()
            return (mapping, bitmap)
        } catch {
            unsafe unlink(path)
            throw error
        }
    }

    private func makeRecordFile(_ record: GroupRecord) throws(SystemFailure) -> RecordFile {
        let path = folder.recordPath(record.id)
        let draft = path + ".new"
        unsafe unlink(draft)
        do throws(SystemFailure) {
            let file = try RecordFile(path: draft, capacity: Self.capacity(record))
            try file.store(record.encoded())
            guard unsafe rename(draft, path) == 0 else { throw SystemFailure("write", path, errno) }
            return file
        } catch {
            unsafe unlink(draft)
            throw error
        }
    }
}
