internal import ArgumentParser
internal import Bench
internal import Foundation

struct VerdictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verdict",
        abstract: "Say what a copy lacks of what the hosts were told is done.",
        discussion: """
            Holds the acknowledgement ledger of the array whose hosts wrote against the bytes of the other array's \
            copy: which acknowledged writes are lost, how old the copy is, whether it is a prefix of what was written. \
            Works on running arrays and on what dead ones left, and changes nothing. After each takeover the array \
            has it done by itself; --takeovers shows those.

            Exit status: 0 nothing lost, 2 writes lost (in order), 3 out of order, 4 unknown or not a point in time, \
            1 failed, 64 wrong usage; with several groups the worst.
            """)

    @OptionGroup var state: StateOption
    @Argument(help: "The device group; without it all groups.")
    var group: String?
    @Option(
        name: .long,
        help: ArgumentHelp("Judge this array's copy; without it the secondary's.", valueName: "array"))
    var copy: String?
    @Flag(name: .long, help: "Print JSON. Its keys do not change between versions.")
    var json = false
    @Flag(name: .long, inversion: .prefixedNo, help: "Look up the files that lost ranges belong to.")
    var files = true
    @Flag(name: .long, help: "Show the verdicts that were made after takeovers, newest last.")
    var takeovers = false
    @Option(name: .long, help: ArgumentHelp(visibility: .private))
    var afterTakeover: String?
    @Option(name: .long, help: ArgumentHelp(visibility: .private))
    var volumes: String?

    func run() async throws {
        var worst = 0
        try await reporting { progress in
            let bench = try Bench.open(state.layout, changing: false, progress: progress)
            if let array = afterTakeover {
                return try await bench.judgeTakeover(at: array, volumes: volumes ?? "")
            }
            let reports =
                takeovers
                ? try bench.takeoverVerdicts().filter { group == nil || $0.group == group }
                : try await bench.verdict(group: group, copy: copy, namesFiles: files)
            print(json ? try VerdictReport.encoded(reports) : VerdictScreen.text(reports), terminator: json ? "\n" : "")
            worst = reports.map(\.result.exitStatus).max() ?? 0
        }
        if worst > 0, !takeovers { throw ExitCode(Int32(worst)) }
    }
}

struct TruthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "truth",
        abstract: "Show for each pair what the arrays report, and what the bytes say.",
        discussion: """
            Compares every track of both copies and holds the differences against the arrays' states and marks. Works \
            on running arrays and on what dead ones left, and changes nothing. Exit status: 0 if screens and bytes \
            agree, 3 if they contradict, 1 failed, 64 wrong usage.
            """)

    @OptionGroup var state: StateOption
    @Argument(help: "The device group; without it all groups.")
    var group: String?
    @Flag(name: .long, help: "Print JSON. Its keys do not change between versions.")
    var json = false

    func run() async throws {
        var contradicts = false
        try await reporting { progress in
            let reports = try Bench.open(state.layout, changing: false, progress: progress).truth(group: group)
            print(json ? try VerdictReport.encoded(reports) : TruthScreen.text(reports), terminator: json ? "\n" : "")
            contradicts = reports.contains { $0.problem != nil }
        }
        if contradicts { throw ExitCode(3) }
    }
}

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Summarise what an array has noted of its hosts' writes.",
        discussion: """
            How many writes, discards and flushes, what became of them, and how long they took to each station of \
            their way: this array's disk, the link, the far array's cache and disk, the host. Works on a running array \
            and on what a dead one left. The format is in docs/ledger.md.
            """)

    @OptionGroup var state: StateOption
    @Argument(help: "The array's name.")
    var array: String
    @Option(name: .long, help: ArgumentHelp("List the newest requests one by one.", valueName: "count"))
    var newest = 0
    @Flag(name: .long, help: "Print JSON. Its keys do not change between versions.")
    var json = false

    func run() async throws {
        try await reporting { progress in
            let bench = try Bench.open(state.layout, changing: false, progress: progress)
            let report = try bench.ledger(of: array, newest: max(0, newest))
            print(json ? try VerdictReport.encoded(report) : LedgerScreen.text(report), terminator: json ? "\n" : "")
        }
    }
}
