// `arraysim run`: many histories, on one core or several.

internal import ArgumentParser
internal import Foundation
internal import Simulator

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play the histories of a range of seeds.",
        discussion: """
            A history counts as complete with at least \(History.writesWanted) writes over two volumes, \
            \(History.faultsWanted) faults and \(History.roleChangesWanted) changes of roles; the rest is played too.
            """)

    @Option(help: ArgumentHelp("The seeds to play, in quotes: '0..<1000'.", valueName: "a..<b")) var seeds: SeedRange
    @Option(help: "Cores to use.") var jobs = 1
    @OptionGroup var options: HistoryOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard (1...1024).contains(jobs) else { throw ValidationError("--jobs takes 1 to 1024.") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let summary = await played()
        let time = (wall: (ContinuousClock.now - start).inSeconds, processor: processorSeconds())
        if output.json {
            try printJSON(RunReport(self, summary, time))
        } else {
            tell(summary, time)
        }
        if !summary.failures.isEmpty { throw ExitCode.failure }
    }

    /// Seeds that a task plays before it says how it went.
    private static let portion: UInt64 = 250

    private func played() async -> RunSummary {
        let range = seeds.range
        let (profile, sabotage) = (options.profile, options.sabotage)
        var progress = Progress()
        defer { progress.clear() }
        return await withTaskGroup(of: RunSummary.self) { group in
            var next = range.lowerBound
            func begin() {
                guard next < range.upperBound else { return }
                let part = next..<min(range.upperBound, next + min(Self.portion, range.upperBound - next))
                next = part.upperBound
                group.addTask { RunSummary.run(part, profile: profile, sabotage: sabotage) }
            }
            for _ in 0..<jobs { begin() }
            var sum = RunSummary()
            while let part = await group.next() {
                sum.add(part)
                progress.show("\(sum.histories) of \(range.count) histories, \(sum.failures.count) failed")
                begin()
            }
            return sum
        }
    }

    private func tell(_ summary: RunSummary, _ time: (wall: Double, processor: Double)) {
        let perHistory = { (count: Int) in oneDecimal(Double(count) / Double(max(1, summary.histories))) }
        print(
            """
            arraysim \(ArraySim.version)
            seeds        \(seeds.text), profile \(options.profile.rawValue)
            histories    \(summary.histories), of which \(summary.complete) complete
            each         \(perHistory(summary.tally.writes)) writes, \(perHistory(summary.tally.faults)) faults, \
            \(perHistory(summary.tally.roleChanges)) changes of roles, \(perHistory(summary.events)) events on average
            speed        \(Int(Double(summary.histories) / time.wall)) histories a second with \(jobs) \
            job\(jobs == 1 ? "" : "s"), \(Int(Double(summary.histories) / time.processor)) a second of processor time
            time         \(oneDecimal(time.wall)) s, \(oneDecimal(time.processor)) s of processor time
            failures     \(summary.failures.count)
            """)
        for failure in summary.failures.prefix(20) { print("  seed \(failure.seed): \(failure.violation)") }
        if let first = summary.failures.first {
            print("\nTo see the first again:\n  arraysim shrink \(first.seed)\(options.text)")
        }
    }
}

private struct RunReport: Encodable {
    struct Failure: Encodable {
        var seed: UInt64
        var violation: ViolationReport
        var `repeat`: String
    }
    var version = ArraySim.number
    var generation = ArraySim.generation
    var seeds: String
    var firstSeed, endSeed: UInt64
    var profile: String
    var jobs: Int
    var seconds, processorSeconds: Double
    var historiesPerSecond, historiesPerProcessorSecond, completePerProcessorSecond: Double
    var histories, complete, events, writes, faults, roleChanges: Int
    var failures: [Failure]

    init(_ run: Run, _ summary: RunSummary, _ time: (wall: Double, processor: Double)) {
        seeds = run.seeds.text
        (firstSeed, endSeed) = (run.seeds.range.lowerBound, run.seeds.range.upperBound)
        profile = run.options.profile.rawValue
        jobs = run.jobs
        (seconds, processorSeconds) = time
        historiesPerSecond = Double(summary.histories) / time.wall
        historiesPerProcessorSecond = Double(summary.histories) / time.processor
        completePerProcessorSecond = Double(summary.complete) / time.processor
        (histories, complete, events) = (summary.histories, summary.complete, summary.events)
        (writes, faults, roleChanges) = (summary.tally.writes, summary.tally.faults, summary.tally.roleChanges)
        failures = summary.failures.map {
            Failure(
                seed: $0.seed, violation: ViolationReport($0.violation),
                repeat: "arraysim replay \($0.seed)\(run.options.text) --timeline")
        }
    }
}
