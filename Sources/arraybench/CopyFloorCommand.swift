// One of the two processes of a floor that `measure` runs: not for people, and not shown to them.

internal import ArgumentParser
internal import Bench
internal import Measurement

struct CopyFloorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy-floor", abstract: "One end of the plain copy that 'measure' compares with.",
        shouldDisplay: false)

    @Argument(help: "send or receive.")
    var role: CopyFloor.Role
    @Option(help: "Unix socket between the two.")
    var socket: String
    @Option(help: "The file that is read or written over.")
    var file: String
    @Option(help: "How much of it.")
    var bytes: Int

    func run() throws {
        if let seconds = try CopyFloor.act(role, socket: socket, file: file, bytes: bytes) { tell("\(seconds)\n") }
    }
}

extension CopyFloor.Role: ExpressibleByArgument {}
