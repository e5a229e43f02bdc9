// Does whatever a host does to a disk arrive on the other side as it is on this one?

import Bench
import CPlatform
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import Synchronization
import TestSupport
import Testing

@Suite("mixed I/O on a pair", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct MixedIOTests {
    static let modes: [ReplicationMode] = [.synchronous(.data), .asynchronous]

    @Test("writers that overlap each other leave two equal copies", arguments: modes)
    func overlappingWriters(mode: ReplicationMode) throws {
        let top = try ArrayBenchtop()
        try top.pair(mode)
        let writers = OverlappingWriters(path: top.east.device(0), regionBytes: 256 << 10, threads: 8)
        try writers.run(operationsPerThread: 400)
        #expect(waitUntil(seconds: 10) { (try? top.copiesAreEqual()) == true }, "the copies differ")
        #expect(try top.east.pair().markedTracks == 0)
        #expect(try top.contents(top.east).contains { $0 != 0 })
    }

    @Test("writers that overlap each other and a running copy leave two equal copies", arguments: modes)
    func overlappingWithACopy(mode: ReplicationMode) throws {
        let top = try ArrayBenchtop()
        try top.pair(mode)
        #expect(try top.east.ask(.split([top.east.ldev(0)], .secondaryReadOnly)) == .done)
        let writers = OverlappingWriters(path: top.east.device(0), regionBytes: 8 << 20, threads: 4)
        try writers.run(operationsPerThread: 200)
        let background = NamedThread("writers") { try? writers.run(operationsPerThread: 1000) }
        #expect(try top.east.ask(.resynchronise([top.east.ldev(0)], copyPace: 1, fence: nil)) == .done)
        try top.awaitStatus(.paired, on: top.east)
        background.join()
        #expect(waitUntil(seconds: 10) { (try? top.copiesAreEqual()) == true }, "the copies differ")
    }

    @Test(
        "fio's verification passes on a pair, and the copies are equal",
        arguments: ["psync", "libaio", "io_uring"])
    func fioVerifies(engine: String) throws {
        let top = try ArrayBenchtop(volumeBytes: 32 << 20)
        try top.pair(.synchronous(.status))
        let fio = Process()
        fio.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        fio.currentDirectoryURL = URL(fileURLWithPath: top.root)
        fio.arguments = [
            "fio", "--name=verify", "--verify_state_save=0", "--filename=\(top.east.device(0))",
            "--ioengine=\(engine)", "--direct=1", "--rw=randrw", "--bssplit=4k/50:16k/20:64k/20:1m/10",
            "--blockalign=4k", "--iodepth=16", "--numjobs=2", "--size=16m", "--offset_increment=16m",
            "--verify=crc32c", "--verify_fatal=1", "--do_verify=1", "--loops=2", "--allow_file_create=0",
        ]
        fio.standardOutput = FileHandle.nullDevice
        fio.standardError = FileHandle.nullDevice
        try fio.run()
        fio.waitUntilExit()
        #expect(fio.terminationStatus == 0)
        #expect(try top.copiesAreEqual())
    }
}

/// Threads that write, zero and punch ranges of one region without regard for each other.
@safe final class OverlappingWriters: Sendable {
    private let path: String
    private let regionBytes: Int
    private let threadCount: Int
    private let failures = Mutex<[String]>([])

    init(path: String, regionBytes: Int, threads: Int) {
        self.path = path
        self.regionBytes = regionBytes
        threadCount = threads
    }

    func run(operationsPerThread count: Int) throws {
        let threads = (0..<threadCount).map { index in NamedThread("overlap \(index)") { self.work(index, count) } }
        for thread in threads { thread.join() }
        if let failure = failures.withLock({ $0.first }) { throw TestProblem(failure) }
    }

    private func work(_ index: Int, _ count: Int) {
        let file = unsafe open(path, O_RDWR | directIO | O_CLOEXEC)
        guard file >= 0 else { return fail("cannot open \(path): errno \(errno)") }
        defer { close(file) }
        let longest = 128 << 10
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: longest, alignment: 4096)
        defer { unsafe buffer.deallocate() }
        for round in 0..<count {
            let blocks = Int.random(in: 1...longest / 4096)
            let offset = Int.random(in: 0...(regionBytes / 4096 - blocks)) * 4096
            if round % 16 == 15 {
                let failure =
                    round % 32 == 15
                    ? arraybench_punch_hole(file, off_t(offset), off_t(blocks * 4096))
                    : arraybench_zero_range(file, off_t(offset), off_t(blocks * 4096))
                if failure != 0 { return fail("a discard failed: errno \(failure)") }
                continue
            }
            unsafe buffer.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: index * 31 + round))
            let written = unsafe pwrite(file, buffer.baseAddress, blocks * 4096, off_t(offset))
            if written != blocks * 4096 { return fail("a write gave \(written): errno \(errno)") }
        }
    }

    private func fail(_ text: String) { failures.withLock { $0.append(text) } }
}
