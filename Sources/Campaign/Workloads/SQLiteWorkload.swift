// SQLite on ext4 on the first volume: one client that commits rows 1, 2, 3 …, with a rollback journal or a write-ahead
// log, every commit synchronised. The client notes on the host's own disk what was acknowledged.

internal import Bench
internal import Foundation
internal import Simulator

#if canImport(Glibc)
    internal import Glibc
#endif

struct SQLiteWorkload: CampaignWorkload {
    private let stage: WorkloadStage
    private var disk: HostFileSystem
    private var client: ProcessIdentity?
    private let journal: String

    private var database: String { disk.mountPoint + "/ledger.db" }
    private var note: String { stage.folder + "/acknowledged" }

    init(_ stage: WorkloadStage) {
        self.stage = stage
        disk = HostFileSystem(stage.bench, volume: 0, mountPoint: stage.folder + "/mount")
        var dice = Dice(seed: stage.seed)
        journal = dice.pick(["WAL", "DELETE"])
    }

    mutating func begin(on side: Side) async throws {
        _ = try await disk.make(on: side)
        try await disk.mount(on: side)
        let table = "CREATE TABLE ledger (n INTEGER PRIMARY KEY, text TEXT); CREATE INDEX texts ON ledger (text);"
        try await Tool.must("sqlite3", [database, "PRAGMA journal_mode=\(journal); \(table)"])
        // The number is printed by a statement of its own, after the insertion's commit. EXTRA: in DELETE mode the commit is
        // the deletion of the journal, which FULL does not synchronise (SQLite, PRAGMA synchronous).
        let statements = """
            BEGIN { print "PRAGMA synchronous=EXTRA;"; for (n = 1; ; n++) \
            printf "INSERT INTO ledger VALUES (%d, hex(randomblob(100)));\\nSELECT %d;\\n", n, n }
            """
        let script =
            "awk \(shellQuoted(statements)) | stdbuf -oL sqlite3 -batch -bail \(shellQuoted(database)) "
            + "> \(shellQuoted(note))"
        client = try DetachedProcess.start(
            "/bin/sh", arguments: ["-c", script], environment: Tool.environment, log: stage.folder + "/client.log")
        try await waitBriefly { !acknowledged.isEmpty || client?.isRunning == false }
    }

    private var acknowledged: [UInt64] {
        CommitLedger.numbers(in: (try? String(contentsOfFile: note, encoding: .utf8)) ?? "")
    }

    mutating func end(inOrder: Bool) async throws {
        stopClient()
        // A file system whose volume had refused a write may refuse to be unmounted in order.
        if inOrder { try? await disk.unmount() }
        await disk.drop()
    }

    private mutating func stopClient() {
        client?.sendToGroup(SIGKILL)
        client?.end(askingFor: 0)
        client = nil
    }

    mutating func judge(on side: Side) async throws -> WorkloadFinding {
        var finding = WorkloadFinding()
        let acknowledged = acknowledged
        finding.acknowledged = acknowledged.count
        finding.notes.append("journal_mode \(journal)")
        do {
            try await disk.mount(on: side)
        } catch let damage as DamagedFileSystem {
            finding.isConsistent = false
            finding.missing = acknowledged.count
            finding.notes.append(damage.text)
            return finding
        }
        let check = try await HostCommand.run(
            "sqlite3", [database, "PRAGMA integrity_check; SELECT n FROM ledger ORDER BY n;"],
            environment: Tool.environment)
        let lines = check.output.split(separator: "\n")
        finding.isConsistent = check.status == 0 && lines.first == "ok"
        finding.notes.append("integrity_check: \(lines.first.map(String.init) ?? check.errors)")
        let ledger = CommitLedger(acknowledged: [acknowledged], present: lines.dropFirst().compactMap { UInt64($0) })
        finding.missing = ledger.missing.count
        finding.isPrefix = ledger.isPrefixOfCommitOrder
        finding.notes.append("\(ledger.present.count) rows, \(acknowledged.count) acknowledged")
        try await disk.unmount()
        return finding
    }

    mutating func leave() async {
        stopClient()
        await disk.drop()
    }
}
