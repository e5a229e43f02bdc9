// Does a bench start only where it can, say why not where it cannot, and leave what is not its own as it was?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct StartAndEndTests {
    @Test func twoBenchesSideBySideDoNotDisturbEachOther() async throws {
        try await StoryBench.run { one in
            try await StoryBench.run { other in
                try await one.pair("data")
                try await other.pair("async")
                one.write(0xA1, at: 0, on: "east")
                other.write(0xB2, at: 0, on: "east")
                try await one.arraybench("site fail east")
                try await one.on("west", "horctakeover -g oradb", exits: 5)
                try await other.expectStates("west", "S-VOL PAIR")
                try await other.on("east", "pairsplit -g oradb")
                try other.expect(0xB2, at: 0, on: "west")
                try other.expectEqualCopies()
                try await one.expectStates("west", "S-VOL SSWS")
                try await one.arraybench("down")
                try await Leftovers.expectNone(of: one.layout.root)
                try await other.on("east", "pairresync -g oradb")
                try await other.awaitPair()
            }
        }
    }

    @Test func aSecondUpInTheSameFolderIsRefused() async throws {
        try await StoryBench.run { bench in
            let again = try await StoryBench.up(bench.layout.root)
            #expect(again.status == 1 && again.errors.contains("a bench runs in \(bench.layout.root)"))
            #expect(try await bench.status().arrays.map(\.state) == ["running", "running"])
            try await bench.on("east", "pairdisplay -g oradb")
        }
    }

    @Test func ofTwoUpsAtOnceOneStartsTheBench() async throws {
        try await StoryBench.withFolder { root in
            async let one = StoryBench.up(root)
            async let other = StoryBench.up(root)
            let results = try await [one, other].sorted { $0.status < $1.status }
            #expect(results.map(\.status) == [0, 1], "\(results.map(\.text))")
            #expect(results[1].errors.contains("a bench runs in \(root)"), "\(results[1].text)")
            let bench = try await StoryBench.attached(to: root)
            #expect(try await bench.status().hosts.map(\.state) == ["running", "running"])
            try await bench.on("east", "pairdisplay -g oradb")
            try await bench.arraybench("down")
            try await Leftovers.expectNone(of: root)
        }
    }

    @Test func aTCPLinkCarriesPairsAndItsPortIsNobodyElses() async throws {
        let port = try LoopbackPorts.free(count: 1, stream: true)[0]
        let yaml = StoryBench.yaml(link: "kind: tcp, address: 127.0.0.1:\(port)")
        try await StoryBench.run(yaml) { bench in
            try await bench.pair("data")
            bench.write(0xA1, at: 0, on: "east")
            try bench.expectEqualCopies()
            try await StoryBench.withFolder { root in
                let refused = try await StoryBench.up(root, yaml)
                #expect(refused.status == 1 && refused.errors.contains("TCP port \(port)"), "\(refused.text)")
                #expect(refused.errors.contains("Address already in use"))
                try await Leftovers.expectNone(of: root)
            }
            try await bench.expectStates("east", "P-VOL PAIR")
        }
    }

    /// A change to the bench file, and what the message must name: the line, and what is there.
    static let mistakes: [(String, String, [String])] = [
        ("serial: 30053", "serial: [", [":6:"]),
        ("serial: 30053", "serail: 30053", [":4:", "serail"]),
        ("id: 00:10, size: 8MiB, count: 2, port: CL1-A", "id: 00:10, size: 8MiB, count: 2, port: CL9", [":7:", "CL9"]),
        ("size: 8MiB", "size: 513", [":7:", "513"]),
        ("size: 8MiB", "size: 0", [":7:"]),
        ("size: 8MiB", "size: 4EiB", [":7:"]),
        ("size: 8MiB", "size: much", [":7:", "much"]),
        (
            "      - { id: 00:10, size: 8MiB, count: 2, port: CL1-A, lun: 0 }",
            "      - { id: 00:10, size: 8MiB, count: 2, port: CL1-A, lun: 0 }\n      - { id: 00:11, size: 8MiB, lun: 9 }",
            [":8:", "00:11"]
        ),
        ("between: [east, west]", "between: [east, north]", [":14:", "north"]),
        ("clock: 60x", "clock: fast", [":1:", "fast"]),
        ("links:", "lines:", [":13:", "lines"]),
    ]

    @Test(arguments: mistakes)
    func aMistakeInTheFileIsNamedAndNothingIsStarted(_ right: String, _ wrong: String, _ named: [String]) async throws {
        let yaml = StoryBench.yaml()
        let place = try #require(yaml.range(of: right))
        let text = yaml.replacingCharacters(in: place, with: wrong)
        try await StoryBench.withFolder { root in
            let result = try await StoryBench.up(root, text)
            #expect(result.status != 0 && result.output.isEmpty)
            for word in named { #expect(result.errors.contains(word), "\(wrong): \(result.errors)") }
            try await Leftovers.expectNone(of: root)
        }
    }

    @Test func aFileThatIsNotThereIsNamed() async throws {
        try await StoryBench.withFolder { root in
            let result = try await StoryBench.program("arraybench", ["up", "--state", root, root + "/none.yaml"])
            #expect(result.status == 1 && result.errors.contains("\(root)/none.yaml: No such file or directory"))
            try await Leftovers.expectNone(of: root)
        }
    }

    @Test func aFolderOfSomebodyElseIsLeftAlone() async throws {
        try await StoryBench.withFolder { root in
            try FileManager.default.createDirectory(atPath: root + "/hosts", withIntermediateDirectories: true)
            try Data("dear".utf8).write(to: URL(fileURLWithPath: root + "/hosts/thesis.txt"))
            try Data("mine".utf8).write(to: URL(fileURLWithPath: root + "/letters"))
            let before = try Folder.contents(root)
            for words in [["up"], ["down"], ["down", "--keep"], ["status"], ["attach", "east", "00:10"]] {
                let result = try await StoryBench.program("arraybench", words + ["--state", root])
                #expect(result.status == 1 && result.errors.contains("is not the folder of a bench"), "\(result.text)")
                #expect(try Folder.contents(root) == before)
            }
        }
    }

    @Test func aKeptBenchResumesWithDataAndPairStates() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            bench.write(0xA1, at: 0, on: "east")
            try await bench.on("east", "pairsplit -g oradb -d dev2 -rw")
            bench.write(0xB2, at: 1 << 20, on: "east")
            #expect(Disk.write(0xC3, at: 2 << 20, count: 64 << 10, to: bench.device("west", "00:11")) == 0)
            let before = try await bench.on("east", "pairdisplay -g oradb -fc").output
            #expect(before.contains("PSUS") && before.contains("PAIR"))
            let ports = try await bench.status().hosts.map(\.port)

            try await bench.arraybench("down --keep")
            #expect(Leftovers.of(bench.layout.root) == ["folder \(bench.layout.root)"])
            let result = try await StoryBench.up(bench.layout.root)
            try #require(result.status == 0, "\(result.text)")

            #expect(try await bench.status().hosts.map(\.port) == ports)
            #expect(try await bench.on("east", "pairdisplay -g oradb -fc").output == before)
            try bench.expect(0xB2, at: 1 << 20, on: "east")
            #expect(try Disk.read(at: 1 << 20, count: 4096, from: bench.device("west", "00:11"))[0] == 0)
            #expect(try Disk.read(at: 2 << 20, count: 4096, from: bench.device("west", "00:11"))[0] == 0xC3)
            try await bench.on("east", "pairresync -g oradb -d dev2")
            try await bench.awaitPair()
            try bench.expectEqualCopies()
        }
    }

    /// What is damaged in a kept folder, by path, and what the refusal must name.
    static let damages: [(String, String)] = [
        ("bench.yaml", "bench.yaml"), ("bench.json", "bench.json"), ("arrays/east/state/", "east"),
    ]

    @Test(arguments: damages)
    func aDamagedFolderIsRefusedAndLeftAlone(_ path: String, _ named: String) async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            try await bench.arraybench("down --keep")
            for file in try Folder.files(bench.layout.root, below: path) { try Folder.damage(file) }
            let before = try Folder.contents(bench.layout.root)
            let result = try await StoryBench.up(bench.layout.root)
            #expect(result.status == 1 && result.errors.contains(named), "\(result.text)")
            #expect(result.errors.contains("damaged") || result.errors.contains("not YAML"), "\(result.text)")
            let after = try Folder.contents(bench.layout.root)
            // The healthy array had started, and its ledger says so.
            let isKept = { (name: String) in !Folder.isLog(name) && name != "arrays/west/state/ledger" }
            #expect(after.filter { isKept($0.key) } == before.filter { isKept($0.key) })
            #expect(Leftovers.of(bench.layout.root) == ["folder \(bench.layout.root)"])
        }
    }
}

/// Folders as bytes, to compare them before and after.
private enum Folder {
    static func contents(_ root: String) throws -> [String: Data] {
        let files = FileManager.default
        return try files.subpathsOfDirectory(atPath: root).reduce(into: [:]) { contents, name in
            let path = root + "/" + name
            let target = (try? files.destinationOfSymbolicLink(atPath: path)).map { Data($0.utf8) }
            contents[name] = target ?? files.contents(atPath: path) ?? Data()
        }
    }

    /// The state's small files (NVRAM, not volumes), or the one file that is named.
    static func files(_ root: String, below path: String) throws -> [String] {
        guard path.hasSuffix("/") else { return [root + "/" + path] }
        return try FileManager.default.subpathsOfDirectory(atPath: root + "/" + path).filter {
            $0.hasSuffix(".record")
        }.map { root + "/" + path + $0 }
    }

    /// Turns every byte of the file into something else.
    static func damage(_ path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        try Data(data.map { $0 ^ 0x5A }).write(to: URL(fileURLWithPath: path))
    }

    /// What a refused start may write: who tried, and when.
    static func isLog(_ path: String) -> Bool { path.hasSuffix(".log") || path == "lock" }
}
