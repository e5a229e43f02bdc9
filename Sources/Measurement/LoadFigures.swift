// What fio measured of targets under loads, and the goals that say what it must be.

/// A table for each load, a row for each target.
package struct LoadFigures: Sendable {
    package let jobs: [FioJob]
    package private(set) var tables: [ReportTable]

    package static let operations = "operations/s"
    package static let latency = "median latency, µs"
    package static let percentile99 = "99 %, µs"

    package init(jobs: [FioJob]) {
        self.jobs = jobs
        tables = jobs.map {
            ReportTable(
                $0.title, columns: [Self.operations, Self.latency, Self.percentile99], chart: Self.operations)
        }
    }

    package mutating func add(_ figures: FioFigures, _ job: FioJob, _ target: String) {
        guard let index = jobs.firstIndex(of: job) else { preconditionFailure("\(job.title) is not measured here") }
        tables[index].add(figures.operations, Self.operations, to: target)
        tables[index].add(figures.median, Self.latency, to: target)
        tables[index].add(figures.percentile99, Self.percentile99, to: target)
    }

    /// Operations of one target per operation of another, by their medians.
    package func ratio(_ job: FioJob, _ target: String, _ other: String) -> Double? {
        jobs.firstIndex(of: job).flatMap { tables[$0].ratio(target, other, Self.operations) }
    }

    /// What volumes must be beside peers.
    package var peerGoals: [Goal] {
        let write1 = FioJob(.write, blockBytes: 4096)
        let write16 = FioJob(.write, blockBytes: 4096, depth: 16)
        let writeLarge = FioJob(.write, blockBytes: 1 << 20, depth: 4)
        let read1 = FioJob(.read, blockBytes: 4096)
        let read16 = FioJob(.read, blockBytes: 4096, depth: 16)
        let readLarge = FioJob(.read, blockBytes: 1 << 20, depth: 4)
        let (qemu, mirror) = ("qemu FUSE export", "qemu mirror, write-blocking")
        return [
            goal(write16, "simplex", qemu, 3.5), goal(read16, "simplex", qemu, 3.5),
            goal(write1, "simplex", qemu, 1.5), goal(read1, "simplex", qemu, 1.5),
            goal(writeLarge, "simplex", qemu, 1), goal(readLarge, "simplex", qemu, 3),
            goal(write16, "synchronous", mirror, 3), goal(write1, "synchronous", mirror, 1.5),
            goal(writeLarge, "synchronous", mirror, 2),
            Goal(
                "latency, asynchronous ÷ simplex, \(write1.title)", .atMost(1.15),
                ratio(write1, "simplex", "asynchronous")),
        ]
    }

    private func goal(_ job: FioJob, _ target: String, _ other: String, _ least: Double) -> Goal {
        Goal("\(target) ÷ \(other), \(job.title)", .atLeast(least), ratio(job, target, other))
    }
}
