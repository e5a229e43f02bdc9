// The table for a terminal: one row for each mode and workload, then every failed run with the command that repeats it.

internal import Foundation

extension CampaignReport {
    private static let header = [
        "mode", "workload", "runs", "failed", "kills", "cuts", "commands", "taken over", "with loss", "acknowledged",
        "missing",
    ]

    package var table: String {
        var keys: [[String]] = []
        for run in runs {
            let key = [run.mode, run.workload.rawValue]
            if !keys.contains(key) { keys.append(key) }
        }
        keys.sort { $0.lexicographicallyPrecedes($1) }
        var rows = [Self.header]
        rows += keys.map { key in row(key, runs.filter { [$0.mode, $0.workload.rawValue] == key }) }
        if keys.count != 1 { rows.append(row(["all", ""], runs)) }
        return Self.aligned(rows) + "\n" + failures.map(Self.told).joined()
    }

    private func row(_ key: [String], _ runs: [RunResult]) -> [String] {
        let findings = runs.compactMap(\.finding)
        let numbers = [
            runs.count, runs.count { $0.outcome == .failed }, runs.reduce(0) { $0 + $1.kills },
            runs.reduce(0) { $0 + $1.cuts }, runs.reduce(0) { $0 + $1.commands }, runs.count { $0.isTakenOver },
            findings.count { $0.missing > 0 }, findings.reduce(0) { $0 + $1.acknowledged },
            findings.reduce(0) { $0 + $1.missing },
        ]
        return key + numbers.map(String.init)
    }

    private static func aligned(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return column < 2 ? cell + blanks : blanks + cell
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func told(_ run: RunResult) -> String {
        """
        FAILED run \(run.index), seed \(run.seed): \(run.problem.map(String.init(describing:)) ?? "")
          again:  \(run.repetition)
        \(run.kept.map { "  kept:   \($0)\n" } ?? "")
        """
    }
}
