// `arraybench load`: stamped I/O and its judgement. What a load does and how it is judged is in the module Workload.

internal import ArgumentParser
internal import Bench
internal import Foundation
internal import Workload

struct LoadVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Write blocks that say what they are, and judge what a copy has lost.",
        discussion: """
            arraybench load --volume /dev/loop0 --volume /dev/loop1 --record /other/disk/run.rec --seconds 10
            arraybench load --check --record /other/disk/run.rec --copy /dev/loop2 --copy /dev/loop3
            arraybench load fsx --file /mnt/file --record /other/disk/fsx.rec --seconds 10

            The load needs no bench: any block device or file will do. Its record is to lie on \
            another disk than its volumes: it is what survives them.
            """,
        subcommands: [LoadRun.self, FileLoad.self], defaultSubcommand: LoadRun.self)
}

struct LoadRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Write stamped blocks; with --check judge copies of them. The default.",
        discussion: """
            Every sector that is written names its run, volume, place, write and the write before \
            it, and has a sum. The record notes each operation before it is given to the kernel and \
            after it was answered; killing the load leaves a record that can be read.

            An end by SIGINT, SIGTERM or the time limit does not wait for a device that hangs: what \
            was under way stays without answer in the record.

            With --check the copies are read, not written. Exit status:
              0   nothing lost        every acknowledged write that can be judged is there
              2   lost but in order   the copy is an earlier state of the run
              3   out of order        a later write is there and an earlier one is not, or
                  damaged             something is there that the run did not write
              4   unknown             the record is damaged, or there is nothing to judge
              1   failed              a file cannot be read
              64  wrong usage
            A load itself ends with 0, also after errors: what they did is in the summary.
            """)

    @Option(
        name: .long, help: ArgumentHelp("A device or file to write to; once for each volume.", valueName: "path"))
    var volume: [String] = []
    @Option(name: .long, help: ArgumentHelp("The record, a new file on another disk.", valueName: "file"))
    var record: String
    @Option(name: .long, help: ArgumentHelp("Block sizes and their weights.", valueName: "size:weight,…"))
    var mix = "4k"
    @Option(name: .long, help: ArgumentHelp("What offsets are multiples of.", valueName: "size"))
    var align: String?
    @Option(name: .long, help: ArgumentHelp("Operations under way at once.", valueName: "n"))
    var queueDepth = 8
    @Option(name: .long, help: ArgumentHelp("Where in each volume the load begins to write.", valueName: "size"))
    var offset = "0"
    @Option(name: .long, help: ArgumentHelp("How much of each volume it uses.", valueName: "size"))
    var length: String?
    @Option(name: .long, help: ArgumentHelp("Of 100 operations, how many are flushes.", valueName: "percent"))
    var flushes = 0
    @Option(name: .long, help: ArgumentHelp("Of 100 operations, how many are discards.", valueName: "percent"))
    var discards = 0
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Of 100 writes, how many are followed by one on the next volume that depends on it.", valueName: "percent"))
    var dependent = 0
    @Option(name: .long, help: ArgumentHelp("Operations per second at most.", valueName: "n"))
    var rate = 0
    @Option(name: .long, help: ArgumentHelp("How long; without it until a signal comes.", valueName: "seconds"))
    var seconds: Double?
    @Option(name: .long, help: ArgumentHelp("How many operations.", valueName: "n"))
    var count: UInt64?
    @Option(name: .long, help: "stop: end when nothing succeeds for --patience; retry: go on and open anew.")
    var onError = LoadPlan.OnError.stop
    @Option(
        name: .long, help: ArgumentHelp("How long errors may last without a success.", valueName: "seconds"))
    var patience = 3.0
    @Option(name: .long, help: ArgumentHelp("Make missing volumes as files of this size.", valueName: "size"))
    var create: String?
    @Option(name: .long, help: ArgumentHelp("Where the dice begin; else random.", valueName: "n"))
    var seed: UInt64?
    @Flag(name: .long, help: "Judge copies against the record.")
    var check = false
    @Option(name: .long, help: ArgumentHelp("With --check: a copy of each volume, in their order.", valueName: "path"))
    var copy: [String] = []
    @Flag(name: .long, help: "With --check: judge the order in each volume alone.")
    var separately = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --check: what ages count from, seconds since 1970; else the last acknowledgement.",
            valueName: "time"))
    var asOf: Double?
    @Flag(name: .long, help: "Print JSON. Its keys do not change between versions.")
    var json = false

    func validate() throws {
        guard check == volume.isEmpty, check != copy.isEmpty else {
            throw ValidationError(
                check
                    ? "--check needs a --copy of each volume, and no --volume"
                    : "say which --volume; --copy is for --check")
        }
        guard !check else { return }
        if let mistake = try plan().mistake { throw ValidationError(mistake) }
    }

    func run() async throws {
        if check { try await judge() } else { try await load() }
    }

    private func plan() throws -> LoadPlan {
        var plan = LoadPlan(targets: volume, record: record)
        plan.mix = try mix.split(separator: ",").map { try share(String($0)) }
        plan.alignment = try align.map { Int(try bytesOf($0)) }
        plan.queueDepth = queueDepth
        plan.regionOffset = try bytesOf(offset)
        plan.regionLength = try length.map(bytesOf)
        plan.flushPercent = flushes
        plan.discardPercent = discards
        plan.dependentPercent = dependent
        plan.rate = rate
        plan.seconds = seconds
        plan.count = count
        plan.onError = onError
        plan.errorPatienceSeconds = patience
        plan.create = try create.map(bytesOf)
        plan.seed = seed
        return plan
    }

    private func load() async throws {
        let plan = try plan()
        try await working { progress in
            Interruption.catchSignals()
            let load = try StampedLoad.start(plan)
            let statistics = try load.finish(isInterrupted: { Interruption.isRequested }) { now in
                let part = plan.seconds.map { now.seconds / $0 }
                let latency = Int(now.latencyMicroseconds.percentile99)
                progress(
                    "\(now.writes) writes, \(Int(now.writesPerSecond))/s, 99 % within \(latency) us, "
                        + "\(now.failures) failures", part)
            }
            if json { return try printJSON(statistics) }
            print(LoadScreen.text(statistics), terminator: "")
        }
    }

    private func judge() async throws {
        let moment = asOf.map { UInt64(max(0, $0) * 1e9) }
        var status: Int32 = 0
        try await working { _ in
            let verdict = try StampCheck.judge(
                record: record, copies: copy, acrossVolumes: !separately, asOf: moment)
            status = verdict.result.exitStatus
            if json { return try printJSON(verdict) }
            print(verdict.text, terminator: "")
        }
        if status != 0 { throw ExitCode(status) }
    }
}

