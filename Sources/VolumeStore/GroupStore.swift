// The files of one replication group: its record and its mapped memory.

package import Platform
package import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// A group's files, open.
///
/// **Threads**: `save` under the group's lock; the memory belongs to the group's machine.
@safe package final class GroupStore: Sendable {
    package let memory: GroupMemory
    private let mapping: MappedFile
    private let file: RecordFile

    private static let remedy =
        "the folder is left untouched: restore it, or delete the group's two files to give the pair up"

    /// Makes the files of a new group. What an interrupted creation or removal left under its number is replaced.
    package init(creating record: GroupRecord, in folder: StateFolder) throws(StateFolderProblem) {
        folder.removeGroup(record.id)
        do {
            let bytes = GroupMemory.byteCount(slotCount: Int(record.slotCount), trackCounts: record.trackCounts)
            mapping = try MappedFile(path: folder.memoryPath(record.id), count: bytes)
            memory = try Self.lay(mapping, record)
            // Empty memory of a group that was noted is damage, so it must not be left by a crash of the machine.
            try mapping.synchronise()
            file = try RecordFile(path: folder.recordPath(record.id), capacity: record.encoded().count + 64)
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
        let path = folder.memoryPath(record.id)
        do {
            let bytes = GroupMemory.byteCount(slotCount: Int(record.slotCount), trackCounts: record.trackCounts)
            guard unsafe access(path, F_OK) == 0 else { throw StateFolderProblem("it is missing") }
            mapping = try MappedFile(path: path, count: bytes)
            guard unsafe mapping.bytes.prefix(8).contains(where: { $0 != 0 }) else {
                throw StateFolderProblem("it is empty")
            }
            memory = try Self.lay(mapping, record)
            guard memory.acknowledged < memory.nextSequence else { throw StateFolderProblem("its counters contradict") }
            self.file = file
        } catch {
            throw StateFolderProblem("\(path) is damaged (\(error)); \(Self.remedy)")
        }
    }

    private static func lay(_ mapping: MappedFile, _ record: GroupRecord) throws(WireError) -> GroupMemory {
        try unsafe GroupMemory(
            bytes: mapping.bytes, group: record.id, slotCount: Int(record.slotCount), trackCounts: record.trackCounts)
    }

    package func save(_ record: GroupRecord) throws(SystemFailure) { try file.store(record.encoded()) }

    /// Waits until marks and slots are on the disk.
    package func synchroniseMemory() throws(SystemFailure) { try mapping.synchronise() }
}
