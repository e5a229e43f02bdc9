// A small bench whose hosts' views are entered with the real program, and what must be left of it: nothing.

import Bench
import Foundation
import Testing

struct ViewBench {
    let layout = BenchLayout(root: "/var/tmp/arraybench-view-\(UUID().uuidString.prefix(8))")
    /// Instance numbers that no other bench on the machine is likely to have: `ps` shows them all.
    static let yaml = DefaultBench.yaml.replacing("size: 1GiB", with: "size: 16MiB").replacing("1x ", with: "60x ")
        .replacing("instance: 0", with: "instance: 240").replacing("instance: 1", with: "instance: 241")

    /// Runs `body` on a bench, ends it, and looks for what is left.
    static func with(_ body: (ViewBench) async throws -> Void) async throws {
        let bench = ViewBench()
        let mounts = Mounts.all().map(\.point)
        do {
            // The bench's lock must be free for the commands that follow.
            _ = try await Bench.up(bench.layout, file: (yaml, "test"))
            try await body(bench)
        } catch {
            _ = try? await Bench.down(bench.layout, keeping: false)
            throw error
        }
        _ = try await Bench.down(bench.layout, keeping: false)
        #expect(BenchProcesses.find(in: bench.layout).isEmpty)
        #expect(!LoopDevices.all().contains { $0.file.hasPrefix(bench.layout.root) })
        #expect(Mounts.below(bench.layout.root).isEmpty && !FileManager.default.fileExists(atPath: bench.layout.root))
        #expect(Mounts.all().map(\.point).filter { !mounts.contains($0) && $0.contains("arraybench-view") }.isEmpty)
    }

    func arraybench(_ words: [String], environment: [String: String]? = nil) async throws -> CommandResult {
        try await HostCommand.run(
            try Programs.path(of: "arraybench"), [words[0], "--state", layout.root] + words.dropFirst(),
            environment: environment)
    }

    /// A shell script in a host's view.
    func script(_ text: String, on host: String = "east", options: [String] = []) async throws -> CommandResult {
        try await arraybench(["exec"] + options + [host, "--", "/bin/sh", "-c", text])
    }
}
