// The guards of an array's volumes, in one record file beside the groups' (`guards`): what a volume refuses outlives a
// killed process, as its pairs do. The file is made with the first guard.
//
//   format 2 · count 4 · for each guarded volume: LDEV 2 · flags 1 · retained until 8

package import Platform
package import ReplicationCore

/// A guard of one volume.
package struct VolumeGuard: Hashable, Sendable {
    package var ldev: LDEVNumber
    package var flags: UInt8
    /// Until when it cannot be lowered, in seconds since 1970; 0: it can.
    package var retainedUntil: UInt64

    package init(ldev: LDEVNumber, flags: UInt8, retainedUntil: UInt64) {
        self.ldev = ldev
        self.flags = flags
        self.retainedUntil = retainedUntil
    }
}

/// The file of guards.
///
/// **Threads**: one caller at a time.
package final class GuardFile: Sendable {
    private static let format: UInt16 = 1
    private static let entryBytes = 11
    /// Room for a guard on every LDEV that an array can have.
    private static let capacity = 6 + entryBytes * 65_536

    private let record: RecordFile

    private init(_ record: RecordFile) { self.record = record }

    /// Makes the file, or opens the one that is there.
    package convenience init(path: String) throws(SystemFailure) {
        self.init(try RecordFile(path: path, capacity: Self.capacity))
    }

    /// The file that is there, with its guards; nil if there is none.
    /// - Throws: `StateFolderProblem` if it is damaged: an array must not start with its volumes unguarded.
    package static func open(_ path: String) throws(StateFolderProblem) -> (GuardFile, [VolumeGuard])? {
        guard let (record, guards) = try RecordFile.open(path, of: "guards", empty: [], decode) else { return nil }
        return (GuardFile(record), guards)
    }

    /// Replaces all guards; when this returns they are on the disk.
    package func store(_ guards: [VolumeGuard]) throws(SystemFailure) { try record.store(Self.encode(guards)) }

    package static func encode(_ guards: [VolumeGuard]) -> [UInt8] {
        var w = WireWriter(reserving: 6 + entryBytes * guards.count)
        w.write(format)
        w.write(each: guards) {
            $0.write($1.ldev.value)
            $0.write($1.flags)
            $0.write($1.retainedUntil)
        }
        return w.bytes
    }

    package static func decode(_ bytes: [UInt8]) throws(WireError) -> [VolumeGuard] {
        var r = WireReader(bytes)
        let found = try r.read(UInt16.self)
        guard found == format else { throw .unsupportedVersion(found) }
        let guards = try r.readEach { (r) throws(WireError) in
            VolumeGuard(ldev: LDEVNumber(try r.read()), flags: try r.read(), retainedUntil: try r.read())
        }
        try r.finish()
        return guards
    }
}
