// Runs cells in lanes, beside each other: most of a line's time is waiting.

import Foundation
import Platform
import RaidManager

final class MatrixRun: Sendable {
    struct Found: Sendable {
        var outcomes: [Cell: [String: [String]]] = [:]
        var problems: [String] = []
    }

    private let left: Monitor<[Cell]>
    private let found = Monitor(Found())

    private init(_ cells: [Cell]) { left = Monitor(cells) }

    static func run(_ cells: [Cell]) async -> Found {
        let run = MatrixRun(cells)
        let lanes = max(8, 6 * ProcessInfo.processInfo.activeProcessorCount)
        await withCheckedContinuation { continuation in
            startDetachedThread("matrix") {
                let threads = (0..<min(lanes, cells.count)).map { _ in NamedThread("lane") { run.lane() } }
                for thread in threads { thread.join() }
                continuation.resume()
            }
        }
        return run.found.withLock { $0 }
    }

    /// Every cell has a world of its own: what an array remembers of the last one shows nowhere.
    private func lane() {
        while let cell = left.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            // A world that fails on a busy machine says nothing about the cell: it is tried once more.
            do { try run(cell) } catch {
                do { try run(cell) } catch { found.withLock { $0.problems.append("\(cell): \(error)") } }
            }
        }
    }

    private func run(_ cell: Cell) throws {
        var run = CellRun(cell, try MatrixWorld(WorldKind(cell)))
        defer { run.world.dispose() }
        try run.run()
        keep(run)
    }

    private func keep(_ run: CellRun) {
        found.withLock { found in
            for (line, outcome) in run.outcomes { found.outcomes[run.cell, default: [:]][line.pattern] = outcome.lines }
            found.problems += run.problems
        }
    }
}
