// The simulator's command. It only parses, spreads seeds over tasks, and prints: what a history is, is in `Simulator`.

internal import ArgumentParser
internal import Simulator

@main
struct ArraySim: AsyncParsableCommand {
    static let number = "0.1.0"
    static let generation = History.generation
    static let version = "\(number), histories of generation \(generation)"

    static let configuration = CommandConfiguration(
        commandName: "arraysim",
        abstract: "The replication core in a simulated world: arrays, links, hosts, operators and faults.",
        discussion: """
            arraysim run --seeds '0..<100000'   random histories
            arraysim replay 4711 --timeline     one of them, for people
            arraysim shrink 4711                the shortest that fails as it does
            arraysim enumerate --events 3       every history in small worlds
            arraysim canaries                   planted bugs: each must be found

            The rules are checked after every step; at the end everything is
            healed, and all pairs must come home.

            Exit status: 0 nothing found, 1 a rule was broken, 64 wrong usage.
            """,
        version: version,
        subcommands: [Run.self, Replay.self, Shrink.self, Enumerate.self, Canaries.self])
}
