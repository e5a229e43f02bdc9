// Can a loop device with direct I/O lie on a disk of the mounted folder, and a file system on that?

import Foundation
import FuseDevice
import Glibc
import Platform
import TestSupport
import Testing

@Suite("a loop device on the mounted folder", .disabled(if: MountSupport.isMissing, MountSupport.reason), .serialized)
struct FuseLoopTests {
    static let fileSystems: [[String]] = [["ext4", "-q", "-E", "discard"], ["xfs", "-q", "-f"]]

    @Test("carries a file system that discards", arguments: fileSystems.filter { Machine.has("mkfs." + $0[0]) })
    func fileSystem(words: [String]) throws {
        try FuseTestBench.withDisk(byteCount: 512 << 20) { disk, backing in
            // What was there before is given back by mkfs.
            try FuseTestBench.run("dd", "if=/dev/urandom", "of=\(disk)", "bs=1M", "count=128", "status=none")
            let full = try Self.allocated(backing)
            try FuseTestBench.withLoop(disk) { loop in
                let make = ["mkfs." + words[0]] + words.dropFirst() + [loop]
                let (status, output) = try FuseTestBench.outcome(make)
                try #require(status == 0, "\(make): \(output)")
                let formatted = try Self.allocated(backing)
                #expect(formatted < full)
                try Self.useAndTrim(
                    loop, backing, folder: URL(fileURLWithPath: backing).deletingLastPathComponent().path)
            }
        }
    }

    /// Writes 64 MiB into the file system, reads them after mounting again, removes them, and trims.
    private static func useAndTrim(_ loop: String, _ backing: String, folder: String) throws {
        let place = folder + "/place"
        try FuseTestBench.run("mkdir", place)
        try FuseTestBench.run("mount", loop, place)
        defer { _ = try? FuseTestBench.outcome(["umount", place]) }
        let pattern = folder + "/pattern"
        try FuseTestBench.run("dd", "if=/dev/urandom", "of=\(pattern)", "bs=1M", "count=64", "status=none")
        try FuseTestBench.run("cp", pattern, place + "/copy")
        try FuseTestBench.run("umount", place)
        try FuseTestBench.run("mount", loop, place)
        try FuseTestBench.run("cmp", pattern, place + "/copy")
        let filled = try allocated(backing)
        try FuseTestBench.run("rm", place + "/copy")
        // XFS frees the blocks of a removed file in the background, and unmounting waits for that.
        try FuseTestBench.run("umount", place)
        try FuseTestBench.run("mount", loop, place)
        try FuseTestBench.run("fstrim", place)
        try #expect(allocated(backing) <= filled - (48 << 20))
        try FuseTestBench.run("umount", place)
    }

    @Test("keeps its size when somebody opens the disk with O_TRUNC")
    func truncatingOpenIsHarmless() throws {
        try FuseTestBench.withDisk(byteCount: 16 << 20) { disk, _ in
            try FuseTestBench.withLoop(disk) { loop in
                let device = try OpenDisk(loop, O_RDWR | directIO)
                #expect(device.write(5, count: 4096, at: 8 << 20) == 4096)
                try FuseTestBench.run("sh", "-c", ": > \(disk)")
                #expect(device.read(4096, at: 8 << 20) == [UInt8](repeating: 5, count: 4096))
                try #expect(FuseTestBench.run("blockdev", "--getsize64", loop) == "\(16 << 20)\n")
            }
        }
    }

    private static func allocated(_ path: String) throws -> Int {
        var status = stat()
        try #require(unsafe stat(path, &status) == 0)
        return Int(status.st_blocks) * 512
    }
}
