// Where the figures must arrive: ratios of medians of one run.

/// One row: what is divided by what, and what it must be.
package struct Goal: Sendable {
    package enum Bound: Sendable {
        case atLeast(Double)
        case atMost(Double)
    }

    package var title: String
    package var bound: Bound
    /// nil if it was not measured.
    package var value: Double?

    package var isReached: Bool? {
        guard let value else { return nil }
        return switch bound {
        case .atLeast(let least): value >= least
        case .atMost(let most): value <= most
        }
    }
}

extension MeasurementReport {
    package var goals: [Goal] {
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
                title: "latency, asynchronous ÷ simplex, \(write1.title)", bound: .atMost(1.15),
                value: ratio(write1, "simplex", "asynchronous")),
            Goal(
                title: "pairdisplay of one pair, whole process, ms", bound: .atMost(10),
                value: pairdisplayMilliseconds.isEmpty ? nil : pairdisplayMilliseconds.median),
            Goal(title: "idle array, resident MiB", bound: .atMost(40), value: residentMiB.values.max()),
        ]
    }

    private func goal(_ job: FioJob, _ target: String, _ other: String, _ least: Double) -> Goal {
        Goal(title: "\(target) ÷ \(other), \(job.title)", bound: .atLeast(least), value: ratio(job, target, other))
    }

    /// Operations of one target per operation of another, by their medians.
    package func ratio(_ job: FioJob, _ target: String, _ other: String) -> Double? {
        guard let one = operations(job, target), let two = operations(job, other), two.median > 0 else { return nil }
        return one.median / two.median
    }
}
