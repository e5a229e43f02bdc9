internal import ArgumentParser
internal import Bench
internal import Foundation

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start a bench and return when it is ready.",
        discussion: """
            Without FILE the bench that the folder keeps is resumed, or the default bench is started. The format of FILE \
            is described in docs/bench-file.md; --print-default shows the default as an example.
            """)

    @OptionGroup var state: StateOption
    @Argument(help: "The bench file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
    var file: String?
    @Flag(name: .long, help: "Print the default bench file and start nothing.")
    var printDefault = false

    func run() async throws {
        if printDefault { return print(DefaultBench.yaml, terminator: "") }
        try await reporting { progress in
            let source = try file.map { (text: try read($0), name: $0) }
            Interruption.catchSignals()
            let began = Date()
            let bench = try await Bench.up(state.layout, file: source, progress: progress)
            let seconds = Date().timeIntervalSince(began)
            for note in bench.notes { print("note: \(note)") }
            print(
                "bench ready in \(seconds.formatted(.number.precision(.fractionLength(2)))) s: "
                    + "\(names(bench.description.arrays.map(\.name), "array", "arrays")), "
                    + "\(names(bench.description.hosts.map(\.name), "host", "hosts")), folder \(bench.layout.root)")
        }
    }

    private func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw BenchFailure(
                "cannot read the bench file \(path): \(BenchFolder.reason(error))",
                remedy: "'arraybench up --print-default' prints one to begin with")
        }
    }

    private func names(_ names: [String], _ one: String, _ many: String) -> String {
        names.isEmpty ? "no \(many)" : "\(names.count == 1 ? one : many) \(names.joined(separator: ", "))"
    }
}

struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End a bench: no process, mount, loop device or socket is left.",
        discussion: "Works on a bench of which any part was killed. The folder goes too, unless --keep is given.")

    @OptionGroup var state: StateOption
    @Flag(name: .long, help: "Keep the folder, so that 'up' resumes with data and pair states.")
    var keep = false

    func run() async throws {
        try await reporting { progress in
            for note in try await Bench.down(state.layout, keeping: keep, progress: progress) { print("note: \(note)") }
            if keep { print("kept in \(state.layout.root); 'arraybench up' resumes it") }
        }
    }
}
