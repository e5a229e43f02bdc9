// PostgreSQL with data checksums, data and write-ahead log on the two volumes: clients that commit numbered rows, each
// taking the next number of one counter. Afterwards crash recovery, pg_amcheck over every index and row, pg_checksums.

internal import Bench
internal import Foundation
internal import Simulator

struct PostgresWorkload: CampaignWorkload {
    private static let clientCount = 3
    private let stage: WorkloadStage
    private let server: PostgresServer
    private let tools: PostgresTools
    private var clients: PostgresClients?
    private var side: Side?

    init(_ stage: WorkloadStage) async throws {
        self.stage = stage
        tools = try await PostgresTools.find()
        server = PostgresServer(folder: stage.folder, tools: tools, initArguments: ["--data-checksums"])
    }

    mutating func begin(on side: Side) async throws {
        try server.prepareFolders()
        let devices = try await attach(side)
        try await server.makeFileSystems(devices)
        try await server.mount(devices)
        try await server.create()
        try await server.start()
        try await server.createLedger()
        _ = try await server.query("CREATE EXTENSION amcheck")
        clients = try PostgresClients.start(Self.clientCount, phase: "before", database: server)
        try await waitBriefly { (clients?.acknowledgedCount ?? 0) > 0 || clients?.hasFailed == true }
    }

    private mutating func attach(_ side: Side) async throws -> [String] {
        self.side = side
        var devices: [String] = []
        for ldev in RunBench.ldevs {
            devices.append(try await stage.bench.change { try await $0.attach(array: side.name, ldev: ldev) })
        }
        return devices
    }

    private mutating func detach() async {
        guard let side else { return }
        self.side = nil
        for ldev in RunBench.ldevs {
            _ = try? await stage.bench.change { try await $0.detach(array: side.name, ldev: ldev) }
        }
    }

    mutating func end(inOrder: Bool) async throws {
        if inOrder {
            clients?.stop()
            // A server whose volumes had refused a write has ended by itself.
            do {
                try await server.stop()
                try await server.unmount()
                return await detach()
            } catch {
                try Interruption.check()
            }
        }
        server.kill()
        clients?.stop()
        server.dropMounts()
        await detach()
    }

    mutating func judge(on side: Side) async throws -> WorkloadFinding {
        var finding = WorkloadFinding()
        let acknowledged = clients?.acknowledged() ?? []
        finding.acknowledged = acknowledged.reduce(0) { $0 + $1.count }
        do {
            try await server.mount(try await attach(side))
            try await server.start()
        } catch let failure as BenchFailure {
            try Interruption.check()
            finding.isConsistent = false
            finding.missing = finding.acknowledged
            finding.notes.append(failure.message)
            return finding
        }
        let ledger = CommitLedger(acknowledged: acknowledged, present: try await server.ledger())
        finding.missing = ledger.missing.count
        finding.isPrefix = ledger.isPrefixOfCommitOrder && ledger.isPrefixForEachClient
        finding.notes.append("\(ledger.present.count) commits there, \(finding.acknowledged) acknowledged")
        if ledger.unacknowledged > Self.clientCount {
            finding.notes.append("\(ledger.unacknowledged) commits that nobody was told of")
        }
        try await check(
            "pg_amcheck",
            ["--heapallindexed", "-h", stage.folder + "/socket", "-U", "postgres", "postgres"],
            &finding)
        try await server.stop()
        try await check("pg_checksums", ["--check", "-D", server.cluster], &finding)
        try await server.unmount()
        await detach()
        return finding
    }

    private func check(_ program: String, _ arguments: [String], _ finding: inout WorkloadFinding) async throws {
        do {
            try await server.server(program, arguments)
            finding.notes.append("\(program): good")
        } catch {
            try Interruption.check()
            finding.isConsistent = false
            finding.notes.append("\(error)")
        }
    }

    mutating func leave() async {
        clients?.stop()
        server.kill()
        server.dropMounts()
        await detach()
    }
}
