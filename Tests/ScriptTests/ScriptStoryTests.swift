// Do scripts written the way people write them work unchanged on a host of the bench? Each script in `scripts` is in the style
// of a kind of client that the reference describes; they are run one after the other inside `arraybench exec`, and what they
// said is a golden file in fixtures/scripts. None of them knows of the bench.
//
// - Source: RAID Manager reference, sections 1.7 (cutting horcmN.conf apart), 2.14 and 8 (what clients rely on).

import Bench
import Foundation
import TestSupport
import Testing

/// One call of a script, or of the bench owner's command between two.
private enum Step {
    case script(_ host: String, _ words: [String], golden: String)
    case owner([String])
    /// As an ordinary user has it: disks are links to the volumes' files.
    case userScript(_ host: String, _ words: [String], golden: String)
}

@Suite(.serialized, .disabled(if: BenchSupport.isMissing, BenchSupport.reason))
struct ScriptStoryTests {
    private static let yaml = DefaultBench.yaml.replacing("size: 1GiB", with: "size: 16MiB").replacing(
        "1x ", with: "60x "
    )
    .replacing("instance: 0", with: "instance: 242").replacing("instance: 1", with: "instance: 243")

    private static let story: [Step] = [
        .script("east", ["groups.sh"], golden: "groups-east"),
        .script("west", ["groups.sh"], golden: "groups-west"),
        .script("east", ["alive.sh", "242", "oradb"], golden: "alive"),
        .script("east", ["disks.sh"], golden: "disks-east"),
        .script("west", ["disks.sh"], golden: "disks-west"),
        .userScript("east", ["disks.sh"], golden: "disks-user"),
        .script("east", ["commanddevice.sh"], golden: "commanddevice"),
        .script("east", ["makeconf.sh", "ORA", "244"], golden: "makeconf"),
        .script("east", ["state.sh", "oradb"], golden: "state-simplex"),
        .script("east", ["columns.sh", "oradb"], golden: "columns"),
        .script("east", ["state.sh", "oradb"], golden: "state-primary"),
        .script("west", ["state.sh", "oradb"], golden: "state-secondary"),
        .script("east", ["whichdisk.sh", "oradb"], golden: "whichdisk"),
        .script("east", ["rows.pl", "oradb"], golden: "rows-pair"),
        .script("east", ["raidcom.py", "oradb", "30053", "facts"], golden: "raidcom-facts"),
        .script("east", ["raidcom.py", "oradb", "30053", "change"], golden: "raidcom-change"),
        .script("east", ["raidcom.py", "oradb", "30053", "links"], golden: "raidcom-links"),
        .script("west", ["retry.py", "oradb", "state"], golden: "retry-state"),
        .script("east", ["retry.py", "oradb", "suspend"], golden: "retry-suspend"),
        .script("east", ["rows.pl", "oradb"], golden: "rows-suspended"),
        .script("east", ["retry.py", "oradb", "resync"], golden: "retry-resync"),
        .script("east", ["retry.py", "oradb", "down"], golden: "retry-down"),
        .script("west", ["takeover.ksh", "oradb"], golden: "takeover-swap"),
        .owner(["site", "fail", "west"]),
        .script("east", ["takeover.ksh", "oradb"], golden: "takeover-disaster"),
        .script("east", ["rows.pl", "oradb"], golden: "rows-disaster"),
        .script("east", ["raidcom.py", "oradb", "30053", "links"], golden: "raidcom-links-disaster"),
    ]

    @Test func scriptsOfEveryStyleWork() async throws {
        let layout = BenchLayout(root: "/var/tmp/arraybench-script-\(UUID().uuidString.prefix(8))")
        do {
            _ = try await Bench.up(layout, file: (Self.yaml, "test"))
            for step in Self.story { try await run(step, layout) }
        } catch {
            _ = try? await Bench.down(layout, keeping: false)
            throw error
        }
        _ = try await Bench.down(layout, keeping: false)
        #expect(Mounts.below(layout.root).isEmpty && BenchProcesses.find(in: layout).isEmpty)
    }

    private func run(_ step: Step, _ layout: BenchLayout) async throws {
        switch step {
        case .owner(let words):
            let result = try await HostCommand.run(
                try Programs.path(of: "arraybench"), words + ["--state", layout.root])
            #expect(result.status == 0, "\(words): \(result.text)")
        case .script(let host, let words, let golden): try await run(host, words, [], golden, layout)
        case .userScript(let host, let words, let golden):
            try await run(host, words, ["--user-namespace"], golden, layout)
        }
    }

    private func run(
        _ host: String, _ words: [String], _ options: [String], _ golden: String, _ layout: BenchLayout
    ) async throws {
        let script = Checkout.path("Tests/ScriptTests/scripts/\(words[0])")
        guard Self.interpreterExists(script) else {
            #expect(!Machine.isUnderCI, "\(script) has no interpreter")
            return
        }
        let result = try await HostCommand.run(
            try Programs.path(of: "arraybench"),
            ["exec", "--state", layout.root] + options + [host, "--", script] + words.dropFirst())
        var text = "# \(host): \(words.joined(separator: " "))\n\(result.output)"
        if !result.errors.isEmpty { text += "# standard error\n\(result.errors)" }
        text += "# exit \(result.status)\n"
        let committed = GoldenFile.text("fixtures/scripts/\(golden).txt", rewrittenAs: text)
        #expect(committed == text, "\(golden)")
    }

    /// The first line's program; `/usr/bin/env` finds its own.
    private static func interpreterExists(_ script: String) -> Bool {
        let first = (try? String(contentsOfFile: script, encoding: .utf8))?.split(separator: "\n").first ?? ""
        let program = first.dropFirst(2).split(separator: " ").first.map(String.init) ?? ""
        return FileManager.default.isExecutableFile(atPath: program)
    }
}
