// Is every request answered exactly once, by whom and whenever, and does a session leave nothing behind?

import CPlatform
import Foundation
import FuseDevice
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@Suite("a session", .disabled(if: MountSupport.isMissing, MountSupport.reason), .serialized)
struct FuseSessionTests {
    /// Reads 4 KiB of `path` in a thread of its own; the result arrives in the box.
    private final class Reader: Sendable {
        struct Outcome: Sendable {
            var bytes: [UInt8]?
            var code: Int32
        }
        let outcome = Monitor<Outcome?>(nil)
        let thread: Mutex<NamedThread?> = Mutex(nil)
        init(_ path: String) {
            let outcome = outcome
            thread.withLock {
                $0 = NamedThread("reader") {
                    let file = unsafe arraybench_open(path, O_RDONLY, 0)
                    var bytes = [UInt8](repeating: 0, count: 4096)
                    let count = unsafe pread(file, &bytes, 4096, 0)
                    let code = count < 0 ? errno : 0
                    close(file)
                    outcome.withLock { $0 = Outcome(bytes: count < 0 ? nil : Array(bytes[..<count]), code: code) }
                    outcome.wakeAll()
                }
            }
        }
        func result() -> Outcome {
            let result = outcome.wait { $0 }
            thread.withLock { $0?.join() }
            return result!
        }
    }

    @Test("answers a forgotten request with EIO")
    func forgottenRequest() throws {
        try FuseTestBench.withMounted([ScriptedDisk(.forget)]) { folder in
            let disk = try OpenDisk(folder + "/disk")
            for _ in 0..<100 {
                #expect(disk.read(4096, at: 0) == nil)
                #expect(errno == EIO)
            }
        }
    }

    @Test("lets parked requests be answered from another thread, more of them than there are workers")
    func parkedRequests() throws {
        let file = ScriptedDisk(.park)
        try FuseTestBench.withMounted([file], threads: 2) { folder in
            let readers = (0..<8).map { _ in Reader(folder + "/disk") }
            for (index, token) in file.takeParked(8).enumerated() {
                FuseRequest.adopt(token).reply(bytes: [UInt8](repeating: UInt8(index + 1), count: 4096))
            }
            let firsts = readers.map { $0.result().bytes?.first }
            #expect(Set(firsts) == Set((1...8).map { UInt8($0) }))
        }
    }

    @Test("tells the file when the process waiting for a parked read is killed")
    func interruptedRead() throws {
        let file = ScriptedDisk(.park)
        try FuseTestBench.withMounted([file]) { folder in
            // The short ones are killed before, while or after their read is parked.
            for delay in ["0.3"] + (1...30).map({ "0.00\($0 / 10)\($0 % 10)" }) {
                let words = ["timeout", "--signal=KILL", delay, "dd", "if=\(folder)/disk", "of=/dev/null", "count=1"]
                try #expect(FuseTestBench.outcome(words).status != 0)
                #expect(file.notes.withLock { $0.parked } == [])
            }
            #expect(file.notes.withLock { $0.interruptions } >= 1)
        }
    }

    @Test("stops under a host that waits, and survives the late answer")
    func stopWhileParked() throws {
        try FuseTestBench.withFolder { folder in
            let file = ScriptedDisk(.park)
            let mountPoint = folder + "/mounted"
            let session = try FuseSession(
                mountPoint: mountPoint, files: [file], threads: 2, sourceName: "arraybench:test")
            let reader = Reader(mountPoint + "/disk")
            let tokens = file.takeParked(1)
            session.stop()
            #expect(reader.result().code == ECONNABORTED)
            #expect(FuseTestBench.fileSystemType(mountPoint) == nil)
            #expect(!session.isServing)
            for token in tokens { FuseRequest.adopt(token).reply(failing: EIO) }
            session.stop()
        }
    }

