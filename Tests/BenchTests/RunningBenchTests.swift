// Does a real bench come up, survive what is done to it, and leave nothing behind? Needs root, /dev/fuse, loop devices
// and the programs beside the tests; without them these tests are skipped, under CI they fail.

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: BenchSupport.isMissing, BenchSupport.reason))
struct RunningBenchTests {
    static let small = DefaultBench.yaml.replacing("size: 1GiB", with: "size: 16MiB").replacing("1x ", with: "60x ")

    /// Runs `body` on a bench of its own and then looks for what is left.
    func withBench(
        _ yaml: String = small, _ body: (BenchLayout, inout Bench) async throws -> Void
    ) async throws {
        let layout = BenchLayout(root: "/var/tmp/arraybench-test-\(UUID().uuidString.prefix(8))")
        do {
            var bench = try await Bench.up(layout, file: (yaml, "test"))
            try await body(layout, &bench)
        } catch {
            _ = try? await Bench.down(layout, keeping: false)
            throw error
        }
        if FileManager.default.fileExists(atPath: layout.root) { _ = try await Bench.down(layout, keeping: false) }
        expectNothingLeft(layout)
    }

    func expectNothingLeft(_ layout: BenchLayout) {
        #expect(BenchProcesses.find(in: layout).isEmpty)
        #expect(Mounts.below(layout.root).isEmpty)
        #expect(!LoopDevices.all().contains { $0.file.hasPrefix(layout.root) })
        #expect(!FileManager.default.fileExists(atPath: layout.root))
    }

    @Test func itComesUpAndGoes() async throws {
        try await withBench { _, bench in
            let status = await bench.status()
            #expect(status.arrays.map(\.state) == ["running", "running"])
            #expect(status.hosts.map(\.state) == ["running", "running"])
            #expect(status.arrays.flatMap(\.ldevs).allSatisfy { $0.pair == nil && $0.size == 16 << 20 })
            let screen = try await bench.run(["raidqry", "-l"], onHost: "east")
            #expect(screen.status == 0 && screen.output.contains("30053"))
        }
    }

    @Test func aFenceInTheFileMakesThePairs() async throws {
        let yaml = Self.small.replacing("hosts: [east, west]", with: "hosts: [east, west]\n    fence: data")
        try await withBench(yaml) { _, bench in
            let pairs = await bench.status().arrays.flatMap(\.ldevs).compactMap(\.pair)
            #expect(pairs.map(\.status) == ["paired", "paired", "paired", "paired"])
            #expect(pairs.map(\.mode) == ["data", "data", "data", "data"])
        }
    }

    @Test func everythingKilledIsStillTakenDown() async throws {
        try await withBench { layout, bench in
            let device = try await bench.attach(array: "east", ldev: "00:10")
            #expect(LoopDevices.isAttached(device))
            for process in BenchProcesses.find(in: layout) { process.identity.end(askingFor: 0) }
        }
    }

    @Test func aKilledArrayIsShownAndStartsAgainWithItsBlockDevices() async throws {
        try await withBench { _, bench in
            let device = try await bench.attach(array: "east", ldev: "00:10")
            try bench.killArray("east")
            #expect(await bench.status().arrays.map(\.state) == ["killed", "running"])
            try await bench.startArray("east")
            #expect(await bench.status().arrays.map(\.state) == ["running", "running"])
            // The old device stood over a file of the dead mount; the new one has its number and can be read.
            #expect(bench.record.loops.map(\.device) == [device])
            #expect(try FileHandle(forReadingFrom: URL(fileURLWithPath: device)).read(upToCount: 512)?.count == 512)
            _ = try await bench.detach(array: "east", ldev: "0x10")
        }
    }

    @Test func aSiteFailsAndIsRepaired() async throws {
        try await withBench { _, bench in
            try bench.failSite("east")
            let failed = await bench.status()
            #expect(failed.arrays.map(\.state) == ["site failed", "running"])
            #expect(failed.hosts.map(\.state) == ["stopped", "running"])
            #expect(failed.links.map(\.state) == ["down"])
            await #expect(throws: BenchFailure.self) { try await bench.startArray("east") }
            try await bench.repairSite("east")
            #expect(await bench.status().hosts.map(\.state) == ["running", "running"])
        }
    }

    @Test func aCutLinkStaysCutWhenItsArrayIsSwitchedOnAgain() async throws {
        try await withBench { _, bench in
            try await bench.impair(link: "east-west", direction: nil, ImpairmentRequest(passage: .cut))
            try bench.killArray("west")
            try await bench.startArray("west")
            try await Task.sleep(for: .milliseconds(200))
            let cut = await bench.status()
            #expect(cut.links.map(\.state) == ["cut"])
            #expect(cut.arrays.flatMap(\.links).map(\.state) == ["cut", "cut"])
            try await bench.impair(link: "east-west", direction: nil, ImpairmentRequest(passage: .open))
            for _ in 0..<500 where await bench.status().links[0].state != "up" {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(await bench.status().links.map(\.state) == ["up"])
        }
    }

    @Test func whatIsKeptIsResumed() async throws {
        try await withBench { layout, bench in
            let path = layout.device(of: "00:10", array: "east")
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.write(contentsOf: Data("kept".utf8))
            try handle.close()
            let ports = bench.record.ports
            // The bench's own lock must be free for the commands that follow.
            bench = try Bench.open(layout, changing: false)
            _ = try await Bench.down(layout, keeping: true)
            #expect(BenchProcesses.find(in: layout).isEmpty && Mounts.below(layout.root).isEmpty)
            bench = try await Bench.up(layout, file: nil)
            #expect(try FileHandle(forReadingAtPath: path)?.read(upToCount: 4) == Data("kept".utf8))
            #expect(bench.record.ports == ports)
            bench = try Bench.open(layout, changing: false)
        }
    }

    @Test func aSecondStartInTheSameFolderIsRefusedAndChangesNothing() async throws {
        try await withBench { layout, bench in
            let before = try String(contentsOfFile: layout.record, encoding: .utf8)
            let failure = await #expect(throws: BenchFailure.self) { _ = try await Bench.up(layout, file: nil) }
            #expect(failure?.message.hasPrefix("a bench runs in \(layout.root)") == true)
            #expect(try String(contentsOfFile: layout.record, encoding: .utf8) == before)
            bench = try Bench.open(layout, changing: false)
        }
    }

    @Test func aTakenPortIsToldAndNothingIsMade() async throws {
        let port = try LoopbackPorts.free(count: 1, stream: true)[0]
        let listener = try await Self.listen(on: port)
        defer { listener.end(askingFor: 0) }
        let yaml = Self.small.replacing("kind: unix", with: "kind: tcp, address: 127.0.0.1:\(port)")
        let layout = BenchLayout(root: "/var/tmp/arraybench-test-\(UUID().uuidString.prefix(8))")
        let failure = await #expect(throws: BenchFailure.self) { _ = try await Bench.up(layout, file: (yaml, "test")) }
        #expect(
            failure?.message == "link east-west: TCP port \(port) of 127.0.0.1 cannot be used: Address already in use")
        expectNothingLeft(layout)
    }

    /// Another bench's array holds the port, as it happens to people.
    private static func listen(on port: UInt16) async throws -> ProcessIdentity {
        let process = try DetachedProcess.start(
            "/usr/bin/perl",
            arguments: [
                "-MIO::Socket::INET", "-e",
                "my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => \(port)); sleep 60",
            ], environment: ["PATH": "/usr/bin:/bin"], log: "/dev/null")
        for _ in 0..<500 where LoopbackPorts.refusal(toBind: port, stream: true) == nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        return process
    }
}
