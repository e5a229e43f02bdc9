// What a write asks of the kernel and of the memory allocator, in the array that takes it and in the one that has the copy.

package import Bench
internal import Foundation

package struct SystemCallsSection: MeasurementSection {
    package static let name = "calls"
    package static let title = "System calls and allocations per write"

    private var bench: MeasuredBench?
    private var counter: PerfCounter?

    package init() {}

    /// A volume that is written to, and the processes that work for it, each with its column.
    private struct Subject {
        var target: Target
        var processes: [ProcessIdentity]
        var columns: [String]
    }

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        var report = SectionReport(Self.self)
        if let obstacle = PerfCounter.obstacle {
            report.missing = ["system calls and allocations per write: \(obstacle)"]
            return report
        }
        let bench = MeasuredBench(folder: surroundings.folder, volumeBytes: Self.volumeBytes)
        self.bench = bench
        surroundings.progress("starting arrays")
        try await bench.up([.unix])
        let subjects = try Self.subjects(bench)
        for subject in subjects {
            try await subject.target.fill(bytes: Self.volumeBytes)
            // What only the first writes do is no part of the later ones.
            _ = try await subject.target.load(Self.jobs[1], bytes: Self.volumeBytes, seconds: 0.1)
        }
        var counter = PerfCounter(folder: surroundings.folder)
        try await counter.begin(isQuick: surroundings.plan.isQuick)
        report.remarks = [Self.callsRemark]
        report.tables = try await tables(
            "System calls", counter.systemCallEvents, subjects, counter, surroundings, total: PerfCounter.everyCall)
        do throws(BenchFailure) {
            self.counter = counter
            // Kept before the probes are set: an interruption in between must still take them away.
            try await self.counter?.probeAllocations(of: subjects[0].processes[0])
            report.tables += try await tables(
                "Allocations", counter.allocationEvents, subjects, counter, surroundings, total: nil)
            report.remarks.append(Self.allocationsRemark)
        } catch {
            try Interruption.check()
            report.missing.append("allocations per write: \(error)")
        }
        return report
    }

    package mutating func cleanUp() async {
        counter?.end()
        await bench?.down()
    }

    private static let volumeBytes = 64 << 20
    /// Counts hardly differ between rounds, and perf takes longer to begin and end than fio writes.
    private static let mostRounds = 3
    /// After the load the far array works off what an asynchronous pair has put aside; that belongs to the writes.
    private static let settling = ["sh", "-c", "\"$@\"; status=$?; sleep 0.3; exit $status", "sh"]
    private static let jobs = [FioJob(.write, blockBytes: 4096), FioJob(.write, blockBytes: 4096, depth: 16)]

    private static func subjects(_ bench: MeasuredBench) throws(BenchFailure) -> [Subject] {
        let (near, far) = MeasuredBench.Pair.unix.arrays
        let arrays = BenchProcesses.find(in: bench.layout)
        guard let one = arrays.first(where: { $0.kind == .array(near) })?.identity,
            let other = arrays.first(where: { $0.kind == .array(far) })?.identity
        else { throw BenchFailure("the arrays' processes are not there") }
        func subject(_ name: String, _ ldev: String) -> Subject {
            let target = Target(name, bench.device(ldev, of: .unix), .fuse)
            guard ldev != MeasuredBench.simplex else {
                return Subject(target: target, processes: [one], columns: [name])
            }
            return Subject(target: target, processes: [one, other], columns: ["\(name), near", "\(name), far"])
        }
        return [
            subject("simplex", MeasuredBench.simplex), subject("synchronous", MeasuredBench.synchronous),
            subject("asynchronous", MeasuredBench.asynchronous),
        ]
    }

    /// A table for each load.
    /// - Parameter total: the event that counts all others; nil if there is none, and the sum is taken.
    private func tables(
        _ what: String, _ events: [String], _ subjects: [Subject], _ counter: PerfCounter,
        _ surroundings: MeasurementSurroundings, total: String?
    ) async throws(BenchFailure) -> [ReportTable] {
        let plan = surroundings.plan
        let seconds = plan.seconds / 4
        let columns = subjects.flatMap(\.columns)
        let jobs = plan.isQuick && total == nil ? Array(Self.jobs.suffix(1)) : Self.jobs
        var tables = jobs.map {
            EventTable("\(what) per write, \($0.title)", columns: columns, total: total ?? "sum")
        }
        surroundings.progress("\(what): an idle moment")
        let everybody = subjects[1].processes
        let idle = try await counter.count(events, of: everybody, while: ["sleep", plan.isQuick ? "0.3" : "1"])
        let idleSeconds = idle.counts.map { $0.perSecond(idle.seconds) }
        for round in 1...(plan.isQuick ? 1 : min(plan.rounds, Self.mostRounds)) {
            for (index, job) in jobs.enumerated() {
                for subject in subjects {
                    surroundings.progress("\(what), round \(round): \(job.title), \(subject.target.name)")
                    try subject.target.check()
                    let arguments = job.arguments(
                        path: subject.target.path, bytes: Self.volumeBytes, seconds: seconds, isDirect: true)
                    let found = try await counter.count(
                        events, of: subject.processes, while: Self.settling + ["fio"] + arguments)
                    let writes = try FioFigures(json: found.output).count
                    guard writes > 0 else { throw BenchFailure("fio wrote nothing to \(subject.target.name)") }
                    for (column, (counts, quiet)) in zip(subject.columns, zip(found.counts, idleSeconds)) {
                        let each = counts.each(writes, seconds: found.seconds, idle: quiet)
                        tables[index].add(total == nil ? each.withSum : each, to: column)
                    }
                }
            }
        }
        return tables.map(\.table)
    }

    private static let callsRemark = """
        Counted by the kernel (`perf stat` on its system-call events) in the arrays' processes while fio writes, less what \
        they do when idle, divided by the writes that fio reports; ledgers are on. *near* is the array that is written to, \
        *far* the one with the copy. The few calls of opening and closing the volume are in it, spread over thousands of \
        writes. Calls below 0.005 per write are not shown; *all* also counts those that have no row.
        """
    private static let allocationsRemark = """
        Allocations are calls of the C library's functions that hand out memory, which Swift's and C++'s objects come down \
        to, counted by probes on them (`perf probe`) in runs of their own: a probe costs about a microsecond.
        """
}

extension EventCounts {
    /// With a row for all together.
    fileprivate var withSum: EventCounts {
        EventCounts(counts.merging(["sum": counts.values.reduce(0, +)]) { $1 })
    }
}