    @Test("can be stopped while hosts write, again and again")
    func stopUnderLoad() throws {
        try FuseTestBench.withFolder { folder in
            for _ in 0..<10 {
                let mountPoint = folder + "/mounted"
                let file = NullFile(name: "disk", byteCount: 1 << 20)
                let session = try FuseSession(
                    mountPoint: mountPoint, files: [file], threads: 3, sourceName: "arraybench:test")
                let writers = (0..<3).map { _ in
                    NamedThread("writer") {
                        let file = unsafe arraybench_open(mountPoint + "/disk", O_RDWR, 0)
                        let bytes = [UInt8](repeating: 1, count: 4096)
                        while unsafe pwrite(file, bytes, bytes.count, 0) == bytes.count {}
                        close(file)
                    }
                }
                sleepNanoseconds(20_000_000)
                session.stop()
                for writer in writers { writer.join() }
                #expect(FuseTestBench.fileSystemType(mountPoint) == nil)
            }
        }
    }

    @Test("ends when an operator unmounts the folder, and does not touch what is mounted there next")
    func unmountedByHand() throws {
        try FuseTestBench.withFolder { folder in
            let mountPoint = folder + "/mounted"
            let session = try FuseSession(
                mountPoint: mountPoint, files: [NullFile(name: "disk", byteCount: 4096)], sourceName: "arraybench:test")
            try FuseTestBench.run("umount", mountPoint)
            while session.isServing { sleepNanoseconds(1_000_000) }
            try FuseTestBench.run("mount", "-t", "tmpfs", "none", mountPoint)
            defer { _ = try? FuseTestBench.outcome(["umount", mountPoint]) }
            session.stop()
            #expect(FuseTestBench.fileSystemType(mountPoint) == "tmpfs")
        }
    }

    /// A FUSE mount whose device is closed without ever being served: what a killed process leaves.
    private func leaveDeadMount(at path: String) throws {
        let device = try OpenDisk("/dev/fuse")
        let options = "fd=\(device.descriptor),rootmode=40000,user_id=0,group_id=0"
        let result = unsafe options.withCString { options in
            unsafe mount("arraybench:killed", path, "fuse.arraybench", 0, options)
        }
        try #require(result == 0, "mount: errno \(errno)")
    }

    @Test("mounts over what a killed process left")
    func staleMount() throws {
        try FuseTestBench.withFolder { folder in
            let mountPoint = folder + "/mounted"
            for _ in 0..<2 { try leaveDeadMount(at: mountPoint) }
            #expect(unsafe arraybench_open(mountPoint + "/disk", O_RDONLY, 0) == -ENOTCONN)
            let session = try FuseSession(
                mountPoint: mountPoint, files: [NullFile(name: "disk", byteCount: 4096)], sourceName: "arraybench:test")
            try #expect(OpenDisk(mountPoint + "/disk").read(1, at: 0) == [0])
            session.stop()
            #expect(FuseTestBench.fileSystemType(mountPoint) == nil)
        }
    }

    @Test("refuses a folder where something alive is mounted")
    func liveMount() throws {
        try FuseTestBench.withMounted([NullFile(name: "disk", byteCount: 4096)]) { folder in
            let refusal = #expect(throws: FuseFailure.self) { try removeStaleMount(at: folder) }
            #expect(refusal?.description.contains("is mounted there and alive") == true)
            #expect(throws: FuseFailure.self) {
                try FuseSession(mountPoint: folder + "/", files: [], sourceName: "arraybench:other")
            }
            try #expect(OpenDisk(folder + "/disk").read(1, at: 0) == [0])
        }
    }

    @Test("says why it cannot begin")
    func refusals() throws {
        try FuseTestBench.withFolder { folder in
            let one = NullFile(name: "disk", byteCount: 4096)
            let other = NullFile(name: "a/b", byteCount: 4096)
            for (files, words) in [([one, one], "two files are named 'disk'"), ([other], "cannot be the name")] {
                let refusal = #expect(throws: FuseFailure.self) {
                    try FuseSession(mountPoint: folder + "/mounted", files: files, sourceName: "arraybench:test")
                }
                #expect(refusal?.description.contains(words) == true)
            }
            let refusal = #expect(throws: FuseFailure.self) {
                try FuseSession(mountPoint: folder + "/missing", files: [one], sourceName: "arraybench:test")
            }
            #expect(refusal?.description.contains("No such file or directory") == true)
        }
    }
}
