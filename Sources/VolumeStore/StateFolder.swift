// An array's own folder: who it belongs to, and where everything in it lies.
//
//   identity             serial and format, checked before anything is touched
//   lock                 held while the array runs
//   boot                 the machine's boot id while running, "clean" after an orderly stop
//   counter              of groups this array ever made, 8 bytes
//   volumes/CU-LDEV      backing files
//   groups/ID.record     a replication group's record     groups/ID.memory   its mapped memory
//   groups/ID.N.memory   that of place N, if it was added later
//   local/ID.record      a set of local pairs' record       local/ID.memory    its mapped memory
//   links/NAME.cache     a link's far cache
//   journals/NNN         the journals, once there was one
//   ledger               the acknowledgement ledger
//   guards               the guards of volumes, once there was one
//   labels               the names of volumes, once there was one
//   device-groups        device and copy groups, once an administrator changed them

internal import CPlatform
package import Platform
package import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// A state folder that cannot be used, as one sentence with a remedy. Apart from its lock the folder is untouched.
package struct StateFolderProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
    package init(_ failure: SystemFailure) { description = failure.description }
}

/// An opened state folder.
///
/// **Threads**: opened and closed by the main thread; paths from anywhere.
@safe package final class StateFolder: Sendable {
    package let path: String
    package let serial: ArraySerial
    /// False after the machine (not just the process) went down without an orderly stop: the page cache may be lost.
    package let memoryIsTrustworthy: Bool
    private let lock: Int32
    private let counter: MappedFile

    private static let magic: UInt32 = 0x4153_4241
    private static let version: UInt16 = 1

    /// Opens the folder of the array `serial`, making it if it is empty or missing.
    package init(path: String, serial: ArraySerial) throws(StateFolderProblem) {
        self.path = path
        self.serial = serial
        if unsafe access(path, F_OK) != 0 { try Self.makeFolder(path) }
        let identity = path + "/identity"
        let known = try Self.readIdentity(identity, folder: path, expected: serial)
        lock = try Self.takeLock(path, serial)
        if !known { try Self.writeIdentity(identity, serial) }
        for name in ["volumes", "groups", "local", "links"] { try Self.makeFolder(path + "/" + name) }
        do {
            counter = try MappedFile(path: path + "/counter", count: 8)
        } catch { throw StateFolderProblem(error) }
        let before = Self.readText(path + "/boot")
        memoryIsTrustworthy = before == nil || before == Self.bootIdentifier() || before == "clean"
    }

    deinit { close(lock) }

    /// Notes that the array runs since this boot of the machine. Call before anything is served, and not before every
    /// group has noted that its memory is not to be trusted: a start that ends earlier must leave the old boot noted.
    package func markRunning() throws(StateFolderProblem) {
        try Self.writeText(path + "/boot", Self.bootIdentifier())
    }

    /// Notes an orderly stop: everything is on the disk.
    package func markClean() { try? Self.writeText(path + "/boot", "clean") }

    /// The next number for a group of this array; never given twice. One caller at a time.
    package func nextGroupCounter() -> UInt32 {
        let value = unsafe counter.bytes.load(as: UInt64.self) + 1
        unsafe counter.bytes.storeBytes(of: value, as: UInt64.self)
        try? counter.synchronise()
        return UInt32(truncatingIfNeeded: value)
    }

    package func volumePath(_ ldev: LDEVNumber) -> String {
        path + "/volumes/" + ldev.fileName
    }
    package func recordPath(_ group: GroupIdentifier) -> String { path + "/groups/\(group).record" }
    package func memoryPath(_ group: GroupIdentifier) -> String { path + "/groups/\(group).memory" }
    package func memoryPath(_ group: GroupIdentifier, place: Int) -> String {
        path + "/groups/\(group).\(place).memory"
    }
    package var ledgerPath: String { path + "/ledger" }
    /// The folder of journals is made when it is needed: an array without any has none.
    package func journalPath(_ number: UInt8) -> String {
        let digits = String(number)
        return path + "/journals/" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }
    package func makeJournalFolder() throws(StateFolderProblem) { try Self.makeFolder(path + "/journals") }
    package var guardPath: String { path + "/guards" }
    package var labelPath: String { path + "/labels" }
    package var groupListPath: String { path + "/device-groups" }
    package func cachePath(_ link: String) -> String { path + "/links/\(link).cache" }

    /// The record files that are there.
    /// - Throws: the folder cannot be read: an array must not start as if it had no pairs.
    package func recordPaths() throws(StateFolderProblem) -> [String] {
        try Self.names(in: path + "/groups").filter { $0.hasSuffix(".record") }.map { path + "/groups/" + $0 }
    }

    /// Bytes of a volume's backing file; nil if there is none.
    package func volumeBytes(_ ldev: LDEVNumber) -> UInt64? {
        var status = stat()
        return unsafe stat(volumePath(ldev), &status) == 0 ? UInt64(status.st_size) : nil
    }

    /// Removes what interrupted creations, removals and joins left besides the groups of `known`.
    package func removeGroups(otherThan known: [GroupRecord]) {
        var kept: Set<String> = []
        for record in known {
            kept.formUnion([recordPath(record.id), memoryPath(record.id)])
            kept.formUnion((record.foundingPlaces..<record.pairs.count).map { memoryPath(record.id, place: $0) })
        }
        for name in (try? Self.names(in: path + "/groups")) ?? [] {
            let file = path + "/groups/" + name
            guard [".record", ".memory", ".new"].contains(where: name.hasSuffix), !kept.contains(file) else { continue }
            unsafe unlink(file)
        }
    }

    package func removeGroup(_ group: GroupIdentifier) {
        // The record goes first: memory without a record is never looked at.
        unsafe unlink(recordPath(group))
        for name in (try? Self.names(in: path + "/groups")) ?? [] where name.hasPrefix("\(group).") {
            unsafe unlink(path + "/groups/" + name)
        }
    }

    /// Waits until the names of the groups' files are on the disk.
    func synchroniseGroupNames() throws(SystemFailure) {
        let names = path + "/groups"
        let folder = unsafe arraybench_open(names, O_RDONLY, 0)
        guard folder >= 0 else { throw SystemFailure("synchronise", names, -folder) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw SystemFailure("synchronise", names, errno) }
    }

    // MARK: Parts

    private static func makeFolder(_ path: String) throws(StateFolderProblem) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw StateFolderProblem(SystemFailure("make the folder", path, errno))
        }
    }

    /// A hundredth of a second each.
    private static let lockTries = 200

    private static func takeLock(_ path: String, _ serial: ArraySerial) throws(StateFolderProblem) -> Int32 {
        let file = unsafe arraybench_open(path + "/lock", O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw StateFolderProblem(SystemFailure("open", path + "/lock", -file)) }
        // A killed array's lock goes with its last thread, and with a child that it was just starting.
        var failure = arraybench_lock_file(file)
        for _ in 0..<lockTries where failure != 0 {
            sleepNanoseconds(10_000_000)
            failure = arraybench_lock_file(file)
        }
        guard failure == 0 else {
            close(file)
            throw StateFolderProblem(
                "the state folder \(path) is in use: array \(serial) is running already; stop that one first")
        }
        return file
    }

    /// Whether the folder is this array's already. A folder with other things in it is refused.
    private static func readIdentity(
        _ identity: String, folder: String, expected: ArraySerial
    ) throws(StateFolderProblem) -> Bool {
        guard let bytes = readBytes(identity) else {
            guard try isEmpty(folder) else {
                throw StateFolderProblem(
                    "\(folder) is not the state folder of an array: it is not empty and has no file 'identity'; "
                        + "name an empty folder, or put the file back")
            }
            return false
        }
        do {
            var reader = WireReader(bytes)
            guard try reader.read(UInt32.self) == magic else { throw WireError.badMagic }
            let version = try reader.read(UInt16.self)
            guard version == Self.version else { throw WireError.unsupportedVersion(version) }
            let serial = ArraySerial(try reader.read())
            guard try reader.read(UInt32.self) == Checksum.crc32c(bytes.prefix(14)) else { throw WireError.badChecksum }
            try reader.finish()
            guard serial == expected else {
                throw StateFolderProblem(
                    "\(folder) belongs to array \(serial), not to array \(expected); name that array's own folder")
            }
            return true
        } catch let problem as StateFolderProblem {
            throw problem
        } catch WireError.unsupportedVersion(let version) {
            throw StateFolderProblem(
                "\(folder) was written in format \(version), this program knows format \(Self.version); "
                    + "use the program that wrote it")
        } catch {
            throw StateFolderProblem(
                "\(identity) is damaged (\(error)); the folder is left untouched: restore it, or name an empty one")
        }
    }

    private static func writeIdentity(_ path: String, _ serial: ArraySerial) throws(StateFolderProblem) {
        var writer = WireWriter()
        writer.write(magic)
        writer.write(version)
        writer.write(serial.value)
        writer.write(Checksum.crc32c(writer.bytes))
        try write(path, writer.bytes)
    }

    /// A process killed while it made the folder may have left a lock and half an identity.
    private static func isEmpty(_ folder: String) throws(StateFolderProblem) -> Bool {
        try names(in: folder).allSatisfy { ["lock", "identity.new"].contains($0) }
    }

    static func names(in folder: String) throws(StateFolderProblem) -> [String] {
        guard let listing = unsafe opendir(folder) else {
            throw StateFolderProblem(SystemFailure("read the folder", folder, errno))
        }
        defer { unsafe closedir(listing) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw StateFolderProblem(SystemFailure("read the folder", folder, errno)) }
        return names.sorted()
    }

    private static func bootIdentifier() -> String { readText("/proc/sys/kernel/random/boot_id") ?? "unknown" }

    private static func readText(_ path: String) -> String? {
        readBytes(path).map { String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self) }
    }

    private static func writeText(_ path: String, _ text: String) throws(StateFolderProblem) {
        try write(path, Array(text.utf8) + [10])
    }

    static func readBytes(_ path: String) -> [UInt8]? {
        let file = unsafe arraybench_open(path, O_RDONLY, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        return count < 0 ? nil : Array(bytes.prefix(count))
    }

    /// Replaces a small file as a whole: a killed process leaves the old one or the new one.
    private static func write(_ path: String, _ bytes: [UInt8]) throws(StateFolderProblem) {
        let draft = path + ".new"
        let file = unsafe arraybench_open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw StateFolderProblem(SystemFailure("write", draft, -file)) }
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        let code = count == bytes.count ? (fsync(file) == 0 ? 0 : errno) : (count < 0 ? errno : ENOSPC)
        close(file)
        guard code == 0, unsafe rename(draft, path) == 0 else {
            throw StateFolderProblem(SystemFailure("write", path, code == 0 ? errno : code))
        }
        // The new name must outlast a crash of the machine too.
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = unsafe arraybench_open(String(path[..<slash]), O_RDONLY, 0)
        guard folder >= 0 else { throw StateFolderProblem(SystemFailure("synchronise", path, -folder)) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw StateFolderProblem(SystemFailure("synchronise", path, errno)) }
    }
}
