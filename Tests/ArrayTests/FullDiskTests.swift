// What happens to hosts and pairs when the disk under an array is full?

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("a full disk", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct FullDiskTests {
    @Test(
        "host writes fail, nothing that was acknowledged is lost, and the pair comes back once there is room",
        arguments: [ReplicationMode.synchronous(.data), .synchronous(.never), .asynchronous])
    func diskFillsUp(mode: ReplicationMode) throws {
        let disk = try SmallDisk(mebibytes: 64)
        defer { disk.remove() }
        let top = try ArrayBenchtop(volumeBytes: 64 << 20, parent: disk.path)
        defer { top.dispose() }
        try top.pair(mode, copies: false)
        let writers = StampedWriters(path: top.east.device(0), blocks: 16384)
        writers.start()
        #expect(waitUntil(seconds: 60) { writers.errors >= 4 }, "the disk never filled up")
        writers.stop()
        let lost = StampedWriters.losses(in: try top.contents(top.east), writers.history)
        #expect(lost.isEmpty, "\(lost.prefix(3))")
        #expect(waitUntil(seconds: 10) { top.east.status() == .suspended(.byFault) })
        #expect(top.east.isRunning && top.west.isRunning)

        // The same after both arrays were killed and the disk has room again.
        top.east.kill()
        top.west.kill()
        try disk.grow(toMebibytes: 256)
        try top.west.start()
        try top.east.start()
        #expect(StampedWriters.losses(in: try top.contents(top.east), writers.history).isEmpty)
        try top.resynchronise()
        #expect(try top.copiesAreEqual())
    }
}

/// A file system in memory that is easily full.
struct SmallDisk {
    let path = "/tmp/ab-disk-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)

    init(mebibytes: Int) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try mount(mebibytes, flags: 0)
    }

    func grow(toMebibytes mebibytes: Int) throws { try mount(mebibytes, flags: UInt(MS_REMOUNT)) }

    private func mount(_ mebibytes: Int, flags: UInt) throws {
        let options = "size=\(mebibytes)m"
        guard unsafe Foundation.mount("none", path, "tmpfs", flags, options) == 0 else {
            throw TestProblem("cannot mount a small disk at \(path): errno \(errno)")
        }
    }

    func remove() {
        unsafe umount2(path, Int32(MNT_DETACH))
        unsafe rmdir(path)
    }
}
