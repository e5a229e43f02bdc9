// What the tests of the mounted folder share: a private folder, commands, descriptors, and disks that misbehave.
//
// Everything is taken down again even when a check fails.

import Bench
import CPlatform
import Foundation
import FuseDevice
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

enum FuseTestBench {
    /// Runs `body` with a new folder that has an empty folder `mounted` in it, and removes both.
    static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/mounted", withIntermediateDirectories: false)
            defer { try? removeStaleMount(at: folder + "/mounted") }
            return try body(folder)
        }
    }

    /// Mounts `files` for the length of `body`, which gets the path of the mounted folder.
    static func withMounted<Result>(
        _ files: [any FuseFile], threads: Int = 4, _ body: (String) throws -> Result
    ) throws -> Result {
        try withFolder { folder in
            let session = try FuseSession(
                mountPoint: folder + "/mounted", files: files, threads: threads, sourceName: "arraybench:test")
            defer { session.stop() }
            try #require(fileSystemType(folder + "/mounted") == "fuse.arraybench")
            return try body(folder + "/mounted")
        }
    }

    /// Mounts one disk named `disk`, kept in a sparse file beside the mount; `body` gets the path of the disk and of
    /// the sparse file.
    static func withDisk<Result>(
        byteCount: UInt64, threads: Int = 4, _ body: (String, String) throws -> Result
    ) throws -> Result {
        try withFolder { folder in
            let disk = try BackingFileDevice(name: "disk", path: folder + "/backing", byteCount: byteCount)
            let session = try FuseSession(
                mountPoint: folder + "/mounted", files: [disk], threads: threads, sourceName: "arraybench:test")
            defer { session.stop() }
            try #require(fileSystemType(folder + "/mounted") == "fuse.arraybench")
            return try body(folder + "/mounted/disk", folder + "/backing")
        }
    }

    /// The type of what is mounted at `path` itself, if anything is. A test on a plain folder would prove nothing.
    static func fileSystemType(_ path: String) -> String? {
        ProcFile.text("/proc/self/mountinfo").split(separator: "\n").last { $0.contains(" \(path) ") }
            .flatMap { $0.split(separator: " - ").last?.split(separator: " ").first }
            .map { String($0) }
    }

    /// Attaches a loop device with direct I/O to `disk` for the length of `body`.
    static func withLoop<Result>(_ disk: String, _ body: (String) throws -> Result) throws -> Result {
        let loop = try run("losetup", "--direct-io=on", "--find", "--show", disk)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        defer { _ = try? run("losetup", "--detach", loop) }
        let direct = try run("losetup", "--noheadings", "--output", "DIO", loop)
        try #require(direct.trimmingCharacters(in: .whitespacesAndNewlines) == "1")
        return try body(loop)
    }

    /// Runs a command to its end, at most two minutes, and requires that it succeeds.
    /// - Returns: what it wrote.
    @discardableResult
    static func run(_ words: String...) throws -> String {
        let (status, output) = try outcome(words)
        try #require(status == 0, "\(words.joined(separator: " ")) ended with \(status): \(output)")
        return output
    }

    static func outcome(_ words: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "120"] + words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// The errno of a system call that must fail; 0 if it succeeded.
    static func failure(_ result: Int) -> Int32 { result < 0 ? errno : 0 }
    static func failure(_ result: Int32) -> Int32 { result < 0 ? errno : 0 }
}

/// A descriptor that is closed at the end of its scope.
struct OpenDisk: ~Copyable {
    let descriptor: Int32
    init(_ path: String, _ flags: Int32 = O_RDWR) throws {
        descriptor = unsafe arraybench_open(path, flags, 0)
        try #require(descriptor >= 0, "open \(path): errno \(-descriptor)")
    }
    deinit { close(descriptor) }

    func write(_ byte: UInt8, count: Int, at offset: Int) -> Int {
        unsafe Self.withAligned(count) { memory in
            unsafe memory.initializeMemory(as: UInt8.self, repeating: byte)
            return unsafe pwrite(descriptor, memory.baseAddress, count, off_t(offset))
        }
    }

    func read(_ count: Int, at offset: Int) -> [UInt8]? {
        unsafe Self.withAligned(count) { memory in
            let got = unsafe pread(descriptor, memory.baseAddress, count, off_t(offset))
            return got < 0 ? nil : unsafe Array(memory[..<got])
        }
    }

    private static func withAligned<Result>(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 4096)
        defer { unsafe memory.deallocate() }
        return unsafe body(UnsafeMutableRawBufferPointer(rebasing: memory[..<count]))
    }
}

/// A disk of which each test says what its reads do; it keeps note of what it is asked.
final class ScriptedDisk: FuseFile {
    struct Notes: Sendable {
        var opened: [UInt64] = []
        var released: [UInt64] = []
        var writes: [FuseWriteOptions] = []
        var flushes: [Bool] = []
        var parked: [FuseToken] = []
        var interruptions = 0
    }
    enum Reads: Sendable { case park, forget }

    let name = "disk"
    let byteCount: UInt64 = 1 << 20
    let parksReads = true
    let reads: Reads
    let notes = Mutex(Notes())

    init(_ reads: Reads) { self.reads = reads }

    func open(handle: UInt64) -> Int32 {
        notes.withLock { $0.opened.append(handle) }
        return 0
    }
    func release(handle: UInt64) { notes.withLock { $0.released.append(handle) } }

    func read(
        handle: UInt64, offset: UInt64, count: Int, scratch: UnsafeMutableRawBufferPointer,
        request: consuming FuseRequest
    ) {
        switch reads {
        case .forget: return
        case .park:
            let token = request.detach()
            let isParked = notes.withLock { notes in
                guard !token.isInterrupted else { return false }
                notes.parked.append(token)
                return true
            }
            if !isParked { FuseRequest.adopt(token).reply(failing: EINTR) }
        }
    }

    func interrupted(handle: UInt64, token: FuseToken) {
        let isParked = notes.withLock { notes in
            notes.interruptions += 1
            guard let index = notes.parked.firstIndex(of: token) else { return false }
            notes.parked.remove(at: index)
            return true
        }
        if isParked { FuseRequest.adopt(token).reply(failing: EINTR) }
    }

    func write(
        handle: UInt64, offset: UInt64, bytes: UnsafeRawBufferPointer, options: FuseWriteOptions,
        request: consuming FuseRequest
    ) {
        notes.withLock { $0.writes.append(options) }
        request.reply(written: bytes.count)
    }

    func discard(offset: UInt64, count: UInt64, zeroing: Bool, request: consuming FuseRequest) {
        request.reply(failing: EOPNOTSUPP)
    }

    func flushToDisk(handle: UInt64, dataOnly: Bool, request: consuming FuseRequest) {
        notes.withLock { $0.flushes.append(dataOnly) }
        request.reply()
    }

    /// Waits until `count` reads are parked, takes them out and returns them. None if that takes half a minute.
    func takeParked(_ count: Int) -> [FuseToken] {
        let deadline = monotonicNanoseconds() + 30_000_000_000
        while monotonicNanoseconds() < deadline {
            let tokens = notes.withLock { notes in
                guard notes.parked.count >= count else { return [FuseToken]() }
                defer { notes.parked = [] }
                return notes.parked
            }
            if tokens.count >= count { return tokens }
            sleepNanoseconds(1_000_000)
        }
        Issue.record("no \(count) reads arrived")
        return []
    }
}
