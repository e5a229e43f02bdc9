// The files of one set of local pairs: its record and its mapped memory, in the folder `local` of the array's state.

package import Platform
package import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// A set's files, open.
///
/// **Threads**: `save` under the set's lock; the memory belongs to the set's machine.
@safe package final class LocalStore: Sendable {
    package let memory: LocalCopyMemory
    private let mapping: MappedFile
    private let file: RecordFile

    private static let remedy =
        "the folder is left untouched: restore it, or delete the set's two files to give the local pairs up"

    /// Makes the files of a new set and notes it. What an interrupted creation left under its number is replaced.
    package init(creating record: LocalCopyRecord, in folder: StateFolder) throws(StateFolderProblem) {
        folder.removeLocal(record.id)
        do {
            let bytes = LocalCopyMemory.byteCount(trackCounts: record.trackCounts)
            mapping = try MappedFile(path: folder.localMemoryPath(record.id), count: bytes)
            memory = try Self.lay(mapping, record)
            file = try RecordFile(path: folder.localRecordPath(record.id), capacity: record.encoded().count + 64)
        } catch {
            folder.removeLocal(record.id)
            throw StateFolderProblem("cannot make the set of local pairs \(record.id): \(error)")
        }
    }

    /// Opens the files of a set that is there and changes nothing in them.
    /// - Returns: nil for a set that was never noted: its creation was interrupted.
    /// - Throws: a damaged record or memory, or one of another array.
    package static func open(_ path: String, in folder: StateFolder) throws(StateFolderProblem) -> (
        LocalStore, LocalCopyRecord
    )? {
        do {
            guard let file = try RecordFile(existing: path),
                let record = try file.record(LocalCopyRecord.init(decoding:))
            else { return nil }
            guard path == folder.localRecordPath(record.id) else {
                throw StateFolderProblem("\(path) holds the record of set \(record.id); put it back under its name")
            }
            guard record.serial == folder.serial else {
                throw StateFolderProblem("\(path) belongs to array \(record.serial)")
            }
            return (try LocalStore(record, file, folder), record)
        } catch let problem as StateFolderProblem {
            throw problem
        } catch {
            throw StateFolderProblem("\(path) is damaged (\(error)); \(remedy)")
        }
    }

    private init(_ record: LocalCopyRecord, _ file: RecordFile, _ folder: StateFolder) throws(StateFolderProblem) {
        let path = folder.localMemoryPath(record.id)
        do {
            guard unsafe access(path, F_OK) == 0 else { throw StateFolderProblem("it is missing") }
            mapping = try MappedFile(path: path, count: LocalCopyMemory.byteCount(trackCounts: record.trackCounts))
            guard unsafe mapping.bytes.prefix(8).contains(where: { $0 != 0 }) else {
                throw StateFolderProblem("it is empty")
            }
            memory = try Self.lay(mapping, record)
            self.file = file
        } catch {
            throw StateFolderProblem("\(path) is damaged (\(error)); \(Self.remedy)")
        }
    }

    private static func lay(
        _ mapping: MappedFile, _ record: LocalCopyRecord
    ) throws(WireError) -> LocalCopyMemory {
        try unsafe LocalCopyMemory(bytes: mapping.bytes, set: record.id, trackCounts: record.trackCounts)
    }

    package func save(_ record: LocalCopyRecord) throws(SystemFailure) { try file.store(record.encoded()) }

    /// Waits until the marks are on the disk.
    package func synchroniseMemory() throws(SystemFailure) { try mapping.synchronise() }
}

extension StateFolder {
    package func localRecordPath(_ set: GroupIdentifier) -> String { path + "/local/\(set).record" }
    package func localMemoryPath(_ set: GroupIdentifier) -> String { path + "/local/\(set).memory" }

    /// The record files of local pairs that are there.
    /// - Throws: the folder cannot be read: an array must not start as if it had no pairs.
    package func localRecordPaths() throws(StateFolderProblem) -> [String] {
        try Self.names(in: path + "/local").filter { $0.hasSuffix(".record") }.map { path + "/local/" + $0 }
    }

    /// Removes what interrupted creations and removals left of sets other than `known`.
    package func removeLocals(otherThan known: [GroupIdentifier]) {
        let kept = Set(known.map { "\($0)" })
        for name in (try? Self.names(in: path + "/local")) ?? [] {
            for suffix in [".record", ".memory"] where name.hasSuffix(suffix) {
                if !kept.contains(String(name.dropLast(suffix.count))) { unsafe unlink(path + "/local/" + name) }
            }
        }
    }

    package func removeLocal(_ set: GroupIdentifier) {
        // The record goes first: memory without a record is never looked at.
        unsafe unlink(localRecordPath(set))
        unsafe unlink(localMemoryPath(set))
    }
}
