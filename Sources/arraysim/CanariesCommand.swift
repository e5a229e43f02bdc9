// `arraysim canaries`: would the checkers notice?

internal import ArgumentParser
internal import Simulator

struct Canaries: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plant one bug after the other; each must be found.")

    @Option(help: "Histories to try for each bug.") var histories: UInt64 = 2000
    @OptionGroup var output: JSONOption

    func run() throws {
        let rows = Sabotage.allCases.map { sabotage in
            let summary = RunSummary.run(
                0..<histories, profile: sabotage.profile, sabotage: sabotage, stopsAtFailure: true)
            return Row(
                bug: sabotage.rawValue, seed: summary.failures.first?.seed,
                violation: summary.failures.first.map { ViolationReport($0.violation) })
        }
        if output.json {
            try printJSON(rows)
        } else {
            for row in rows { print(row.text) }
        }
        if rows.contains(where: { $0.seed == nil }) { throw ExitCode.failure }
    }

    private struct Row: Encodable {
        var bug: String
        var seed: UInt64?
        var violation: ViolationReport?
        var text: String {
            guard let seed, let violation else { return "NOT FOUND  \(bug)" }
            return "found      \(bug): seed \(seed), \(violation.rule): \(violation.text)"
        }
    }
}
