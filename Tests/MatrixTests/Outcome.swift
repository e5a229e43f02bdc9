// What a line leaves behind, without what varies between two runs, as a sheet shows it.

import Bench
import Foundation
import Platform
import RaidManager
import TestSupport

struct Outcome: Hashable, Sendable {
    var status: Int32
    var output: [String]
    var errors: [String]
    /// What the two sides are afterwards, if the line changed something.
    var after: String?

    /// The lines of a sheet: stdout, stderr behind `2> `, and how it ended.
    var lines: [String] {
        output + errors.map { "2> " + $0 } + ["exit \(status)" + (after.map { ", then \($0)" } ?? "")]
    }
}

extension Outcome {
    /// Runs a line on a cell's host.
    static func of(_ line: Line, in cell: Cell, _ world: MatrixWorld) throws -> Outcome {
        var words = line.text(in: cell).split(separator: " ").map(String.init)
        let name = words.removeFirst()
        var values = world.instances[cell.host]!.values
        if cell.face.mode == .mrcf { values["HORCC_MRCF"] = "1" }
        guard !line.isScript else { return try script(name, words, values, world) }
        guard let command = CommandRegistry.command(named: name) else { throw TestProblem("no command \(name)") }
        let host = MatrixHost(values)
        let (outcome, environment) = CommandRunner.run(command, words, host: host)
        let pointer = "Refer to the command log(\(environment.commandLogDirectory)/horcc_\(cell.host).log) for details."
        // The last line of an error is the same everywhere, and not for a sheet to repeat. raidcom has none.
        var errors = host.errors
        if errors.last == pointer { errors.removeLast() }
        guard outcome.failure == nil || errors.count < host.errors.count || name == "raidcom" else {
            throw TestProblem("\(line.pattern): no pointer to the log in \(host.errors)")
        }
        let output = cell.isInMotion ? host.output.map(withoutMotion) : host.output
        return Outcome(status: outcome.status, output: output, errors: errors).normalised(in: world)
    }

    /// Scripts start processes: the program itself runs them.
    private static func script(
        _ name: String, _ words: [String], _ values: [String: String], _ world: MatrixWorld
    ) throws -> Outcome {
        let program = try TestPrograms.path("raidmanager")
        let result = try blocking { try await HostCommand.run(program, [name] + words, environment: values) }
        func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
        return Outcome(status: result.status, output: lines(result.output), errors: lines(result.errors))
            .normalised(in: world)
    }

    /// A row of `-v ctg` or `-v jnl` without fill, marker and counts: how far a copy is when its array dies is chance.
    private static func withoutMotion(_ line: String) -> String {
        let rows = [
            /(\s*\d+ [PS]-VOL COPY\s+\d+)((?:\s+[0-9a-f]+){3}\s+(?:\d+|-))(\s+\d+ YES.*)/,
            /(\d{3}\s+\d+\s+\d+ [PS]J\w\w\s+\d+)((?:\s+[0-9a-f]+){3})((?:\s+\d+){4}.*)/,
        ]
        guard let row = rows.lazy.compactMap({ line.wholeMatch(of: $0) }).first else { return line }
        return row.1 + " (in motion)" + row.3
    }

    /// Folders and ports are of this run alone.
    private func normalised(in world: MatrixWorld) -> Outcome {
        var replaced = [(world.layout.root, "")]
        for (host, port) in world.ports { replaced.append(("\(port)", "PORT-\(host)")) }
        func text(_ line: String) -> String {
            replaced.reduce(line) { text, pair in
                text.split(separator: pair.0, omittingEmptySubsequences: false).joined(separator: pair.1)
            }
        }
        var outcome = self
        outcome.output = output.map(text)
        outcome.errors = errors.map(text)
        return outcome
    }
}

extension Outcome {
    /// The words in brackets on stderr: a client takes the one for the code.
    var tokens: [String] { errors.flatMap { $0.matches(of: /\[(\w+)\]/).map { String($0.1) } } }
}
