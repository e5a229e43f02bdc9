// The ladder's tables: one for each load, a row for each rung.

package struct LadderFigures: Sendable {
    package let jobs: [FioJob]
    package private(set) var tables: [ReportTable]

    package static let operations = "operations/s"
    package static let columns = [operations, "50 %, µs", "99 %, µs", "99.9 %, µs"]

    package init(_ plan: MeasurementPlan) {
        jobs = Self.jobs(plan)
        tables = jobs.map { ReportTable($0.title, columns: Self.columns, chart: Self.operations) }
    }

    static func jobs(_ plan: MeasurementPlan) -> [FioJob] {
        let short = [FioJob(.write, blockBytes: 4096), FioJob(.write, blockBytes: 4096, depth: 16)]
        guard !plan.isQuick else { return short }
        return short + [
            FioJob(.write, blockBytes: 4096, writers: 4), FioJob(.write, blockBytes: 64 << 10, depth: 4),
            FioJob(.write, blockBytes: 1 << 20, depth: 4), FioJob(.read, blockBytes: 4096),
            FioJob(.read, blockBytes: 4096, depth: 16), FioJob(.mixed, blockBytes: 4096, depth: 16),
        ]
    }

    /// The rungs that a load is put on, in order.
    package static func rungs(_ job: FioJob) -> [LadderRung] {
        job.direction == .write ? LadderRung.allCases : LadderRung.allCases.filter(\.isMeasuredReading)
    }

    package mutating func add(_ figures: FioFigures, _ job: FioJob, _ rung: LadderRung) {
        guard let index = jobs.firstIndex(of: job) else { preconditionFailure("\(job.title) is not measured here") }
        let values = [figures.operations, figures.median, figures.percentile99, figures.percentile999]
        for (column, value) in zip(Self.columns, values) { tables[index].add(value, column, to: rung.rawValue) }
    }
}
