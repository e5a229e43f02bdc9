// Two hundred groups with four thousand pairs in one instance: are they all there, is each worked with by itself, and does a
// takeover of one leave the others alone? Real arrays and real instances, made from files as an administrator has them.
// What a look at one group costs is counted in RaidManagerTests.

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct ManyGroupsTests {
    private static let groups = 200
    private static let members = 20

    /// One side by the numbers of the volumes, the other by their paths.
    private static func file(own: String, other: String, byPath: Bool) -> String {
        var text = "HORCM_MON\n\(own) horcm0 1000 3000\nHORCM_CMD\n"
        text += byPath ? "/dev/rdsk/c0t0d0\nHORCM_DEV\n" : "\\\\.\\CMD-30053\nHORCM_LDEV\n"
        for number in 0..<(groups * members) {
            let place = byPath ? "CL1-A \(number / 2000) \(number % 2000)" : "30053 \(number)"
            text += "g\(number / members) d\(number % members) \(place)\n"
        }
        return text + "HORCM_INST\n" + (0..<groups).map { "g\($0) \(other) horcm0\n" }.joined()
    }

    @Test func fourThousandPairs() async throws {
        try await StoryBench.withFolder { root in
            let folder = root + "-files"
            for (name, other, byPath) in [("east", "west", false), ("west", "east", true)] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
                try Self.file(own: name, other: other, byPath: byPath)
                    .write(toFile: "\(folder)/\(name)/horcm0.conf", atomically: true, encoding: .utf8)
            }
            defer { try? FileManager.default.removeItem(atPath: folder) }
            // Longer than other benches may take: eight thousand volumes are made.
            let started = try await HostCommand.run(
                "/usr/bin/timeout",
                [
                    "-k", "5", "300", try TestPrograms.path("arraybench"), "up", "--state", root, "--size", "256KiB",
                    "--clock", "60x", "--from-horcm", "\(folder)/east/horcm0.conf", "\(folder)/west/horcm0.conf",
                ])
            try #require(started.status == 0, "\(started.text)")
            let bench = try await StoryBench.attached(to: root)
            try await expectAllGroups(bench)
            try await workWithThree(bench)
            try await StoryBench.must(TestPrograms.path("arraybench"), "down", "--state", root)
            try await Leftovers.expectNone(of: root)
        }
    }

    private func expectAllGroups(_ bench: StoryBench) async throws {
        for host in ["east", "west"] {
            let all = try await bench.on(host, "raidqry -g")
            let names = all.output.split(separator: "\n").dropFirst().compactMap { row in
                row.split(separator: " ").first { $0.hasPrefix("g") && Int($0.dropFirst()) != nil }.map(String.init)
            }
            #expect(names == (0..<Self.groups).map { "g\($0)" }, "\(host)")
        }
        let wrong = try await bench.onHost("east", "pairdisplay -g g200")
        #expect(wrong.status != 0)
    }

    /// The first, one in the middle, the last.
    private func workWithThree(_ bench: StoryBench) async throws {
        let chosen = ["g0", "g99", "g199"]
        for group in chosen {
            try await bench.on("east", "paircreate -g \(group) -vl -f never -c 15")
            try await bench.on("east", "pairevtwait -g \(group) -s pair -t 60")
        }
        try await bench.on("west", "horctakeover -g g99 -t 60", exits: 1)
        for group in chosen {
            let screen = try await bench.on("west", "pairdisplay -g \(group) -fc -CLI")
            let rows = screen.output.split(separator: "\n").filter { $0.hasPrefix(group + " ") }
            #expect(rows.count == 2 * Self.members && rows.allSatisfy { $0.contains(" PAIR ") }, "\(screen.output)")
        }
        var states: [Int32: Int] = [:]
        for group in 0..<Self.groups {
            states[try await bench.onHost("east", "pairvolchk -g g\(group) -ss").status, default: 0] += 1
        }
        #expect(states == [23: 2, 33: 1, 11: Self.groups - 3])
    }
}
