internal import ArgumentParser
internal import Bench
internal import Foundation

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start a bench and return when it is ready.",
        discussion: """
            Without FILE the bench that the folder keeps is resumed, or the default bench is started. The format of FILE \
            is described in docs/bench-file.md; --print-default shows the default as an example.

            With --from-horcm the bench is made from the horcm<N>.conf files of both sites, which are used as they are: \
            arrays, volumes, links, groups and hosts follow from them (docs/from-horcm.md). --write keeps the bench file \
            that follows, to look at it or to change it, and starts nothing.
            """)

    @OptionGroup var state: StateOption
    @Argument(help: "The bench file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
    var file: String?
    @Flag(name: .long, help: "Print the default bench file and start nothing.")
    var printDefault = false
    @Option(
        name: .customLong("from-horcm"), parsing: .upToNextOption,
        help: ArgumentHelp("Make the bench from configuration files of RAID Manager.", valueName: "horcm.conf"),
        completion: .file(extensions: ["conf"]))
    var horcmFiles: [String] = []
    @Option(name: .long, help: ArgumentHelp("With --from-horcm: the size of every volume.", valueName: "size"))
    var size: String?
    @Option(
        name: .long, help: ArgumentHelp("With --from-horcm: how fast clocks run, such as 60x.", valueName: "factor"))
    var clock: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --from-horcm: write the bench file here ('-': print it), start nothing.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var write: String?

    func validate() throws {
        guard horcmFiles.isEmpty else {
            if file != nil { throw ValidationError("give a bench file or --from-horcm, not both") }
            return
        }
        if size != nil || clock != nil || write != nil {
            throw ValidationError("--size, --clock and --write belong to --from-horcm")
        }
    }

    func run() async throws {
        if printDefault { return print(DefaultBench.yaml, terminator: "") }
        try await reporting { progress in
            let source = try horcmFiles.isEmpty ? file.map { (text: try read($0), name: $0) } : try imported()
            if let write, let source { return try keep(source.text, in: write) }
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

    /// The bench file that follows from the configuration files. What was allotted is told on stderr.
    private func imported() throws -> (text: String, name: String) {
        let result = try HorcmImport(
            try horcmFiles.map { HorcmSource(path: $0, text: try HorcmSource.read($0)) }, sizeBytes: try sizeBytes(),
            clockRate: try clockRate())
        for note in result.notes { complain("note: \(note)\n") }
        return (result.text, "the bench file that follows from \(horcmFiles.joined(separator: ", "))")
    }

    private func sizeBytes() throws -> UInt64 {
        guard let size else { return HorcmImport.standardSize }
        guard let bytes = QuantityText.bytes(size), bytes > 0, bytes % 512 == 0 else {
            throw BenchFailure(
                "'\(size)' is not a size", remedy: "write it like 64MiB; a multiple of 512 bytes", kind: .usage)
        }
        return bytes
    }

    private func clockRate() throws -> UInt32 {
        guard let clock else { return 1 }
        guard let rate = QuantityText.factor(clock), (1...100_000).contains(rate) else {
            throw BenchFailure("'\(clock)' is not a factor", remedy: "write it like 60x, up to 100000x", kind: .usage)
        }
        return rate
    }

    private func keep(_ text: String, in path: String) throws {
        guard path != "-" else { return print(text, terminator: "") }
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw BenchFailure("cannot write \(path): \(BenchFolder.reason(error))")
        }
        print("bench file written to \(path)")
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
