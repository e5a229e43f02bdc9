// The names that administrators gave to an array's volumes, in one record file beside the guards' (`labels`): like a guard a
// name outlives a killed process. The file is made with the first name.
//
//   format 2 · count 4 · for each named volume: LDEV 2 · text (length 4, UTF-8)

package import Platform
package import ReplicationCore

/// The file of names.
///
/// **Threads**: one caller at a time.
package final class LabelFile: Sendable {
    private static let format: UInt16 = 1
    /// Bytes of a text at most.
    package static let longestText = 64
    /// Room for a name on every LDEV that an array can have.
    private static let capacity = 6 + (6 + longestText) * 65_536

    private let record: RecordFile

    private init(_ record: RecordFile) { self.record = record }

    /// Makes the file, or opens the one that is there.
    package convenience init(path: String) throws(SystemFailure) {
        self.init(try RecordFile(path: path, capacity: Self.capacity))
    }

    /// The file that is there, with its names; nil if there is none.
    /// - Throws: `StateFolderProblem` if it is damaged.
    package static func open(_ path: String) throws(StateFolderProblem) -> (LabelFile, [LDEVNumber: String])? {
        guard let (record, labels) = try RecordFile.open(path, of: "names", empty: [:], decode) else { return nil }
        return (LabelFile(record), labels)
    }

    /// Replaces all names; when this returns they are on the disk.
    package func store(_ labels: [LDEVNumber: String]) throws(SystemFailure) { try record.store(Self.encode(labels)) }

    package static func encode(_ labels: [LDEVNumber: String]) -> [UInt8] {
        var w = WireWriter(reserving: 6 + 40 * labels.count)
        w.write(format)
        w.write(each: labels.sorted { $0.key < $1.key }) {
            $0.write($1.key.value)
            $0.write($1.value)
        }
        return w.bytes
    }

    package static func decode(_ bytes: [UInt8]) throws(WireError) -> [LDEVNumber: String] {
        var r = WireReader(bytes)
        let found = try r.read(UInt16.self)
        guard found == format else { throw .unsupportedVersion(found) }
        let labels = try r.readEach { (r) throws(WireError) in
            (LDEVNumber(try r.read()), try r.readText())
        }
        try r.finish()
        return Dictionary(labels) { first, _ in first }
    }
}
