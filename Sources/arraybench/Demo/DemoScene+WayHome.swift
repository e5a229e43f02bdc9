// The second half: work on the other side, swap resynchronisation, the move home, the comparison.

internal import Bench
internal import Campaign
internal import Foundation

extension DemoScene {
    /// - Returns: everything that was acknowledged on either side.
    func workOnOtherSide(_ narrator: inout DemoNarrator, _ before: CommitLedger) async throws -> CommitLedger {
        narrator.step("Work on west", "The business goes on there; west's array marks every track that changes.")
        let clients = try startClients("west")
        try await pause(2)
        clients.stop()
        let acknowledged = clients.acknowledged()
        narrator.say("\(acknowledged.reduce(0) { $0 + $1.count }) more commits were acknowledged")

        narrator.step(
            "Site east is repaired", "Its array comes back with its data and marks. Nothing resynchronises by itself.")
        try await change { try await $0.repairSite("east") }
        try await run("west", "pairdisplay", "-g", DemoStory.group, "-fc", narrator: narrator)

        narrator.step(
            "pairresync -swaps",
            "West's volumes become P-VOLs; the tracks that changed on either side since the failure travel to east,\n"
                + "while the database keeps running on west.")
        let sentBefore = try await bytesSent(by: "west")
        try await run("west", "pairresync", "-g", DemoStory.group, "-swaps", "-c", "15", narrator: narrator)
        try await waitForPair("west", narrator: narrator)
        narrator.took("in PAIR")
        try await run("west", "pairdisplay", "-g", DemoStory.group, "-fc", narrator: narrator)
        let sent = try await bytesSent(by: "west") - sentBefore
        let size = UInt64(1) << 30
        narrator.check(
            "\(QuantityText.describe(roughly: sent)) travelled back, not \(QuantityText.describe(roughly: size)): only what changed",
            sent > 0 && sent < size / 2)
        return CommitLedger(acknowledged: before.acknowledged + acknowledged, present: before.present)
    }

    func wayHome(_ narrator: inout DemoNarrator, _ ledger: CommitLedger) async throws {
        narrator.step(
            "Home to east", "The database stops on west; horctakeover on east swaps the roles back (exit status 1).")
        try await database.stop()
        try await database.unmount()
        for ldev in DemoStory.ldevs { _ = try await change { try await $0.detach(array: "west", ldev: ldev) } }
        let status = try await run(
            "east", "horctakeover", "-g", DemoStory.group, "-t", "30", expecting: [0, 1, 2, 5], narrator: narrator)
        narrator.check("horctakeover at home is a swap-takeover (exit status 1)", status == 1)
        try await waitForPair("east", narrator: narrator)
        try await run("east", "pairdisplay", "-g", DemoStory.group, "-fc", narrator: narrator)

        narrator.step("PostgreSQL at home", "On the volumes where it began, with what was written on both sides.")
        try await database.mount(try await attachBoth("east"))
        try await database.start()
        let home = CommitLedger(acknowledged: ledger.acknowledged, present: try await database.ledger())
        narrator.took("the database is back with \(home.present.count) commits")
        narrator.check(
            "\(home.missing.count) of \(home.acknowledgedCount) commits acknowledged on either side are missing",
            home.missing.isEmpty)
        narrator.check("they are 1 to \(home.last) without a gap", home.isPrefixOfCommitOrder)
        try await database.stop()
        try await database.unmount()
        try await compare(&narrator)
    }

    private func compare(_ narrator: inout DemoNarrator) async throws {
        narrator.step(
            "Both copies",
            "The pairs are split (S-VOL read only) and compared byte for byte through their device files.")
        try await run("east", "pairsplit", "-g", DemoStory.group, "-r", narrator: narrator)
        try await run("east", "pairdisplay", "-g", DemoStory.group, "-fc", narrator: narrator)
        for ldev in DemoStory.ldevs {
            let files = ["east", "west"].map { layout.device(of: ldev, array: $0) }
            let result = try await HostCommand.run("cmp", files)
            narrator.screen(result.text)
            narrator.check("LDEV \(ldev) is the same on both arrays", result.status == 0)
        }
    }

    func takeDown(_ narrator: inout DemoNarrator) async throws {
        narrator.step("Down", "No process, mount, loop device or socket is left.")
        database.kill()
        database.dropMounts()
        _ = try await Bench.down(layout, keeping: false)
        let loops = LoopDevices.all().filter { $0.file.hasPrefix(layout.root) }.map(\.device)
        let leftovers =
            BenchProcesses.find(in: layout).map { "process \($0.identity.pid)" } + loops
            + Mounts.below(layout.root).map(\.point)
        narrator.check(
            leftovers.isEmpty ? "nothing is left" : "left behind: \(leftovers.joined(separator: ", "))",
            leftovers.isEmpty && !FileManager.default.fileExists(atPath: layout.root))
    }
}
