// Is a process only ever ended if it is the very one that was started?

import Bench
import Foundation
import Testing

@Suite struct ProcessTests {
    private func sleeper() throws -> ProcessIdentity {
        try DetachedProcess.start("/bin/sleep", arguments: ["60"], environment: [:], log: "/dev/null")
    }

    @Test func aProcessIsKnownByNumberStartAndBoot() throws {
        let process = try sleeper()
        defer { process.end(askingFor: 0) }
        #expect(process.isRunning)
        #expect(ProcessIdentity(running: process.pid) == process)
        #expect(!process.boot.isEmpty)
    }

    @Test func anotherProcessWithTheSameNumberIsLeftAlone() throws {
        let process = try sleeper()
        defer { process.end(askingFor: 0) }
        let earlier = ProcessIdentity(pid: process.pid, startTime: process.startTime - 1, boot: process.boot)
        let otherBoot = ProcessIdentity(pid: process.pid, startTime: process.startTime, boot: "another")
        for stranger in [earlier, otherBoot] {
            #expect(!stranger.isRunning)
            #expect(!stranger.send(9))
            #expect(stranger.end(askingFor: 0), "what does not run needs no ending")
        }
        usleep(20_000)
        #expect(process.isRunning)
    }

    @Test func anEndedProcessHasEndedEvenAsAZombie() throws {
        let process = try sleeper()
        #expect(process.end(askingFor: 1))
        #expect(!process.isRunning && ProcessIdentity(running: process.pid) == nil)
    }

    /// What the kernel shows of a killed process while a second thread of it is still on its way out.
    @Test func aZombieWithAnotherThreadHasNotEnded() throws {
        let text = "7 (a b) c) Z 1 7 7 0 -1 4227084 1 0 1 0 2 1 0 0 20 0 THREADS 0 404798 0 0"
        for (threads, hasEnded) in [("2", false), ("1", true)] {
            let stat = try #require(ProcessStat(parsing: text.replacing("THREADS", with: threads)))
            #expect(stat.hasEnded == hasEnded && stat.startTime == 404_798)
        }
    }

    @Test func initAndOurselvesAreNoTargets() {
        #expect(ProcessIdentity(running: 1) == nil)
        #expect(ProcessIdentity(running: 0) == nil)
        #expect(ProcessIdentity(running: -1) == nil)
    }

    @Test func aDaemonHasItsOwnSessionAndKeepsNoPipeOpen() async throws {
        let root = "/var/tmp/detached-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let pipe = Pipe()
        let process = try DetachedProcess.start("/bin/sleep", arguments: ["60"], environment: ["A": "b"], log: root)
        defer { process.end(askingFor: 0) }
        #expect(getsid(process.pid) == process.pid)
        let own = "/proc/self/fd/\(pipe.fileHandleForWriting.fileDescriptor)"
        let ours = try FileManager.default.destinationOfSymbolicLink(atPath: own)
        let folder = "/proc/\(process.pid)/fd"
        let open = try FileManager.default.contentsOfDirectory(atPath: folder).map {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) ?? ""
        }
        #expect(ours.hasPrefix("pipe:") && !open.contains(ours))
        #expect(open.contains("/dev/null") && open.contains(root))
    }

    @Test func aNameWithParenthesesDoesNotConfuseTheStat() throws {
        let fields = (3...52).map { $0 == 3 ? "S" : "\($0)" }.joined(separator: " ")
        let stat = try #require(ProcessStat(parsing: "42 (a) b (c)) \(fields)\n"))
        #expect(stat.state == "S" && stat.startTime == 22)
        #expect(ProcessStat(parsing: "42 (x) Z 1") == nil)
    }

    @Test func aStrayDaemonOfAnotherFolderIsNotOurs() {
        #expect(BenchProcesses.find(in: BenchLayout(root: "/nowhere/at/all")).isEmpty)
    }

    @Test func mountsAreReadWithTheirBlanks() throws {
        let line = #"36 35 98:0 / /mnt/my\040disk rw,noatime master:1 - ext4 /dev/loop\0401 rw"#
        let mount = try #require(Mount(parsing: line))
        #expect(mount.point == "/mnt/my disk" && mount.fileSystem == "ext4" && mount.source == "/dev/loop 1")
    }

    @Test func aTakenPortIsSeenAndFreeOnesDiffer() throws {
        let ports = try LoopbackPorts.free(count: 8, stream: false)
        #expect(Set(ports).count == 8)
        #expect(LoopbackPorts.refusal(toBind: ports[0], stream: false) == nil)
        #expect(LoopbackPorts.refusal(toBind: 9, host: "203.0.113.1", stream: true) != nil)
    }
}
