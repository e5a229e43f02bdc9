// The device and copy groups of an array, once an administrator changed them, in one record file beside the labels'
// (`device-groups`): what was changed outlives a killed process. What the record says is the array's own matter.

package import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

/// The file of groups.
///
/// **Threads**: one caller at a time.
package final class GroupListFile: Sendable {
    /// Room for as many volumes as an array can have, each in a group, and for thousands of copy groups.
    private static let capacity = 4 << 20

    private let record: RecordFile

    private init(_ record: RecordFile) { self.record = record }

    /// Makes the file, or opens the one that is there.
    package convenience init(path: String) throws(SystemFailure) {
        self.init(try RecordFile(path: path, capacity: Self.capacity))
    }

    /// The file that is there, and its bytes if it ever got any; nil if there is none.
    /// - Parameter decode: nil if the bytes are none of this file's.
    /// - Throws: `StateFolderProblem` if it is damaged.
    package static func open<Groups>(
        _ path: String, _ decode: ([UInt8]) -> Groups?
    ) throws(StateFolderProblem) -> (GroupListFile, Groups?)? {
        let record: RecordFile?
        do throws(SystemFailure) {
            record = try RecordFile(existing: path)
        } catch {
            if error.code == ENOENT { return nil }
            throw StateFolderProblem(error)
        }
        guard let record else { return nil }
        switch record.load() {
        case .nothing: return (GroupListFile(record), nil)
        case .record(let bytes):
            guard let groups = decode(bytes) else { throw damaged(path) }
            return (GroupListFile(record), groups)
        case .damaged: throw damaged(path)
        }
    }

    private static func damaged(_ path: String) -> StateFolderProblem {
        StateFolderProblem("\(path) is damaged; put it back from a copy, or delete it to have the bench file's groups")
    }

    /// Replaces all groups; when this returns they are on the disk.
    package func store(_ bytes: [UInt8]) throws(SystemFailure) {
        guard bytes.count <= Self.capacity else {
            throw SystemFailure("keep \(bytes.count) bytes of", "device and copy groups", ENOSPC)
        }
        try record.store(bytes)
    }
}
