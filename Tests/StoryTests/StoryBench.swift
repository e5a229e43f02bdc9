// A whole bench for a test, as its owner has it: `arraybench up` in a private folder, host commands in the environment
// that `arraybench env` prints, real processes, devices and sockets. Whatever happens to the test, nothing stays behind.

import Bench
import Foundation
import TestSupport
import Testing

/// **Threads**: any; it holds names only.
final class StoryBench: Sendable {
    static let volumes = ["00:10", "00:11"]

    let layout: BenchLayout
    private let environments: [String: [String: String]]

    private init(_ layout: BenchLayout, _ environments: [String: [String: String]]) {
        self.layout = layout
        self.environments = environments
    }

    /// The bench file: two arrays, one link, a host at each, the group `oradb` with a pair of every LDEV.
    static func yaml(
        clock: String = "60x", size: String = "8MiB", link: String = "kind: unix", group: String = "oradb"
    ) -> String {
        """
        clock: \(clock)
        arrays:
          - name: east
            serial: 30053
            timers: { link: 60s }
            ldevs:
              - { id: 00:10, size: \(size), count: 2, port: CL1-A, lun: 0 }
          - name: west
            serial: 30054
            timers: { link: 60s }
            ldevs:
              - { id: 00:10, size: \(size), count: 2, port: CL1-D, lun: 0 }
        links:
          - { name: east-west, between: [east, west], \(link) }
        hosts:
          - { name: east, array: east, instance: 0 }
          - { name: west, array: west, instance: 1 }
        groups:
          - name: \(group)
            hosts: [east, west]
            pairs:
              - { name: dev1, ldevs: [00:10, 00:10] }
              - { name: dev2, ldevs: [00:11, 00:11] }

        """
    }

    /// Runs `body` on a bench of its own, ends it with `arraybench down` and looks for what is left.
    static func run(
        _ yaml: String = StoryBench.yaml(), hosts: [String] = ["east", "west"],
        _ body: (StoryBench) async throws -> Void
    ) async throws {
        try await withFolder { root in
            let result = try await up(root, yaml)
            guard result.status == 0 else { throw TestProblem("the bench did not start: \(result.text)") }
            let bench = try await attached(to: root, hosts: hosts)
            try await body(bench)
            if FileManager.default.fileExists(atPath: root) {
                try await bench.arraybench("down")
                try await Leftovers.expectNone(of: root)
            }
        }
    }

    /// A private folder's name, cleaned up by force after `body`. The folder itself is not made.
    static func withFolder(_ body: (String) async throws -> Void) async throws {
        let root = "/tmp/st-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        defer { Leftovers.sweep(root) }
        try await body(root)
    }

    static func up(_ root: String, _ yaml: String? = nil) async throws -> CommandResult {
        guard let yaml else { return try await program("arraybench", ["up", "--state", root]) }
        let file = root + ".yaml"
        try yaml.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try await program("arraybench", ["up", "--state", root, file])
    }

    /// The running bench of a folder, with its hosts' environments as a shell gets them.
    static func attached(
        to root: String, hosts: [String] = ["east", "west"]
    ) async throws -> StoryBench {
        var environments: [String: [String: String]] = [:]
        for host in hosts {
            let script = "eval \"$(\"$0\" env --state \"$1\" \"$2\")\" && env"
            let shell = try await HostCommand.run(
                "/bin/sh", ["-c", script, try TestPrograms.path("arraybench"), root, host], environment: bare)
            let lines = shell.output.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1) }
            environments[host] = Dictionary(
                lines.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }, uniquingKeysWith: { $1 })
        }
        return StoryBench(BenchLayout(root: root), environments)
    }

    /// An environment without anything of a bench in it.
    private static let bare = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]

    /// Runs one of the programs under test, or of the machine, but no longer than a minute.
    static func program(
        _ name: String, _ arguments: [String], environment: [String: String]? = nil
    ) async throws -> CommandResult {
        let path = name == "arraybench" ? try TestPrograms.path(name) : name
        return try await HostCommand.run(
            "/usr/bin/timeout", ["-k", "5", "60", path] + arguments, environment: environment ?? bare)
    }
}

// Commands, written as one types them. What is expected of the exit status is part of each line.
extension StoryBench {
    @discardableResult
    func on(
        _ host: String, _ line: String, exits status: Int32 = 0, _ location: SourceLocation = #_sourceLocation
    ) async throws -> CommandResult {
        let result = try await onHost(host, line)
        return try Self.checked(result, status, "\(host)$ \(line)", location)
    }

    /// The command's result, whatever it is.
    func onHost(_ host: String, _ line: String) async throws -> CommandResult {
        let words = line.split(separator: " ").map(String.init)
        return try await Self.program(words[0], Array(words.dropFirst()), environment: environments[host])
    }

