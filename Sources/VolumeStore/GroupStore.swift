// The files of one replication group: its record and its mapped memory.

package import Platform
package import ReplicationCore

/// A group's files, open.
///
/// **Threads**: `save` under the group's lock; the memory belongs to the group's machine.
@safe package final class GroupStore: Sendable {
    package let memory: GroupMemory
    private let mapping: MappedFile
    private let file: RecordFile

    /// Makes the files of a new group.
    package init(creating record: GroupRecord, in folder: StateFolder) throws(StateFolderProblem) {
        do {
            let bytes = GroupMemory.byteCount(slotCount: Int(record.slotCount), trackCounts: record.trackCounts)
            mapping = try MappedFile(path: folder.memoryPath(record.id), count: bytes)
            memory = try Self.lay(mapping, record)
            file = try RecordFile(path: folder.recordPath(record.id), capacity: record.encoded().count + 64)
        } catch {
            folder.removeGroup(record.id)
            throw StateFolderProblem("cannot make replication group \(record.id): \(error)")
        }
    }

    /// Opens the files of a group that is there.
    /// - Returns: nil for a group that was never noted: its creation was interrupted.
    package static func open(_ path: String, in folder: StateFolder) throws(StateFolderProblem) -> (
        GroupStore, GroupRecord
    )? {
        do {
            let file = try RecordFile(existing: path)
            guard let bytes = file.load() else { return nil }
            let record = try GroupRecord(decoding: bytes)
            guard record.localSerial == folder.serial else {
                throw StateFolderProblem("\(path) belongs to array \(record.localSerial)")
            }
            return (try GroupStore(record, file, folder), record)
        } catch let problem as StateFolderProblem {
            throw problem
        } catch {
            throw StateFolderProblem(
                "\(path) is damaged (\(error)); the folder is left untouched: restore it, or delete the group's two "
                    + "files to give the pair up")
        }
    }

    private init(_ record: GroupRecord, _ file: RecordFile, _ folder: StateFolder) throws(StateFolderProblem) {
        let path = folder.memoryPath(record.id)
        do {
            let bytes = GroupMemory.byteCount(slotCount: Int(record.slotCount), trackCounts: record.trackCounts)
            mapping = try MappedFile(path: path, count: bytes)
            guard !mapping.isNew else { throw StateFolderProblem("it is missing") }
            memory = try Self.lay(mapping, record)
            self.file = file
        } catch {
            throw StateFolderProblem(
                "\(path) is damaged (\(error)); the folder is left untouched: restore it, or delete the group's two "
                    + "files to give the pair up")
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
