// What a measurement found.

internal import Bench
internal import Foundation

package struct MeasurementReport: Codable, Sendable {
    /// The figures of one load on one target, a value for each round.
    package struct Cell: Codable, Sendable {
        package var operations = Series()
        /// Microseconds.
        package var median = Series()
        package var percentile99 = Series()
    }

    package var version = BenchVersion.text
    package var plan: MeasurementPlan
    package var processors = ProcessInfo.processInfo.activeProcessorCount
    package var kernel = ""
    package var targets: [String] = []
    package var missing: [String] = []
    /// By title of the load, then by target.
    package var cells: [String: [String: Cell]] = [:]
    package var residentMiB: [String: Double] = [:]
    package var pairdisplayMilliseconds = Series()

    package init(_ plan: MeasurementPlan) {
        self.plan = plan
        kernel = ((try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? "")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    package mutating func add(_ figures: FioFigures, _ job: FioJob, _ target: String) {
        cells[job.title, default: [:]][target, default: Cell()].operations.add(figures.operations)
        cells[job.title]?[target]?.median.add(figures.median)
        cells[job.title]?[target]?.percentile99.add(figures.percentile99)
    }

    package func operations(_ job: FioJob, _ target: String) -> Series? { cells[job.title]?[target]?.operations }

    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }
}
