// kill -9 of each process, under load. Is the bench usable afterwards without hand work, and does `down` leave nothing?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct KilledProcessTests {
    /// Runs `body` on a bench with pairs under fence DATA while both primaries are written to.
    private func underLoad(
        _ body: (StoryBench, CountingWriters) async throws -> Void
    ) async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            let writers = CountingWriters(devices: StoryBench.volumes.map { bench.device("east", $0) })
            do {
                try await writers.awaitProgress()
                try await body(bench, writers)
            } catch {
                try await writers.stop()
                throw error
            }
        }
    }

    /// Brings the pairs back the way an operator does, and compares.
    private func expectRecovery(_ bench: StoryBench, _ writers: CountingWriters) async throws {
        try await writers.stop()
        try await bench.awaitLink("up")
        let states = try await bench.states("east")
        #expect(states.allSatisfy { ["P-VOL PAIR", "P-VOL PSUE"].contains($0) }, "\(states)")
        #expect(try writers.losses(reading: { $0 }) == [])
        try await bench.on("east", "pairresync -g oradb")
        try await bench.awaitPair()
        try bench.expectEqualCopies()
        #expect(try writers.losses(reading: { $0.replacing("/arrays/east/", with: "/arrays/west/") }) == [])
        bench.write(0xE5, at: 4 << 20, on: "east")
        try bench.expectEqualCopies()
    }

    private func kill(_ kinds: [BenchProcess.Kind], of bench: StoryBench) {
        for process in BenchProcesses.find(in: bench.layout) where kinds.contains(process.kind) {
            Foundation.kill(process.identity.pid, SIGKILL)
        }
    }

    @Test(arguments: ["east", "west"])
    func anInstanceIsStartedAgainByItsScript(_ host: String) async throws {
        try await underLoad { bench, writers in
            let instance = host == "east" ? 0 : 1
            kill([.manager(host: host)], of: bench)
            try await bench.eventually("the instance is gone") {
                try await bench.onHost(host, "pairdisplay -g oradb").status == 251
            }
            #expect(try await bench.status().hosts.first { $0.name == host }?.state == "stopped")
            let other = host == "east" ? "west" : "east"
            try await bench.on(other, "pairdisplay -g oradb -fc", exits: 242)
            try await bench.on(host, "horcmstart.sh \(instance)")
            try await bench.on(host, "pairdisplay -g oradb -fc")
            try await bench.on(other, "pairdisplay -g oradb -fc")
            let again = try await bench.on(host, "horcmstart.sh \(instance)", exits: 1)
            #expect(again.output == "HORCM inst \(instance) has already been running.\n")
            try await writers.awaitProgress()
            try await writers.stop()
            try await bench.expectStates("east", "P-VOL PAIR")
            try bench.expectEqualCopies()
        }
    }

    @Test(arguments: [["east"], ["west"], ["east", "west"]])
    func arraysComeBackWithWhatWasAcknowledged(_ arrays: [String]) async throws {
        try await underLoad { bench, writers in
            kill(arrays.map { .array($0) }, of: bench)
            try await bench.eventually("the arrays are gone") {
                try await bench.status().arrays.filter { $0.state == "killed" }.map(\.name) == arrays
            }
            for array in arrays { try await bench.arraybench("array start \(array)") }
            try await expectRecovery(bench, writers)
        }
    }

    @Test func everythingKilledAtOnceIsResumedByUp() async throws {
        try await underLoad { bench, writers in
            for process in BenchProcesses.find(in: bench.layout) { Foundation.kill(process.identity.pid, SIGKILL) }
            try await writers.stop()
            let result = try await StoryBench.up(bench.layout.root)
            try #require(result.status == 0, "\(result.text)")
            try await expectRecovery(bench, writers)
        }
    }

    @Test func downAfterEverythingWasKilledUnderLoadLeavesNothing() async throws {
        try await underLoad { bench, writers in
            for process in BenchProcesses.find(in: bench.layout) { Foundation.kill(process.identity.pid, SIGKILL) }
            try await bench.arraybench("down")
            try await Leftovers.expectNone(of: bench.layout.root)
            try await writers.stop()
        }
    }

    @Test(arguments: [false, true])
    func downTakesAMountedFileSystemAway(_ afterKill: Bool) async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            let device = try await bench.arraybench("attach east 00:10").output.trimmingCharacters(in: .newlines)
            let mountPoint = bench.layout.root + "-mnt"
            try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
            defer { Leftovers.sweep(mountPoint) }
            try await StoryBench.must("mkfs.ext4", "-q", device)
            try await StoryBench.must("mount", device, mountPoint)
            try Data("held".utf8).write(to: URL(fileURLWithPath: mountPoint + "/file"))
            if afterKill {
                for process in BenchProcesses.find(in: bench.layout) { Foundation.kill(process.identity.pid, SIGKILL) }
            }
            let result = try await bench.arraybench("down")
            #expect(result.output.contains("unmounted \(mountPoint)"))
            #expect(Mounts.below(mountPoint).isEmpty && !LoopDevices.isAttached(device))
            try await Leftovers.expectNone(of: bench.layout.root)
        }
    }
}
