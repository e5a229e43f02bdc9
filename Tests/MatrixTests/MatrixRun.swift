// Runs cells in lanes, each with a world of its own: most of a line's time is waiting.

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

    private func lane() {
        var world: MatrixWorld?
        while let cell = next(for: world?.kind) {
            for attempt in 1...2 {
                do {
                    if world?.kind != WorldKind(cell) {
                        world?.dispose()
                        world = try MatrixWorld(WorldKind(cell))
                    }
                    var run = CellRun(cell, world!)
                    defer { world = run.world }
                    try run.run()
                    keep(run)
                    break
                } catch {
                    // A world that cannot be mended, because of what the last cell left, is replaced once.
                    world?.dispose()
                    world = nil
                    if attempt == 2 { found.withLock { $0.problems.append("\(cell): \(error)") } }
                }
            }
        }
        world?.dispose()
    }

    /// A cell that the lane's world can be used for, if there is one.
    private func next(for kind: WorldKind?) -> Cell? {
        left.withLock { cells in
            guard !cells.isEmpty else { return nil }
            return cells.remove(at: cells.firstIndex { WorldKind($0) == kind } ?? 0)
        }
    }

    private func keep(_ run: CellRun) {
        found.withLock { found in
            for (line, outcome) in run.outcomes { found.outcomes[run.cell, default: [:]][line.pattern] = outcome.lines }
            found.problems += run.problems
        }
    }
}
