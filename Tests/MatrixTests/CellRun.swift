// All lines in one cell. Lines that only look run at once, beside each other; a line that may change something runs alone,
// and what it changed is restored before the next.
//
// Held true of every line: an exit status that its command declares; exactly one word in brackets on stderr for an error,
// the one of that status; and a refusal changes nothing.

import Platform
import RaidManager
import Synchronization
import TestSupport

struct CellRun {
    let cell: Cell
    /// Replaced when a line left what cannot be taken back.
    private(set) var world: MatrixWorld
    private(set) var outcomes: [(line: Line, outcome: Outcome)] = []
    private(set) var problems: [String] = []

    private static let readers = 12

    init(_ cell: Cell, _ world: MatrixWorld) {
        self.cell = cell
        self.world = world
    }

    mutating func run() throws {
        try world.reach(cell)
        let lines = Line.all.filter { $0.applies(to: cell) }
        // Where there is no instance, a script may start one.
        let mayChange = { [cell] (line: Line) in line.changes || (line.isScript && cell.world == .instanceDead) }
        try look(lines.filter { !mayChange($0) })
        for line in lines where mayChange(line) {
            do { try change(line) } catch { throw TestProblem("'\(line.pattern)': \(error)") }
        }
    }

    // MARK: Looking

    private mutating func look(_ lines: [Line]) throws {
        let before = View(world)
        let found = Mutex<[Int: Result<Outcome, any Error>]>([:])
        let (cell, world) = (cell, UnsafeShared(world))
        // raidcom's lines share a session with the array: they stay one after the other.
        let alone = lines.indices.filter { lines[$0].command == "raidcom" }
        let others = lines.indices.filter { lines[$0].command != "raidcom" }
        let shares =
            [alone]
            + (0..<Self.readers).map { start in
                stride(from: start, to: others.count, by: Self.readers).map { others[$0] }
            }
        let threads = shares.map { share in
            NamedThread("reader") {
                for index in share {
                    let outcome = Result { try Outcome.of(lines[index], in: cell, world.value) }
                    found.withLock { $0[index] = outcome }
                }
            }
        }
        for thread in threads { thread.join() }
        for (index, line) in lines.enumerated() {
            guard let result = found.withLock({ $0[index] }) else { throw TestProblem("\(line.pattern) did not run") }
            note(line, try result.get())
        }
        if View(world.value) != before { problems.append("\(cell): lines that look changed something") }
    }

    // MARK: Changing

    private mutating func change(_ line: Line) throws {
        let before = View(world)
        let records = world.records(isMoving: cell.isInMotion)
        let (outcome, wasRelieved) = try relieved(line)
        try world.settle(cell)
        let after = View(world)
        let wasUp = cell.world != .instanceDead
        let isUp = world.instances[cell.host]!.isRunning
        var told = outcome
        if after != before { told.after = after.text }
        if isUp != wasUp { told.after = "the instance is \(isUp ? "up" : "down")" }
        note(line, told)
        if outcome.status >= 128, !wasRelieved, !outcome.wasExecuted {
            if after != before {
                problems.append("\(cell): refused '\(line.pattern)' changed \(before.text) to \(after.text)")
            }
            if world.records(isMoving: cell.isInMotion) != records {
                problems.append("\(cell): refused '\(line.pattern)' changed what an array keeps")
            }
        }
        if world.isSpoiled { world = try MatrixWorld(world.kind) }
        // An instance does not start without its array.
        if after != before || (isUp != wasUp && cell.face == .local) {
            try world.reach(cell)
        } else if isUp != wasUp {
            if wasUp { try world.instances[cell.host]!.start() } else { world.instances[cell.host]!.kill() }
        }
    }

    /// What waits for a side file must not wait for ever: after a while what was sent arrives again.
    private func relieved(_ line: Line) throws -> (Outcome, Bool) {
        guard world.isHeld, cell.world == .alive || cell.world == .partnerDead else {
            return (try Outcome.of(line, in: cell, world), false)
        }
        let result = Monitor<Result<Outcome, any Error>?>(nil)
        let (cell, shared) = (cell, UnsafeShared(world))
        let thread = NamedThread("drainer") {
            let outcome = Result { try Outcome.of(line, in: cell, shared.value) }
            result.withLock { $0 = outcome }
            result.wakeAll()
        }
        defer { thread.join() }
        let patience: UInt64 = cell.world == .alive ? 400_000_000 : 1_200_000_000
        if let found = result.wait(until: monotonicNanoseconds() + patience, { $0 }) { return (try found.get(), false) }
        try world.release()
        return (try result.wait { $0 }!.get(), true)
    }

    // MARK: What is always true

    private mutating func note(_ line: Line, _ outcome: Outcome) {
        outcomes.append((line, outcome))
        let told = "\(cell): '\(line.pattern)' ended with \(outcome.status): \(outcome.errors)"
        let card = CommandRegistry.cards.first { $0.name == line.command }
        if card?.exits.contains(where: { $0.status == outcome.status }) != true {
            problems.append("\(told), which it does not declare")
        }
        guard !line.isScript else { return }
        let tokens = outcome.tokens
        guard outcome.status >= 128 else {
            if !outcome.errors.isEmpty { problems.append("\(told), without an error's status") }
            return
        }
        let fits = HorcmError.allCases.contains { $0.exitStatus == outcome.status && [$0.name] == tokens }
        if !fits { problems.append("\(told), with \(tokens) in brackets") }
    }
}

extension Outcome {
    /// EX_VOLCUR says of a takeover that it was done, but that nobody can promise the data; EX_EWSTOT that what was begun goes
    /// on.
    /// - Source: RAID Manager reference, sections 2.3 and 5.6.
    var wasExecuted: Bool {
        status == HorcmError.waitTimedOut.exitStatus || errors.contains { $0.contains("The takeover was executed") }
    }
}

/// A world that several threads look at: its names and values do not change while they do.
struct UnsafeShared<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
