// What is pure in a measurement: statistics, fio's output, the goals' arithmetic, the report.

internal import Foundation
internal import Measurement
import Testing

struct MeasurementTests {
    @Test func theMedianIsTheMiddle() {
        #expect(Series([5, 1, 3]).median == 3)
        #expect(Series([4, 1, 3, 2]).median == 2.5)
        #expect(Series([7]).median == 7 && Series().median == 0)
        #expect(Series([5, 1, 3]).least == 1 && Series([5, 1, 3]).most == 5)
    }

    private static func output(iops: Double, error: Int = 0) -> String {
        """
        fio: a complaint before the result
        { "jobs": [ { "error": \(error),
          "read": { "iops": 0.0, "clat_ns": { } },
          "write": { "iops": \(iops), "clat_ns": { "percentile": { "50.000000": 17000, "99.000000": 52000 } } } } ] }
        """
    }

    @Test func fiosResultIsRead() throws {
        let figures = try FioFigures(json: Self.output(iops: 52000.5))
        #expect(figures.operations == 52000.5 && figures.median == 17 && figures.percentile99 == 52)
        #expect(throws: (any Error).self) { try FioFigures(json: "fio: no such file") }
        #expect(throws: (any Error).self) { try FioFigures(json: Self.output(iops: 1, error: 5)) }
    }

    @Test func aPlainFileDoesNotPassForAMount() throws {
        let path = NSTemporaryDirectory() + "/measured-\(UUID().uuidString)"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Target("plain", path, .plain).check()
        #expect(throws: (any Error).self) { try Target("simplex", path, .fuse).check() }
        #expect(throws: (any Error).self) { try Target("loop", path, .block).check() }
        #expect(throws: (any Error).self) { try Target("gone", path + "x", .plain).check() }
    }

    private static func loads(simplex: Double, qemu: Double) throws -> LoadFigures {
        let jobs = [FioJob(.write, blockBytes: 4096), FioJob(.write, blockBytes: 4096, depth: 16)]
        var loads = LoadFigures(jobs: jobs)
        for job in jobs {
            for factor in [1, 0.9, 1.2] {
                loads.add(try FioFigures(json: output(iops: simplex * factor)), job, "simplex")
                loads.add(try FioFigures(json: output(iops: qemu * factor)), job, "qemu FUSE export")
            }
        }
        return loads
    }

    @Test func goalsAreRatiosOfMedians() throws {
        let goals = try Self.loads(simplex: 200, qemu: 100).peerGoals
        let deep = try #require(goals.first { $0.title == "simplex ÷ qemu FUSE export, write 4 KiB, depth 16" })
        #expect(deep.value == 2 && deep.isReached == false)
        let single = try #require(goals.first { $0.title == "simplex ÷ qemu FUSE export, write 4 KiB, depth 1" })
        #expect(single.isReached == true)
        let mirror = try #require(goals.first { $0.title.hasPrefix("synchronous ÷") })
        #expect(mirror.value == nil && mirror.isReached == nil)
    }

    @Test func theReportNamesWhatIsMissingAndWhatIsNotReached() throws {
        let loads = try Self.loads(simplex: 200, qemu: 100)
        var report = MeasurementReport(.quick)
        var section = SectionReport(LoadsSection.self)
        section.tables = loads.tables
        section.goals = loads.peerGoals
        section.missing = ["nbdfuse over nbdkit: nbdkit is not installed"]
        report.sections = [section]
        report.failures = ["Commands: the array did not start"]
        let text = report.markdown
        #expect(text.contains("- nbdfuse over nbdkit: nbdkit is not installed"))
        #expect(text.contains("- Commands: the array did not start"))
        #expect(text.contains("**not reached**") && text.contains("not measured") && text.contains("| reached |"))
        #expect(text.contains("| simplex | 200 (180 to 240) | 17.0 |"))
        #expect(try report.json.contains("\"qemu FUSE export\""))
        for name in report.charts.keys { #expect(text.contains("](\(name))")) }
        #expect(report.charts["loads-write-4-kib-depth-16.svg"]?.contains(">200</text>") == true)
    }

    @Test func sectionsHaveNamesOfTheirOwn() {
        #expect(Set(MeasurementSections.names).count == MeasurementSections.all.count)
        #expect(MeasurementPlan().sections == MeasurementSections.names)
    }
}