/// The file-system exerciser.
struct FileLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsx",
        abstract: "Exercise one file of a mounted file system; with --check judge what is left of it.",
        discussion: """
            Random writes, extending writes, truncates, holes, stores through a mapping, and reads \
            that are compared with a model in memory; an fsync now and then. The record notes each. \
            --check then demands of every byte, and of the size, that it is what it was at the last \
            acknowledged fsync, or what a later operation put there.

            Exit status: 0 all is well, 3 with --check: something else is there, 4 the record is \
            damaged, 1 failed (a read that differs from the model as well), 64 wrong usage.
            """)

    @Option(name: .long, help: ArgumentHelp("The file to exercise; it must not exist yet.", valueName: "path"))
    var file: String?
    @Option(name: .long, help: ArgumentHelp("The record, a new file on another disk.", valueName: "file"))
    var record: String
    @Option(name: .long, help: ArgumentHelp("How long; without it until a signal comes.", valueName: "seconds"))
    var seconds: Double?
    @Option(name: .long, help: ArgumentHelp("How many operations.", valueName: "n"))
    var count: UInt64?
    @Option(name: .long, help: ArgumentHelp("How large the file may become.", valueName: "size"))
    var size = "1MiB"
    @Option(name: .long, help: ArgumentHelp("Of 100 operations, how many are an fsync.", valueName: "percent"))
    var syncs = 5
    @Option(name: .long, help: ArgumentHelp("Where the dice begin; else random.", valueName: "n"))
    var seed: UInt64?
    @Flag(name: .long, help: "Judge what is left of the file.")
    var check = false
    @Option(name: .long, help: ArgumentHelp("With --check: the file as it is now.", valueName: "path"))
    var copy: String?
    @Flag(name: .long, help: "Print JSON. Its keys do not change between versions.")
    var json = false

    func validate() throws {
        guard check == (file == nil), check == (copy != nil) else {
            throw ValidationError(check ? "--check goes with --copy, not with --file" : "say which --file")
        }
        let bytes = try bytesOf(size)
        guard (4096...(1 << 30)).contains(bytes) else { throw ValidationError("the size is 4 KiB to 1 GiB") }
        guard (0...100).contains(syncs) else { throw ValidationError("percentages are 0 to 100") }
    }

    func run() async throws {
        if let copy { try await judge(copy) } else if let file { try await exercise(file) }
    }

    private func exercise(_ file: String) async throws {
        var plan = FileExerciser.Plan(file: file, record: record)
        plan.sizeLimit = Int(try bytesOf(size))
        plan.syncPercent = syncs
        plan.seconds = seconds
        plan.count = count
        plan.seed = seed
        try await working { progress in
            Interruption.catchSignals()
            let summary = try FileExerciser.run(plan, isInterrupted: { Interruption.isRequested }) { done, part in
                progress("\(done) operations", part)
            }
            if json { return try printJSON(summary) }
            print(summary.text, terminator: "")
        }
    }

    private func judge(_ copy: String) async throws {
        var status: Int32 = 0
        try await working { _ in
            let verdict = try FileExerciserCheck.judge(record: record, copy: copy)
            status = verdict.result.exitStatus
            if json { return try printJSON(verdict) }
            print(verdict.text, terminator: "")
        }
        if status != 0 { throw ExitCode(status) }
    }
}

