// `arraysim run`: many histories, on one core or several.

internal import ArgumentParser
internal import Simulator

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play the histories of a range of seeds.",
        discussion: """
            A history counts as complete with at least \(History.writesWanted) writes over two volumes, \
            \(History.faultsWanted) faults and \(History.roleChangesWanted) changes of roles; the rest is played too.
            """)

    @Option(help: ArgumentHelp("The seeds to play.", valueName: "a..<b")) var seeds: SeedRange
    @Option(help: "Cores to use.") var jobs = 1
    @OptionGroup var options: HistoryOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard (1...1024).contains(jobs) else { throw ValidationError("--jobs takes 1 to 1024.") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let summary = await played()
        let seconds = (ContinuousClock.now - start).inSeconds
        if output.json {
            try printJSON(RunReport(self, summary, seconds: seconds))
        } else {
            tell(summary, seconds)
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

    private func tell(_ summary: RunSummary, _ seconds: Double) {
        let perHistory = { (count: Int) in Double(count * 10 / max(1, summary.histories)) / 10 }
        print(
            """
            arraysim \(ArraySim.version)
            seeds        \(seeds.text), profile \(options.profile.rawValue)
            histories    \(summary.histories), of which \(summary.complete) complete
            each         \(perHistory(summary.tally.writes)) writes, \(perHistory(summary.tally.faults)) faults, \
            \(perHistory(summary.tally.roleChanges)) changes of roles, \(perHistory(summary.events)) events on average
            speed        \(Int(Double(summary.histories) / seconds)) histories a second with \(jobs) \
            job\(jobs == 1 ? "" : "s"), \(Int(seconds * 10) / 10) s
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
    var version = ArraySim.version
    var seeds: String
    var profile: String
    var jobs: Int
    var seconds: Double
    var historiesPerSecond: Double
    var histories, complete, events, writes, faults, roleChanges: Int
    var failures: [Failure]

    init(_ run: Run, _ summary: RunSummary, seconds: Double) {
        seeds = run.seeds.text
        profile = run.options.profile.rawValue
        jobs = run.jobs
        self.seconds = seconds
        historiesPerSecond = Double(summary.histories) / seconds
        (histories, complete, events) = (summary.histories, summary.complete, summary.events)
        (writes, faults, roleChanges) = (summary.tally.writes, summary.tally.faults, summary.tally.roleChanges)
        failures = summary.failures.map {
            Failure(
                seed: $0.seed, violation: ViolationReport($0.violation),
                repeat: "arraysim replay \($0.seed)\(run.options.text) --timeline")
        }
    }
}
