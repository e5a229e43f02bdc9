// `arraysim replay` and `arraysim shrink`: one history, again or as short as it gets.

internal import ArgumentParser
internal import Simulator

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Play the history of one seed again.")

    @Argument(help: "The seed.") var seed: UInt64
    @Flag(help: "Show everything that happens.") var timeline = false
    @OptionGroup var options: HistoryOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let (script, outcome) = options.history(seed).record()
        let world = script.play(isTold: timeline)
        if output.json {
            try printJSON(HistoryReport(seed, script, outcome.tally, world))
        } else {
            if let timeline = world.timeline { print(timeline.text) }
            print(
                """
                arraysim \(ArraySim.version)
                seed \(seed)\(options.text): \(outcome.events) events, \(outcome.tally.writes) writes, \
                \(outcome.tally.faults) faults, \(outcome.tally.roleChanges) changes of roles
                \(world.violation.map { "BROKEN \($0)" } ?? "no rule was broken, and all pairs came home")
                """)
        }
        if world.violation != nil { throw ExitCode.failure }
    }
}

struct Shrink: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the shortest history that breaks the same rule as that of a seed.")

    @Argument(help: "The seed.") var seed: UInt64
    @OptionGroup var options: HistoryOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let (script, outcome) = options.history(seed).record()
        var progress = Progress()
        let shortest = Shrinker.shrink(script) { attempts, events in
            progress.show("\(events) events left after \(attempts) attempts")
        }
        progress.clear()
        guard let shortest else {
            if output.json {
                let nothing = Script(shape: script.shape, events: [])
                try printJSON(HistoryReport(seed, nothing, outcome.tally, script.play()))
            } else {
                print("seed \(seed)\(options.text) breaks no rule")
            }
            return
        }
        let world = shortest.play(isTold: true)
        if output.json {
            try printJSON(HistoryReport(seed, shortest, world.tally, world))
        } else {
            tell(script, shortest, world)
        }
        throw ExitCode.failure
    }

    private func tell(_ script: Script, _ shortest: Script, _ world: World) {
        print(
            """
            arraysim \(ArraySim.version)
            seed \(seed)\(options.text): \(shortest.events.count) of \(script.events.count) events are enough
            """)
        for (number, group) in shortest.shape.groups.enumerated() {
            let name = shortest.shape.groups.count > 1 ? "group \(number + 1), " : ""
            print(
                "\(name)arrays \(group.first) and \(group.second): mode \(text(of: group.mode)), blocks \(group.volumeBlocks), "
                    + "\(group.slotCount) slots, side file \(group.ringBytes) bytes")
        }
        print("")
        for (number, event) in shortest.events.enumerated() { print("  \(number + 1)  \(text(of: event))") }
        print("")
        if let timeline = world.timeline { print(timeline.text) }
        if let violation = world.violation { print("BROKEN \(violation)") }
    }
}

/// A value as Swift prints it, without the names of modules.
private func text(of value: some Sendable) -> String {
    "\(value)".replacing("Simulator.", with: "").replacing("ReplicationCore.", with: "")
}

struct HistoryReport: Encodable {
    struct Line: Encodable {
        var event: Int
        var milliseconds: UInt64
        var array: String?
        var text: String
    }
    struct Group: Encodable {
        var arrays: [String]
        var mode: String
        var volumeBlocks: [Int]
        var slotCount, ringBytes: Int
    }
    var version = ArraySim.number
    var generation = ArraySim.generation
    var seed: UInt64?
    var groups: [Group]
    var events: [String]
    var writes, faults, roleChanges: Int
    var violation: ViolationReport?
    var timeline: [Line]?

    init(_ seed: UInt64?, _ script: Script, _ tally: Tally, _ world: World) {
        self.seed = seed
        groups = script.shape.groups.map { group in
            Group(
                arrays: ["\(group.first)", "\(group.second)"], mode: text(of: group.mode),
                volumeBlocks: group.volumeBlocks, slotCount: group.slotCount, ringBytes: group.ringBytes)
        }
        events = script.events.map { text(of: $0) }
        (writes, faults, roleChanges) = (tally.writes, tally.faults, tally.roleChanges)
        violation = world.violation.map { ViolationReport($0) }
        timeline = world.timeline?.lines.map { line in
            Line(
                event: line.event, milliseconds: line.milliseconds,
                array: line.array.map { "\($0)" }, text: line.text)
        }
    }
}
