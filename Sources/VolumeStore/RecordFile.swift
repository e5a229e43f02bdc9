// A record that is replaced as a whole and must be found whole after a killed process, in a file whose blocks are all
// claimed when it is made: a full disk cannot keep an array from noting a change of state.
//
// Two places take turns: generation 8 · length 4 · CRC-32C of generation, length and bytes 4 · bytes. The place with
// the highest generation and a right checksum is the record.

package import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif


/// A record file.
///
/// **Threads**: `store` under the owner's lock; one at a time.
@safe package final class RecordFile: @unchecked Sendable {
    private let mapping: MappedFile
    private let placeBytes: Int
    private var generation: UInt64 = 0

    private static let headerBytes = 16

    /// Opens or makes the file with room for records of `capacity` bytes.
    package init(path: String, capacity: Int) throws(SystemFailure) {
        placeBytes = (Self.headerBytes + capacity + 4095) / 4096 * 4096
        mapping = try MappedFile(path: path, count: placeBytes * 2)
        _ = load()
    }

    /// Opens a file as it is: its size tells the capacity.
    package convenience init(existing path: String) throws(SystemFailure) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw SystemFailure("open", path, errno) }
        guard status.st_size >= 8192, status.st_size % 8192 == 0 else {
            throw SystemFailure("use (\(status.st_size) bytes)", path, EINVAL)
        }
        try self.init(path: path, capacity: Int(status.st_size) / 2 - Self.headerBytes)
    }

    /// The newest whole record; nil if there is none.
    package func load() -> [UInt8]? {
        var newest: [UInt8]?
        generation = 0
        for place in 0..<2 {
            let base = place * placeBytes
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: mapping.bytes[base..<base + placeBytes])
            let generation = unsafe bytes.loadLittleEndian(UInt64.self, at: 0)
            let length = unsafe Int(bytes.loadLittleEndian(UInt32.self, at: 8))
            guard generation > self.generation, length <= placeBytes - Self.headerBytes else { continue }
            let body = unsafe [UInt8](bytes[Self.headerBytes..<Self.headerBytes + length])
            guard unsafe bytes.loadLittleEndian(UInt32.self, at: 12) == Self.checksum(generation, body) else {
                continue
            }
            self.generation = generation
            newest = body
        }
        return newest
    }

    /// Replaces the record; when this returns it is on the disk.
    package func store(_ body: [UInt8]) throws(SystemFailure) {
        precondition(body.count <= placeBytes - Self.headerBytes, "a record outgrew its file")
        let next = generation + 1
        let base = Int(next % 2) * placeBytes
        let place = unsafe UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[base..<base + placeBytes])
        unsafe place.storeLittleEndian(UInt64(0), at: 0)
        for (index, byte) in body.enumerated() { unsafe place[Self.headerBytes + index] = byte }
        unsafe place.storeLittleEndian(UInt32(body.count), at: 8)
        unsafe place.storeLittleEndian(Self.checksum(next, body), at: 12)
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
