internal import ArgumentParser
internal import Bench
internal import Measurement

/// `arraybench measure-rung`: the process behind the lowest rungs of `arraybench measure --section ladder`.
struct MeasureRungCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure-rung",
        abstract: "Serve the lowest rungs of the ladder. Started by 'arraybench measure'.",
        shouldDisplay: false)

    @Option(help: "Where the backing file and the mount point lie.")
    var folder: String
    @Option(help: "Size of each file.")
    var bytes: UInt64
    @Option(help: "Threads that answer the kernel.")
    var threads: Int

    func validate() throws {
        guard bytes > 0, bytes.isMultiple(of: 512) else { throw ValidationError("--bytes takes a multiple of 512") }
        guard (1...256).contains(threads) else { throw ValidationError("--threads takes 1 to 256") }
    }

    func run() async throws {
        Interruption.catchSignals()
        try await reporting { _ in
            try await RungServer(folder: folder, byteCount: bytes, threads: threads).serve()
        }
    }
}
