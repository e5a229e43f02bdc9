// What a measurement found.

internal import Bench
internal import Foundation

package struct MeasurementReport: Codable, Sendable {
    package var version = BenchVersion.text
    package var plan: MeasurementPlan
    package var processors = ProcessInfo.processInfo.activeProcessorCount
    package var kernel = ""
    /// Seconds since 1970 at the start.
    package var began: Double = Date().timeIntervalSince1970.rounded()
    package var sections: [SectionReport] = []
    /// Sections that ended with an error, and which.
    package var failures: [String] = []

    package init(_ plan: MeasurementPlan) {
        self.plan = plan
        kernel = ((try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? "")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    package var goals: [Goal] { sections.flatMap(\.goals) }

    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }
}
