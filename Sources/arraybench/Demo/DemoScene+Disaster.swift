// The first half: pairs, a database, load, the lost site, the takeover, the count.

internal import Bench
internal import Campaign
internal import Foundation

extension DemoScene {
    func buildUp(_ narrator: inout DemoNarrator) async throws {
        narrator.step(
            "A bench",
            "Two arrays, one link, a RAID Manager instance at each side; timers run 60 times as fast as real ones.")
        _ = try await Bench.up(layout, file: (DemoStory.bench, "demo"), progress: story.progress)
        narrator.took("ready")
        try await run("east", "raidqry", "-l", narrator: narrator)

        narrator.step(
            "Pairs", "Both volumes of east become P-VOLs, fence \(story.fence.uppercased()); all tracks are copied.")
        try await run(
            "east", "paircreate", "-g", DemoStory.group, "-vl", "-f", story.fence, "-c", "15", narrator: narrator)
        try await waitForPair("east", narrator: narrator)
        narrator.took("copied")
        try await run("east", "pairdisplay", "-g", DemoStory.group, "-fc", narrator: narrator)

        narrator.step(
            "PostgreSQL on the P-VOLs",
            "Loop devices with direct I/O, ext4 on both; data on the first volume, write-ahead log on the second.")
        try database.prepareFolders()
        let devices = try await attachBoth("east")
        narrator.say("attached \(devices.joined(separator: " and "))")
        try await database.makeFileSystems(devices)
        try await database.mount(devices)
        try await database.create()
        try await database.start()
        try await database.createLedger()
        narrator.took("initdb, start, tables")
    }

    /// Load, then the end of site east.
    /// - Returns: what the clients were told and what is there on the other side.
    func disaster(_ narrator: inout DemoNarrator) async throws -> CommitLedger {
        narrator.step(
            "Load",
            "\(DemoStory.clientCount) clients commit as fast as they can and write down, on another disk, each commit\n"
                + "that was acknowledged. Every transaction takes the next number of one counter: the commit order.")
        if story.isAsynchronous {
            let rate = ImpairmentRequest(latencyMicroseconds: 5_000, bytesPerSecond: 2_000_000)
            try await change { try await $0.impair(link: "east-west", direction: "east-west", rate) }
            narrator.say("the link now carries 2 MB/s with 5 ms latency: west falls behind, the side file fills")
        }
        let clients = try startClients("east")
        try await pause(4)
        guard !clients.hasFailed else { throw BenchFailure("a client ended early; see \(database.folder)/clients.log") }
        try await run("east", "pairdisplay", "-g", DemoStory.group, "-fc", narrator: narrator)

        narrator.step(
            "Site east is lost, under load",
            "Array, RAID Manager instance and link end are killed in one instant; the database host goes with them.")
        try await change { try $0.failSite("east") }
        database.kill()
        clients.stop()
        database.dropMounts()
        let acknowledged = clients.acknowledged()
        narrator.say("the clients hold \(acknowledged.reduce(0) { $0 + $1.count }) acknowledged commits")
        try await run("west", "pairdisplay", "-g", DemoStory.group, "-fc", "-l", narrator: narrator)

        narrator.step(
            "Takeover on west",
            "The S-VOLs become writable (SSWS); exit status 5 is the usual one without the P-VOL's site.")
        let expected: Set<Int32> = story.fence == "never" ? [225] : [5]
        let status = try await run(
            "west", "horctakeover", "-g", DemoStory.group, "-t", "30", expecting: expected.union([1, 2, 5, 225]),
            narrator: narrator)
        narrator.check(
            "horctakeover ends with \(expected.map(String.init).joined()) for fence \(story.fence.uppercased())",
            expected.contains(status))
        try await run("west", "pairdisplay", "-g", DemoStory.group, "-fc", "-l", narrator: narrator)
        let verdict = try await judge(&narrator)
        let ledger = try await count(acknowledged, &narrator)
        narrator.check(
            "verdict and database agree",
            verdict.isPrefix == true && (ledger.missing.isEmpty || verdict.lost.writes + verdict.lost.possible > 0))
        return ledger
    }

    /// Before anybody works on the copy: what it lacks of what the array told its hosts.
    private func judge(_ narrator: inout DemoNarrator) async throws -> VerdictReport {
        narrator.step(
            "The verdict",
            "arraybench verdict: the lost array's ledger of acknowledged writes against the bytes of the copy.")
        let bench = try Bench.open(layout, changing: false, progress: story.progress)
        guard let verdict = try await bench.verdict(group: DemoStory.group, namesFiles: false).first else {
            throw BenchFailure("there is no verdict on group \(DemoStory.group)")
        }
        narrator.say("\(verdict.result.rawValue): \(verdict.explanation)")
        let expected: Set<VerdictReport.Result> = story.isAsynchronous ? [.writesLost, .nothingLost] : [.nothingLost]
        narrator.check(
            story.isAsynchronous
                ? "\(verdict.lost.writes) acknowledged block writes are lost, the rest is in order"
                : "no acknowledged block write is lost", expected.contains(verdict.result) && verdict.isPrefix == true)
        return verdict
    }

    private func count(_ acknowledged: [[UInt64]], _ narrator: inout DemoNarrator) async throws -> CommitLedger {
        narrator.step(
            "PostgreSQL on the S-VOLs",
            "Journal replay, mount, crash recovery; then every acknowledged commit is looked for.")
        try await database.mount(try await attachBoth("west"))
        try await database.start()
        let ledger = CommitLedger(acknowledged: acknowledged, present: try await database.ledger())
        narrator.took("the database is back with \(ledger.present.count) commits")
        let missing = ledger.missing
        if story.isAsynchronous {
            narrator.check(
                "\(missing.count) of \(ledger.acknowledgedCount) acknowledged commits are lost "
                    + "(they were still in the side file), \(ledger.present.count) survived", !ledger.present.isEmpty)
        } else {
            narrator.check(
                "\(missing.count) of \(ledger.acknowledgedCount) acknowledged commits are missing", missing.isEmpty)
            narrator.check(
                "\(ledger.unacknowledged) commits are there that nobody was told of; at most \(DemoStory.clientCount) can be",
                ledger.unacknowledged <= DemoStory.clientCount)
        }
        narrator.check(
            "the commits are 1 to \(ledger.last) without a gap: a prefix of the commit order",
            ledger.isPrefixOfCommitOrder)
        narrator.check("each client finds a prefix of what it was told", ledger.isPrefixForEachClient)
        return ledger
    }
}
