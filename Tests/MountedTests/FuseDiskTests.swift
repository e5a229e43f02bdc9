// Does a file in the mounted folder carry whatever a Linux host does to a disk?

import Foundation
import FuseDevice
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@Suite("a disk in the mounted folder", .disabled(if: MountSupport.isMissing, MountSupport.reason), .serialized)
struct FuseDiskTests {
    static let mebibyte = 1 << 20

    @Test(
        "gives back what was written, through caches or not", arguments: [0, directIO, O_SYNC, directIO | O_DSYNC])
    func writtenBytesComeBack(flags: Int32) throws {
        try FuseTestBench.withDisk(byteCount: 64 << 20) { path, backing in
            let disk = try OpenDisk(path, O_RDWR | flags)
            for (index, count) in [4096, 65536, Self.mebibyte, 3 * Self.mebibyte].enumerated() {
                let offset = index * 8 * Self.mebibyte + 4096
                #expect(disk.write(UInt8(index + 1), count: count, at: offset) == count)
                #expect(disk.read(count, at: offset) == [UInt8](repeating: UInt8(index + 1), count: count))
                // The neighbours are untouched, and the bytes are where they belong.
                let plain = try OpenDisk(backing, O_RDONLY)
                #expect(plain.read(4096, at: offset - 4096) == [UInt8](repeating: 0, count: 4096))
                #expect(plain.read(count, at: offset) == [UInt8](repeating: UInt8(index + 1), count: count))
                #expect(plain.read(4096, at: offset + count) == [UInt8](repeating: 0, count: 4096))
            }
        }
    }

    @Test("takes unaligned buffered pieces")
    func unalignedPieces() throws {
        try FuseTestBench.withDisk(byteCount: 1 << 20) { path, _ in
            let disk = try OpenDisk(path)
            #expect(disk.write(7, count: 1000, at: 333) == 1000)
            #expect(disk.read(1002, at: 332) == [0] + [UInt8](repeating: 7, count: 1000) + [0])
        }
    }

    @Test(
        "passes fio's verification", .enabled(if: Machine.has("fio"), "needs fio"),
        arguments: ["psync", "libaio", "io_uring"], [0, 1])
    func verification(engine: String, direct: Int) throws {
        try FuseTestBench.withDisk(byteCount: 64 << 20) { path, _ in
            let (status, output) = try Self.verify(path, engine: engine, direct: direct)
            #expect(status == 0, "\(output)")
        }
    }

    @Test("fio's verification finds a disk that keeps nothing", .enabled(if: Machine.has("fio"), "needs fio"))
    func verificationHasTeeth() throws {
        try FuseTestBench.withMounted([NullFile(name: "disk", byteCount: 64 << 20)]) { folder in
            let (status, output) = try Self.verify(folder + "/disk", engine: "libaio", direct: 1)
            #expect(status != 0)
            #expect(output.contains("verify"))
        }
    }

    /// Three jobs side by side, each on 16 MiB of its own, blocks of 4 KiB to 1 MiB, 16 in flight.
    private static func verify(_ path: String, engine: String, direct: Int) throws -> (status: Int32, output: String) {
        try FuseTestBench.outcome([
            "fio", "--name=verify", "--verify_state_save=0", "--filename=\(path)", "--ioengine=\(engine)",
            "--direct=\(direct)",
            "--rw=randrw",
            "--bssplit=4k/50:8k/20:64k/20:1m/10", "--blockalign=4k", "--iodepth=16", "--numjobs=3", "--size=16m",
            "--offset_increment=16m", "--verify=crc32c", "--verify_fatal=1", "--do_verify=1", "--group_reporting",
            "--loops=2", "--allow_file_create=0",
        ])
    }

    @Test("can be discarded and zeroed", arguments: [false, true])
    func discarding(zeroing: Bool) throws {
        try FuseTestBench.withDisk(byteCount: 16 << 20) { path, backing in
            let disk = try OpenDisk(path)
            #expect(disk.write(9, count: 4 * Self.mebibyte, at: 0) == 4 * Self.mebibyte)
            #expect(fsync(disk.descriptor) == 0)
            let before = try Self.allocated(backing)
            let mode = zeroing ? "--zero-range" : "--punch-hole"
            try FuseTestBench.run("fallocate", mode, "--keep-size", "--offset", "1MiB", "--length", "2MiB", path)
            #expect(disk.read(2 * Self.mebibyte, at: Self.mebibyte) == [UInt8](repeating: 0, count: 2 * Self.mebibyte))
            #expect(disk.read(1, at: Self.mebibyte - 1) == [9])
            #expect(disk.read(1, at: 3 * Self.mebibyte) == [9])
            if !zeroing { try #expect(Self.allocated(backing) <= before - 2 * Self.mebibyte) }
        }
    }

    @Test("has several openers at once, each with a handle of its own")
    func severalOpeners() throws {
        let file = ScriptedDisk(.park)
        try FuseTestBench.withMounted([file]) { folder in
            do {
                let one = try OpenDisk(folder + "/disk")
                let other = try OpenDisk(folder + "/disk")
                #expect(Set(file.notes.withLock { $0.opened }).count == 2)
                // Locks between openers are the kernel's.
                #expect(flock(one.descriptor, LOCK_EX | LOCK_NB) == 0)
                #expect(FuseTestBench.failure(flock(other.descriptor, LOCK_EX | LOCK_NB)) == EWOULDBLOCK)
                #expect(file.notes.withLock { $0.released } == [])
            }
            while file.notes.withLock({ $0.released.count < 2 }) { usleep(1000) }
            let notes = file.notes.withLock { $0 }
            #expect(Set(notes.released) == Set(notes.opened))
        }
    }

    @Test("is told how a write and a flush are meant")
    func optionsArePassedOn() throws {
        let file = ScriptedDisk(.park)
        try FuseTestBench.withMounted([file]) { folder in
            for flags in [0, O_DSYNC, O_SYNC, directIO, directIO | O_DSYNC] {
                let disk = try OpenDisk(folder + "/disk", O_RDWR | flags)
                #expect(disk.write(1, count: 4096, at: 0) == 4096)
            }
            let disk = try OpenDisk(folder + "/disk")
            #expect(fsync(disk.descriptor) == 0)
            #expect(fdatasync(disk.descriptor) == 0)
        }
        let notes = file.notes.withLock { $0 }
        #expect(notes.writes == [[], .durable, .durable, .direct, [.direct, .durable]])
        #expect(notes.flushes == [false, true])
    }

    private static func allocated(_ path: String) throws -> Int {
        var status = stat()
        try #require(unsafe stat(path, &status) == 0)
        return Int(status.st_blocks) * 512
    }
}
