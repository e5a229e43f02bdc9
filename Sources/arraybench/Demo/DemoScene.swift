// The story while it runs: the bench, the database, the clients, and what has been found so far.

internal import Bench
internal import Campaign
internal import Foundation
internal import Synchronization

/// **Threads**: the steps run one after the other; only the clients are behind a lock, for the cleaning up.
final class DemoScene: Sendable {
    let story: DemoStory
    let layout: BenchLayout
    let database: PostgresServer
    private let clients = Mutex<[PostgresClients]>([])

    init(story: DemoStory, layout: BenchLayout, database: PostgresServer) {
        self.story = story
        self.layout = layout
        self.database = database
    }

    func play() async throws -> [DemoCheck] {
        var narrator = DemoNarrator()
        narrator.title(
            story.isAsynchronous
                ? "Asynchronous replication over a slow link: something is lost, in order"
                : "Synchronous replication, fence \(story.fence.uppercased()): nothing acknowledged is lost")
        try await buildUp(&narrator)
        var ledger = try await disaster(&narrator)
        if !story.isAsynchronous {
            ledger = try await workOnOtherSide(&narrator, ledger)
            try await wayHome(&narrator, ledger)
        }
        try await takeDown(&narrator)
        return narrator.checks
    }

    func startClients(_ phase: String) throws -> PostgresClients {
        let started = try PostgresClients.start(DemoStory.clientCount, phase: phase, database: database)
        clients.withLock { $0.append(started) }
        return started
    }

    func endClients() {
        for client in clients.withLock({ $0 }) { client.stop() }
    }

    /// Opens the bench for one change, as a command of its own would.
    func change<Result>(_ body: (inout Bench) async throws -> Result) async throws -> Result {
        try Interruption.check()
        var bench = try Bench.open(layout, changing: true)
        return try await body(&bench)
    }

    func attachBoth(_ array: String) async throws -> [String] {
        var devices: [String] = []
        for ldev in DemoStory.ldevs {
            devices.append(try await change { try await $0.attach(array: array, ldev: ldev) })
        }
        return devices
    }

    /// Runs a RAID Manager command on a host and shows it with its screen.
    @discardableResult
    func run(
        _ host: String, _ words: String..., expecting: Set<Int32> = [0], narrator: DemoNarrator
    ) async throws -> Int32 {
        try Interruption.check()
        narrator.command(host, words)
        let result = try await (try Bench.open(layout, changing: false)).run(words, onHost: host)
        narrator.screen(result.text)
        guard expecting.contains(result.status) else {
            throw BenchFailure("'\(words.joined(separator: " "))' on host \(host) ended with \(result.status)")
        }
        if result.status != 0 || expecting != [0] { narrator.say("exit status \(result.status)") }
        return result.status
    }

    /// Waits until the group is in PAIR, with the copy's progress.
    func waitForPair(_ host: String, narrator: DemoNarrator) async throws {
        let words = ["pairevtwait", "-g", DemoStory.group, "-s", "pair", "-t", "120"]
        narrator.command(host, words)
        let bench = try Bench.open(layout, changing: false)
        let watching = Task {
            while !Task.isCancelled {
                let pairs = await bench.status().arrays.flatMap(\.ldevs).compactMap(\.pair)
                let part = pairs.filter { $0.role == "primary" }.map { Double($0.cleanPercent) / 100 }.min()
                story.progress("copying", part)
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        defer { watching.cancel() }
        let result = try await bench.run(words, onHost: host)
        narrator.screen(result.text)
        guard result.status == 0 else {
            throw BenchFailure("the pairs did not come to PAIR (exit status \(result.status))")
        }
    }

    /// Sleeps, and stops at once on Ctrl-C.
    func pause(_ seconds: Double) async throws {
        let end = Date().addingTimeInterval(seconds * story.scale)
        while Date() < end {
            try Interruption.check()
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Bytes that an array has sent over the link.
    func bytesSent(by array: String) async throws -> UInt64 {
        let status = await (try Bench.open(layout, changing: false)).status()
        return status.links.first?.directions.first { $0.name.hasPrefix(array + "-") }?.bytesSent ?? 0
    }
}
