// A journal: a ring of frames in a file that outlives a killed process. The ring itself says nothing of what lies in it;
// that is in the memory of the group that uses it, and each frame carries its own checksums.
//
//   0     magic "ABJN" 4 · version 2 · number 2 · serial 8 · bytes of the ring 8
//   24    CRC-32C of bytes 0..<24, 4
//   4096  the ring

internal import CPlatform
internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// The file of one journal, open.
///
/// **Threads**: opened by the main thread. The ring belongs to the group that uses the journal.
@safe package final class JournalFile: Sendable {
    package static let ringAt = 4096
    /// Several of the longest frames must fit.
    package static let smallestRing = 16 << 20
    private static let magic: UInt32 = 0x4E4A_4241
    private static let version: UInt16 = 1
    private let mapping: MappedFile

    package var ring: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[Self.ringAt...])
    }

    /// Opens the journal, or makes it with all its blocks claimed.
    /// - Parameter isInUse: a group has frames in it, perhaps: it must be there as it was. A journal that is not in use is
    ///   made anew if its size is another.
    /// - Throws: a file that is missing, damaged or another array's; it is left as it is.
    package init(
        number: UInt8, ringBytes: Int, isInUse: Bool, in folder: StateFolder
    ) throws(StateFolderProblem) {
        let path = folder.journalPath(number)
        let count = Self.ringAt + ringBytes
        if isInUse { try Self.demand(path, count) }
        if !isInUse, Self.byteCount(of: path) != count { unsafe unlink(path) }
        do {
            mapping = try MappedFile(path: path, count: count)
        } catch { throw StateFolderProblem(error) }
        let header = Self.header(number, folder.serial, ringBytes)
        if !isInUse {
            for (index, byte) in header.enumerated() { unsafe mapping.bytes[index] = byte }
        } else if unsafe !mapping.bytes.prefix(header.count).elementsEqual(header) {
            throw StateFolderProblem(
                "\(path) is not journal \(number) of array \(folder.serial), and a pair uses it; put it back, or delete "
                    + "the group's files to give the pair up")
        }
    }

    private static func header(_ number: UInt8, _ serial: ArraySerial, _ ringBytes: Int) -> [UInt8] {
        var writer = WireWriter()
        writer.write(magic)
        writer.write(version)
        writer.write(UInt16(number))
        writer.write(serial.value)
        writer.write(UInt64(ringBytes))
        writer.write(Checksum.crc32c(writer.bytes))
        return writer.bytes
    }

    private static func byteCount(of path: String) -> Int? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    private static func demand(_ path: String, _ count: Int) throws(StateFolderProblem) {
        guard let found = byteCount(of: path) else {
            throw StateFolderProblem(
                "\(path) is missing, and a pair uses it; put it back, or delete the group's files to give the pair up")
        }
        guard found == count else {
            throw StateFolderProblem(
                "\(path) has \(found - ringAt) bytes, the array's configuration says \(count - ringAt), and a pair uses "
                    + "it; delete the pair before you change the size of its journal")
        }
    }

    /// Waits until all frames are on the disk.
    package func synchronise() -> Bool { (try? mapping.synchronise()) != nil }
}