extension LoadPlan.OnError: ExpressibleByArgument {}

/// `reporting`, with the failures of Workload told in the same way.
private func working(_ work: (_ progress: @escaping ProgressReport) throws -> Void) async throws {
    try await reporting { progress in
        do { try work(progress) } catch let failure as WorkloadFailure {
            throw BenchFailure(failure.message, remedy: failure.remedy)
        }
    }
}

private func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

private func bytesOf(_ text: String) throws -> UInt64 {
    guard let value = QuantityText.bytes(text), value < 1 << 62 else {
        throw ValidationError("'\(text)' is not a size: write it like 4k or 64MiB")
    }
    return value
}

/// `4k:70` or `4k`.
private func share(_ text: String) throws -> BlockShare {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let bytes = QuantityText.bytes(parts[0]), bytes <= 64 << 20, parts.count <= 2,
        let weight = parts.count == 2 ? Int(parts[1]) : 1, (1...1_000_000).contains(weight)
    else { throw ValidationError("'\(text)' is not a part of a mix: write it like 4k:70 (blocks up to 64 MiB)") }
    return BlockShare(bytes: Int(bytes), weight: weight)
}

private enum LoadScreen {
    static func text(_ load: LoadStatistics) -> String {
        let rough = QuantityText.describe(roughly: load.bytesWritten)
        let latency = load.latencyMicroseconds
        var lines = [
            "run \(load.run), record \(load.record): \(load.end ?? "running")",
            "  \(load.writes) writes (\(load.dependentWrites) dependent), \(rough), \(load.discards) discards, "
                + "\(load.flushes) flushes in \((load.seconds * 10).rounded() / 10) s",
            "  \(Int(load.writesPerSecond)) writes/s; half within \(Int(latency.median)) us, 99 % within "
                + "\(Int(latency.percentile99)) us, the slowest \(Int(latency.maximum)) us",
        ]
        if load.failures > 0 { lines.append("  \(load.failures) failures, the last: \(load.lastError ?? "unknown")") }
        if load.outstanding > 0 { lines.append("  \(load.outstanding) operations were never answered") }
        lines += load.notes.map { "  note: \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
