// Does everything that a disk cannot do fail with the errno that a program expects?

import CPlatform
import Foundation
import FuseDevice
import Glibc
import Platform
import TestSupport
import Testing

// Swift's Glibc shows neither; both are plain C functions of integers and pointers.
@_silgen_name("fallocate")
private func systemAllocate(_ file: Int32, _ mode: Int32, _ offset: off_t, _ count: off_t) -> Int32
@_silgen_name("getxattr")
private func systemAttribute(
    _ path: UnsafePointer<CChar>, _ name: UnsafePointer<CChar>, _ value: UnsafeMutableRawPointer?, _ count: Int
) -> Int

@Suite("what a disk cannot do", .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct FuseRefusalTests {
    static let size = 1 << 20

    private func withDisk(_ body: (String) throws -> Void) throws {
        try FuseTestBench.withDisk(byteCount: UInt64(Self.size)) { path, _ in try body(path) }
    }

    @Test("names in the folder can be neither made nor changed")
    func names() throws {
        try withDisk { disk in
            let other = disk + "-2"
            #expect(unsafe arraybench_open(other, O_RDWR | O_CREAT, 0o600) == -EPERM)
            #expect(unsafe arraybench_open(disk, O_RDWR | O_CREAT | O_EXCL, 0o600) == -EEXIST)
            #expect(unsafe arraybench_open(other, O_RDWR, 0) == -ENOENT)
            #expect(unsafe FuseTestBench.failure(mkdir(other, 0o700)) == EPERM)
            #expect(unsafe FuseTestBench.failure(mknod(other, S_IFREG | 0o600, 0)) == EPERM)
            #expect(unsafe FuseTestBench.failure(rename(disk, other)) == EPERM)
            #expect(unsafe FuseTestBench.failure(link(disk, other)) == EPERM)
            #expect(unsafe FuseTestBench.failure(symlink(disk, other)) == EPERM)
            #expect(unsafe FuseTestBench.failure(unlink(disk)) == EPERM)
            #expect(unsafe FuseTestBench.failure(rmdir(disk)) == ENOTDIR)
            let folder = URL(fileURLWithPath: disk).deletingLastPathComponent().path
            try #expect(FileManager.default.contentsOfDirectory(atPath: folder) == ["disk"])
        }
    }

    @Test("the size cannot be changed, but O_TRUNC is ignored as on a disk node")
    func truncation() throws {
        try withDisk { disk in
            for count in [0, 1, Self.size - 1, Self.size, Self.size + 1] {
                #expect(unsafe FuseTestBench.failure(truncate(disk, off_t(count))) == EINVAL)
            }
            let file = try OpenDisk(disk)
            for count in [0, 1, Self.size, Self.size + 1] {
                #expect(FuseTestBench.failure(ftruncate(file.descriptor, off_t(count))) == EINVAL)
            }
            #expect(file.write(3, count: 512, at: 0) == 512)
            let truncating = try OpenDisk(disk, O_RDWR | O_CREAT | O_TRUNC)
            #expect(truncating.read(512, at: 0) == [UInt8](repeating: 3, count: 512))
            #expect(lseek(truncating.descriptor, 0, SEEK_END) == off_t(Self.size))
            try FuseTestBench.run("dd", "if=/dev/zero", "of=\(disk)", "bs=4k", "count=1", "status=none")
            try FuseTestBench.run("sh", "-c", "echo text > \(disk)")
            #expect(file.read(6, at: 0) == Array("text\n".utf8) + [0])
            #expect(lseek(file.descriptor, 0, SEEK_END) == off_t(Self.size))
        }
    }

    @Test("the end is that of a block device", arguments: [0, directIO])
    func end(flags: Int32) throws {
        try withDisk { disk in
            let file = try OpenDisk(disk, O_RDWR | flags)
            #expect(FuseTestBench.failure(file.write(1, count: 4096, at: Self.size)) == ENOSPC)
            #expect(FuseTestBench.failure(file.write(1, count: 4096, at: Self.size * 8)) == ENOSPC)
            #expect(file.write(1, count: 8192, at: Self.size - 4096) == 4096)
            #expect(file.read(8192, at: Self.size - 4096) == [UInt8](repeating: 1, count: 4096))
            #expect(file.read(4096, at: Self.size) == [])
            #expect(file.read(4096, at: Self.size * 8) == [])
            #expect(lseek(file.descriptor, 0, SEEK_END) == off_t(Self.size))
        }
    }

    @Test("appending finds no room")
    func appending() throws {
        try withDisk { disk in
            let file = try OpenDisk(disk, O_WRONLY | O_APPEND)
            let byte: [UInt8] = [1]
            #expect(unsafe FuseTestBench.failure(write(file.descriptor, byte, 1)) == ENOSPC)
        }
    }

    /// Modes of fallocate: KEEP_SIZE 1, PUNCH_HOLE 2, COLLAPSE_RANGE 8, ZERO_RANGE 16, INSERT_RANGE 32.
    @Test(
        "fallocate does what a block device does",
        arguments: [
            (0, 0, size, 0), (1, 0, size, 0), (0, 0, size + 1, ENOSPC), (1, size, 4096, ENOSPC),
            (2, 0, 4096, EOPNOTSUPP), (3, 0, 4096, 0), (3, size - 4096, 8192, 0), (3, size, 4096, EINVAL),
            (16, 0, 4096, 0), (17, 0, 4096, 0), (16, size - 4096, 8192, EINVAL), (17, size - 4096, 8192, 0),
            (17, size, 4096, EINVAL), (8, 0, 4096, EOPNOTSUPP), (32, 0, 4096, EOPNOTSUPP), (3, 0, 0, EINVAL),
        ] as [(Int32, Int, Int, Int32)])
    func allocation(mode: Int32, offset: Int, count: Int, expected: Int32) throws {
        try withDisk { disk in
            let file = try OpenDisk(disk)
            let result = systemAllocate(file.descriptor, mode, off_t(offset), off_t(count))
            #expect(FuseTestBench.failure(result) == expected)
            #expect(lseek(file.descriptor, 0, SEEK_END) == off_t(Self.size))
        }
    }

    @Test("the rest is answered as programs expect it")
    func others() throws {
        try withDisk { disk in
            let file = try OpenDisk(disk)
            var number: Int32 = 0
            #expect(unsafe FuseTestBench.failure(ioctl(file.descriptor, 0x1272, &number)) == ENOTTY)
            #expect(unsafe FuseTestBench.failure(systemAttribute(disk, "user.x", nil, 0)) == EOPNOTSUPP)
            #expect(lseek(file.descriptor, 5, 3) == 5)  // SEEK_DATA
            #expect(lseek(file.descriptor, 5, 4) == off_t(Self.size))  // SEEK_HOLE
            #expect(FuseTestBench.failure(Int(lseek(file.descriptor, off_t(Self.size), 3))) == ENXIO)
            // cp tries copy_file_range and a reflink first.
            #expect(file.write(4, count: 4096, at: 4096) == 4096)
            let copy = URL(fileURLWithPath: disk).deletingLastPathComponent().path + "-copy"
            try FuseTestBench.run("cp", disk, copy)
            try FuseTestBench.run("cmp", disk, copy)
        }
    }

    @Test("owner, mode and times can be changed, as on a disk node")
    func attributes() throws {
        try withDisk { disk in
            #expect(unsafe chmod(disk, 0o640) == 0)
            #expect(unsafe chown(disk, 12, 34) == 0)
            try FuseTestBench.run("touch", "--date=@1000000000", disk)
            var status = stat()
            #expect(unsafe stat(disk, &status) == 0)
            #expect(status.st_mode == S_IFREG | 0o640)
            #expect(status.st_uid == 12 && status.st_gid == 34)
            #expect(status.st_mtim.tv_sec == 1_000_000_000)
            #expect(status.st_size == off_t(Self.size) && status.st_blksize == 4096)
            #expect(status.st_blocks == Self.size / 512)
        }
    }
}
