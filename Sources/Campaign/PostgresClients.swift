// Clients that commit as fast as they are answered. Each is a psql session whose output, one number per acknowledged
// commit, goes straight to a file on the machine's own disk: what stands there was acknowledged, whatever happens next.

package import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package struct PostgresClients: Sendable {
    private let processes: [ProcessIdentity]
    private let notes: [String]

    /// - Parameter phase: distinguishes the notes of several loads.
    package static func start(_ count: Int, phase: String, database: PostgresServer) throws -> PostgresClients {
        var processes: [ProcessIdentity] = []
        var notes: [String] = []
        for client in 1...count {
            let statement = """
                WITH next AS (UPDATE counter SET n = n + 1 RETURNING n) \
                INSERT INTO ledger SELECT n, \(client), repeat(md5(n::text), 8) FROM next RETURNING n;
                """
            let note = "\(database.folder)/acknowledged-\(phase)-\(client)"
            let session = (["psql"] + database.clientArguments + ["-v", "ON_ERROR_STOP=1"]).map(shellQuoted)
            let script = "yes \(shellQuoted(statement)) | \(session.joined(separator: " ")) > \(shellQuoted(note))"
            processes.append(
                try DetachedProcess.start(
                    "/bin/sh", arguments: ["-c", script], environment: ProcessInfo.processInfo.environment,
                    log: "\(database.folder)/clients.log"))
            notes.append(note)
        }
        return PostgresClients(processes: processes, notes: notes)
    }

    /// Ends the sessions. A commit that is under way may or may not be made; it was not acknowledged.
    package func stop() {
        for process in processes { process.sendToGroup(SIGKILL) }
        for process in processes { process.end(askingFor: 0) }
    }

    /// Whether a session has ended by itself.
    package var hasFailed: Bool { processes.contains { !$0.isRunning } }

    /// What each client was told so far.
    package func acknowledged() -> [[UInt64]] {
        notes.map { CommitLedger.numbers(in: (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "") }
    }

    package var acknowledgedCount: Int { acknowledged().reduce(0) { $0 + $1.count } }
}
