// What every subcommand shares: the bench's folder, the way failures are told, and progress on a terminal.

internal import ArgumentParser
internal import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

struct StateOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The folder in which the bench lives.", valueName: "dir"))
    var state: String?

    var layout: BenchLayout {
        state.map { BenchLayout(root: $0) }
            ?? .standard(environment: ProcessInfo.processInfo.environment, user: getuid())
    }
}

/// Runs a subcommand's work and turns its failure into a message and an exit status.
func reporting(_ work: (_ progress: @escaping ProgressReport) async throws -> Void) async throws {
    let line = ProgressLine()
    do {
        try await work { line.show($0, $1) }
        line.clear()
    } catch let failure as BenchFailure {
        line.clear()
        complain("arraybench: \(failure)\n")
        throw ExitCode(failure.kind == .usage ? 64 : 1)
    }
}

func complain(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
}

/// Opens the bench, lets `verb` change it, and tells the owner what happened on the way.
func changing(_ state: StateOption, _ verb: (inout Bench) async throws -> Void) async throws {
    try await reporting { progress in
        var bench = try Bench.open(state.layout, changing: true, progress: progress)
        try await verb(&bench)
        for note in bench.notes { print("note: \(note)") }
    }
}

/// A line to the standard output that is there at once, also in a pipe: a story that takes a minute is read as it goes.
func tell(_ line: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
}
