// pgbench on a running server: its tables made once, its TPC-B-like load for a while, and what it says of that.

package import Bench
internal import Foundation

/// What pgbench measured in one run.
package struct PgbenchFigures: Hashable, Sendable {
    /// Transactions per second, connections made beforehand.
    package var transactions: Double
    /// Mean latency of a transaction in milliseconds.
    package var latency: Double

    /// - Parameter output: pgbench's report.
    /// - Throws: `BenchFailure` if it is none, or a transaction failed.
    package init(output: String) throws(BenchFailure) {
        let lines = output.split(separator: "\n")
        func number(after prefix: String) -> Double? {
            guard let line = lines.first(where: { $0.hasPrefix(prefix) }) else { return nil }
            return line.dropFirst(prefix.count).split(separator: " ").first.flatMap { Double($0) }
        }
        guard let transactions = number(after: "tps = "), let latency = number(after: "latency average = ") else {
            throw BenchFailure("pgbench gave no result: \(output.prefix(400))")
        }
        if let failed = number(after: "number of failed transactions: "), failed > 0 {
            throw BenchFailure("\(Int(failed)) transactions of pgbench failed")
        }
        self.transactions = transactions
        self.latency = latency
    }
}

extension PostgresServer {
    /// Makes pgbench's tables: 100,000 accounts, about 15 MiB, for each `scale`.
    func makePgbenchTables(scale: Int) async throws(BenchFailure) {
        _ = try await pgbench(["-i", "-q", "-s", "\(scale)"])
    }

    /// pgbench's own mix for `seconds`, from as many clients on two threads.
    func loadPgbench(clients: Int, seconds: Int) async throws(BenchFailure) -> PgbenchFigures {
        try PgbenchFigures(
            output: try await pgbench(["-n", "-c", "\(clients)", "-j", "2", "-T", "\(seconds)"]))
    }

    private func pgbench(_ arguments: [String]) async throws(BenchFailure) -> String {
        let program = [tools.postgres + "/pgbench", "/usr/bin/pgbench"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let program else {
            throw BenchFailure("pgbench is not installed", remedy: "it comes with Debian's postgresql")
        }
        let result = try await HostCommand.run(
            program, ["-h", socket, "-U", "postgres"] + arguments + ["postgres"])
        guard result.status == 0 else { throw BenchFailure("pgbench failed: \(result.text.prefix(400))") }
        return result.output
    }
}
