// A record that is replaced as a whole and must be found whole after a killed process, in a file whose blocks are all
// claimed when it is made: a full disk cannot keep an array from noting a change of state.
//
// Two places take turns: generation 8 · length 4 · CRC-32C of generation, length and bytes 4 · bytes. The place with
// the highest generation and a right checksum is the record. The generation is stored last; while a place is being
// written it is 0, so that a place with a generation and a wrong checksum is never the work of a killed process.

internal import CPlatform
package import Platform
internal import ReplicationCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a record file holds.
package enum RecordFileContents: Hashable, Sendable {
    /// No record was ever stored to its end.
    case nothing
    case record([UInt8])
    /// There was a record, and it is not whole.
    case damaged
}

/// A record file.
///
/// **Threads**: `store` under the owner's lock; one at a time.
@safe package final class RecordFile: @unchecked Sendable {
    private let mapping: MappedFile
    private let placeBytes: Int
    /// The longest record that it takes, in bytes.
    package var capacity: Int { placeBytes - Self.headerBytes }
    private var generation: UInt64 = 0

    private static let headerBytes = 16

    /// Opens or makes the file with room for records of `capacity` bytes.
    package init(path: String, capacity: Int) throws(SystemFailure) {
        placeBytes = (Self.headerBytes + capacity + 4095) / 4096 * 4096
        mapping = try MappedFile(path: path, count: placeBytes * 2)
        _ = load()
    }

    /// Opens a file as it is: its size tells the capacity. Nil if it has no bytes: its making was interrupted.
    package convenience init?(existing path: String) throws(SystemFailure) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw SystemFailure("open", path, errno) }
        guard status.st_size > 0 else { return nil }
        guard status.st_size % 8192 == 0 else {
            throw SystemFailure("use (\(status.st_size) bytes)", path, EINVAL)
        }
        try self.init(path: path, capacity: Int(status.st_size) / 2 - Self.headerBytes)
    }

    /// The newest whole record.
    package func load() -> RecordFileContents {
        let (contents, generation) = unsafe Self.newest(in: UnsafeRawBufferPointer(mapping.bytes))
        self.generation = generation
        return contents
    }

    /// The newest whole record, decoded; nil if none was ever stored to its end.
    /// - Throws: `badChecksum` if the file is damaged, and what `decode` throws.
    func record<Record>(_ decode: ([UInt8]) throws(WireError) -> Record) throws(WireError) -> Record? {
        switch load() {
        case .nothing: nil
        case .record(let bytes): try decode(bytes)
        case .damaged: throw .badChecksum
        }
    }

    /// Opens a file that need not be there; nil if it is not.
    /// - Parameters:
    ///   - contents: what somebody gives up who deletes a damaged file, in a word or two.
    ///   - empty: what a file says whose first record was never stored to its end.
    /// - Throws: `StateFolderProblem` if it is damaged or cannot be used.
    static func open<Record>(
        _ path: String, of contents: String, empty: Record, _ decode: ([UInt8]) throws(WireError) -> Record
    ) throws(StateFolderProblem) -> (RecordFile, Record)? {
        do {
            guard let file = try RecordFile(existing: path) else { return nil }
            return (file, try file.record(decode) ?? empty)
        } catch let failure as SystemFailure {
            if failure.code == ENOENT { return nil }
            throw StateFolderProblem(failure)
        } catch {
            throw StateFolderProblem(
                "\(path) is damaged; put it back from a copy, or delete it to give all \(contents) up")
        }
    }

    /// What a record file holds whose bytes somebody else keeps; its owner may be writing to it.
    package static func contents(of bytes: UnsafeRawBufferPointer) -> RecordFileContents {
        unsafe newest(in: bytes).0
    }

    private static func newest(in bytes: UnsafeRawBufferPointer) -> (RecordFileContents, UInt64) {
        let half = bytes.count / 2
        let halves = unsafe [bytes[..<half], bytes[half...]].map { unsafe UnsafeRawBufferPointer(rebasing: $0) }
        let places = unsafe [place(halves[0], beside: halves[1]), place(halves[1], beside: halves[0])]
        if let newest = places.filter(\.isWhole).max(by: { $0.generation < $1.generation }) {
            return (.record(newest.body), newest.generation)
        }
        return (places.allSatisfy { $0.generation == 0 } ? .nothing : .damaged, 0)
    }

    private struct Place {
        var generation: UInt64
        var body: [UInt8] = []
        var isWhole = false
    }

    private static func place(_ bytes: UnsafeRawBufferPointer, beside other: UnsafeRawBufferPointer) -> Place {
        guard bytes.count > headerBytes else { return Place(generation: 0) }
        let generation = unsafe bytes.loadLittleEndian(UInt64.self, at: 0)
        let length = unsafe Int(bytes.loadLittleEndian(UInt32.self, at: 8))
        guard length > 0, length <= bytes.count - headerBytes else { return Place(generation: generation) }
        let body = unsafe [UInt8](bytes[headerBytes..<headerBytes + length])
        let sum = unsafe bytes.loadLittleEndian(UInt32.self, at: 12)
        // Without its generation a place may still be whole: the process was killed just before it stored it.
        let wanted = generation > 0 ? generation : unsafe other.loadLittleEndian(UInt64.self, at: 0) &+ 1
        guard sum == checksum(wanted, body) else { return Place(generation: generation) }
        return Place(generation: wanted, body: body, isWhole: true)
    }

    /// Replaces the record; when this returns it is on the disk.
    package func store(_ body: [UInt8]) throws(SystemFailure) {
        precondition(!body.isEmpty && body.count <= capacity, "a record outgrew its file")
        let next = generation + 1
        let base = Int(next % 2) * placeBytes
        let place = unsafe UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[base..<base + placeBytes])
        unsafe place.storeLittleEndian(UInt64(0), at: 0)
        atomicMemoryFence(ordering: .releasing)
        for (index, byte) in body.enumerated() { unsafe place[Self.headerBytes + index] = byte }
        unsafe place.storeLittleEndian(UInt32(body.count), at: 8)
        unsafe place.storeLittleEndian(Self.checksum(next, body), at: 12)
        atomicMemoryFence(ordering: .releasing)
        unsafe place.storeLittleEndian(next, at: 0)
        generation = next
        try mapping.synchronise()
    }

    private static func checksum(_ generation: UInt64, _ body: [UInt8]) -> UInt32 {
        var writer = WireWriter(reserving: body.count + 16)
        writer.write(generation)
        writer.write(UInt32(body.count))
        writer.write(raw: body)
        return Checksum.crc32c(writer.bytes)
    }
}
