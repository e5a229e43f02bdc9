internal import ArgumentParser
internal import Bench
internal import Foundation
internal import Measurement

/// `arraybench measure`: how fast the arrays are, beside what one could use instead.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure arrays and their peers side by side.",
        discussion: """
            Starts arrays of its own and what one could use instead (QEMU, nbdkit, a loop device, a plain file), all on files \
            in one folder, and lets fio load each in turn. Peers that are not installed are named as missing.

            arraybench measure --quick                    a table in under three minutes
            arraybench measure --output report            five rounds; Markdown, JSON and charts in that folder
            arraybench measure --folder /var/tmp          on a disk instead of in memory
            arraybench measure --section commands         one part of it; repeat the option for more

            Sections:
            \(MeasurementSections.all.map { "  \($0.name.padded(to: 12))\($0.title)" }.joined(separator: "\n"))

            What to conclude from the figures, and what not: docs/performance.md. Exit status: 0 measured, 1 not, \
            64 wrong usage.
            """)

    @Flag(help: "Fewer targets and loads, shorter rounds.")
    var quick = false
    @Option(help: "Rounds; every target is measured once in each.")
    var rounds: Int?
    @Option(help: "Seconds of each measurement.")
    var seconds: Double?
    @Option(help: ArgumentHelp("Where the files lie.", valueName: "dir"))
    var folder = "/dev/shm"
    @Option(name: .customLong("section"), help: ArgumentHelp("Measure only this section.", valueName: "name"))
    var sections: [String] = []
    @Option(help: ArgumentHelp("Write report.md, report.json and charts into this folder.", valueName: "dir"))
    var output: String?

    func validate() throws {
        if let rounds, !(1...1000).contains(rounds) { throw ValidationError("--rounds takes 1 to 1000") }
        if let unknown = sections.first(where: { !MeasurementSections.names.contains($0) }) {
            throw ValidationError(
                "there is no section \(unknown); there are \(MeasurementSections.names.joined(separator: ", "))")
        }
        if let seconds, !(0.1...3600).contains(seconds) { throw ValidationError("--seconds takes 0.1 to 3600") }
    }

    func run() async throws {
        var plan = quick ? MeasurementPlan.quick : MeasurementPlan()
        plan.rounds = rounds ?? plan.rounds
        plan.seconds = seconds ?? plan.seconds
        plan.folder = folder
        if !sections.isEmpty { plan.sections = sections }
        Interruption.catchSignals()
        let final = plan
        try await reporting { progress in
            let report = try await Measurement(final).run(progress: progress)
            tell(report.markdown)
            if let output { try save(report, in: output) }
            if let failure = report.failures.first { throw BenchFailure("not everything was measured: \(failure)") }
        }
    }

    private func save(_ report: MeasurementReport, in folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try report.markdown.write(toFile: folder + "/report.md", atomically: true, encoding: .utf8)
            try report.json.write(toFile: folder + "/report.json", atomically: true, encoding: .utf8)
            for (name, chart) in report.charts {
                try chart.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
            }
        } catch {
            throw BenchFailure("the report cannot be written: \(BenchFolder.reason(error))")
        }
        complain("arraybench: written to \(folder)\n")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