    /// Runs lines of a shell on a host.
    func shell(_ host: String, _ script: String) async throws -> CommandResult {
        try await Self.program("/bin/sh", ["-c", script], environment: environments[host])
    }

    @discardableResult
    func arraybench(
        _ line: String, exits status: Int32 = 0, _ location: SourceLocation = #_sourceLocation
    ) async throws -> CommandResult {
        let words = line.split(separator: " ").map(String.init)
        let result = try await Self.program("arraybench", words + ["--state", layout.root])
        return try Self.checked(result, status, "arraybench \(line)", location)
    }

    @discardableResult
    static func must(
        _ words: String..., location: SourceLocation = #_sourceLocation
    ) async throws -> CommandResult {
        let result = try await program(words[0], Array(words.dropFirst()))
        return try checked(result, 0, words.joined(separator: " "), location)
    }

    private static func checked(
        _ result: CommandResult, _ status: Int32, _ line: String, _ location: SourceLocation
    ) throws -> CommandResult {
        try #require(
            result.status == status, "\(line) ended with \(result.status), not \(status):\n\(result.text)",
            sourceLocation: location)
        return result
    }
}

// What a bench shows.
extension StoryBench {
    func status() async throws -> BenchStatus {
        let result = try await arraybench("status --json")
        return try JSONDecoder().decode(BenchStatus.self, from: Data(result.output.utf8))
    }

    /// The status column of the local rows, as `pairdisplay -fc` shows it on that host.
    func states(_ host: String, group: String = "oradb") async throws -> [String] {
        let screen = try await on(host, "pairdisplay -g \(group) -l -fc -CLI")
        return screen.output.split(separator: "\n").dropFirst().map { row in
            let fields = row.split(separator: " ").map(String.init)
            return fields.count < 10 ? fields.last ?? "" : "\(fields[8]) \(fields[9])"
        }
    }

    func expectStates(
        _ host: String, _ state: String, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let states = try await states(host)
        #expect(states == [state, state], "on \(host)", sourceLocation: location)
    }

    /// Makes the pairs with east as primary and waits for the end of the copy.
    func pair(_ fence: String, _ location: SourceLocation = #_sourceLocation) async throws {
        try await on("east", "paircreate -g oradb -vl -f \(fence) -c 15", location)
        try await awaitPair(location)
    }

    /// `pairevtwait` looks once a second; what is waited for here often takes a hundredth of that.
    func awaitPair(_ location: SourceLocation = #_sourceLocation) async throws {
        for host in ["east", "west"] {
            try await eventually("PAIR on \(host)", location) {
                try await self.onHost(host, "pairevtwait -g oradb -nowait").status == 3
            }
            try await on(host, "pairevtwait -g oradb -s pair -ss pair -t 30", location)
        }
    }

    func awaitLink(_ state: String, _ location: SourceLocation = #_sourceLocation) async throws {
        try await eventually("the link is \(state)", location) { try await self.status().links.map(\.state) == [state] }
    }

    /// Tries for half a minute.
    func eventually(
        _ what: String, _ location: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while try await !condition() {
            try #require(ContinuousClock.now < end, "not after 30 s: \(what)", sourceLocation: location)
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

// The volumes, as a host reads and writes them.
extension StoryBench {
    func device(_ array: String, _ ldev: String) -> String { layout.device(of: ldev, array: array) }

    /// Writes 64 KiB of `mark` to both volumes at `offset`.
    func write(
        _ mark: UInt8, at offset: Int, on array: String, fails code: Int32 = 0,
        _ location: SourceLocation = #_sourceLocation
    ) {
        for ldev in Self.volumes {
            let result = Disk.write(mark, at: offset, count: 64 << 10, to: device(array, ldev))
            #expect(
                result == code, "writing to \(ldev) of \(array): errno \(result), not \(code)", sourceLocation: location
            )
        }
    }

    func expect(
        _ mark: UInt8, at offset: Int, on array: String, _ location: SourceLocation = #_sourceLocation
    ) throws {
        for ldev in Self.volumes {
            let bytes = try Disk.read(at: offset, count: 64 << 10, from: device(array, ldev))
            #expect(
                bytes.allSatisfy { $0 == mark }, "\(ldev) of \(array) holds \(bytes[0]) at \(offset), not \(mark)",
                sourceLocation: location)
        }
    }

    func expectEqualCopies(_ location: SourceLocation = #_sourceLocation) throws {
        for ldev in Self.volumes {
            let (east, west) = (try Disk.contents(device("east", ldev)), try Disk.contents(device("west", ldev)))
            let first = zip(east, west).enumerated().first { $1.0 != $1.1 }?.offset
            #expect(
                east.count == west.count && first == nil, "the copies of \(ldev) differ at \(first ?? -1)",
                sourceLocation: location)
        }
    }
}
