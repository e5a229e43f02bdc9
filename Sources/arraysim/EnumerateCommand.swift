// `arraysim enumerate`: small worlds, completely.

internal import ArgumentParser
internal import ReplicationCore
internal import Simulator

struct Enumerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play every history of so many events in a small world.",
        discussion: """
            In each of the four modes, and with journals, from each of four beginnings (paired, copying, parted, takenOver): all \
            sequences of steps, commands, crashes, cuts and timers. Each event multiplies their number by about 20: \
            three take seconds, four take minutes.
            """)

    @Option(help: "Events in each history.") var events = 3
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard (1...8).contains(events) else { throw ValidationError("--events takes 1 to 8.") }
    }

    func run() throws {
        let start = ContinuousClock.now
        var progress = Progress()
        var rows: [Row] = []
        var finding: Enumeration.Finding?
        for (mode, hasJournals) in ReplicationMode.allCases.map({ ($0, false) }) + [(.asynchronous, true)] {
            for beginning in Enumeration.Beginning.allCases where finding == nil {
                let name = hasJournals ? "\(mode) with journals" : "\(mode)"
                progress.show("\(name), \(beginning.rawValue)")
                var enumeration = Enumeration(
                    mode: mode, hasJournals: hasJournals, beginning: beginning, events: events)
                enumeration.run()
                rows.append(Row(mode: name, beginning: beginning.rawValue, histories: enumeration.histories))
                finding = enumeration.finding
            }
        }
        progress.clear()
        try tell(rows, finding, (ContinuousClock.now - start).inSeconds)
        if finding != nil { throw ExitCode.failure }
    }

    private func tell(_ rows: [Row], _ finding: Enumeration.Finding?, _ seconds: Double) throws {
        let world = finding?.script.play(isTold: true)
        if output.json {
            let failure = finding.flatMap { finding in
                world.map { HistoryReport(nil, finding.script, $0.tally, $0) }
            }
            try printJSON(Report(events: events, seconds: seconds, worlds: rows, failure: failure))
            return
        }
        for row in rows { print("\(row.mode), \(row.beginning): \(row.histories) histories") }
        print(
            "\(rows.reduce(0) { $0 + $1.histories }) histories of up to \(events) events, "
                + "\(Int(seconds * 10) / 10) s, arraysim \(ArraySim.version)")
        guard let finding, let timeline = world?.timeline else { return }
        print(
            timeline.text + "\nBROKEN \(finding.violation)\nTo see it again:\n  arraysim enumerate --events \(events)")
    }

    private struct Row: Encodable {
        var mode: String
        var beginning: String
        var histories: Int
    }
    private struct Report: Encodable {
        var version = ArraySim.number
        var generation = ArraySim.generation
        var events: Int
        var seconds: Double
        var worlds: [Row]
        var failure: HistoryReport?
    }
}
