// A whole measurement: one section after the other, each in a folder of its own that is gone afterwards.

package import Bench
internal import Foundation

package struct Measurement: Sendable {
    private let plan: MeasurementPlan
    private let folder: String

    /// - Throws: if the folder cannot be made.
    package init(_ plan: MeasurementPlan) throws(BenchFailure) {
        self.plan = plan
        folder = "\(plan.folder)/arraybench-measure.\(ProcessInfo.processInfo.processIdentifier)"
        try Self.make(folder, remedy: "choose another --folder")
    }

    /// Measures every section of the plan. One that fails is named in the report, and the others are measured.
    /// - Throws: if it is interrupted. Whatever happens, no process, mount, loop device or file stays behind.
    package func run(progress: @escaping ProgressReport) async throws(BenchFailure) -> MeasurementReport {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var report = MeasurementReport(plan)
        for section in MeasurementSections.all where plan.sections.contains(section.name) {
            do throws(BenchFailure) {
                report.sections.append(try await run(section, progress))
            } catch {
                try Interruption.check()
                report.failures.append("\(section.title): \(error)")
            }
        }
        return report
    }

    private func run(
        _ type: any MeasurementSection.Type, _ progress: @escaping ProgressReport
    ) async throws(BenchFailure) -> SectionReport {
        let surroundings = MeasurementSurroundings(
            plan: plan, folder: "\(folder)/\(type.name)",
            report: { progress("\(type.name): \($0)", $1) })
        try Self.make(surroundings.folder, remedy: nil)
        var section = type.init()
        do throws(BenchFailure) {
            let report = try await section.measure(surroundings)
            await section.cleanUp()
            try? FileManager.default.removeItem(atPath: surroundings.folder)
            return report
        } catch {
            await section.cleanUp()
            try? FileManager.default.removeItem(atPath: surroundings.folder)
            throw error
        }
    }

    private static func make(_ folder: String, remedy: String?) throws(BenchFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw BenchFailure("cannot make \(folder): \(BenchFolder.reason(error))", remedy: remedy)
        }
    }
}
