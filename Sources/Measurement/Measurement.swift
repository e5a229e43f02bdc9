// A whole measurement: targets that take turns within each round, so that a slow moment of the machine meets all of them.

package import Bench
internal import Foundation

/// What is to be measured.
package struct MeasurementPlan: Codable, Hashable, Sendable {
    package var rounds = 5
    package var seconds = 2.0
    package var volumeBytes = 512 << 20
    /// Fewer targets and loads.
    package var isQuick = false
    /// Where all files lie; a folder in memory or on a disk.
    package var folder = "/dev/shm"

    package init() {}

    package static var quick: MeasurementPlan {
        var plan = MeasurementPlan()
        (plan.rounds, plan.seconds, plan.isQuick) = (3, 0.7, true)
        return plan
    }

    package var jobs: [FioJob] {
        let short = [
            FioJob(.write, blockBytes: 4096), FioJob(.write, blockBytes: 4096, depth: 16),
            FioJob(.write, blockBytes: 1 << 20, depth: 4), FioJob(.read, blockBytes: 4096),
            FioJob(.read, blockBytes: 4096, depth: 16), FioJob(.read, blockBytes: 1 << 20, depth: 4),
        ]
        guard !isQuick else { return short }
        return short + [
            FioJob(.write, blockBytes: 4096, writers: 4), FioJob(.write, blockBytes: 64 << 10, depth: 4),
            FioJob(.mixed, blockBytes: 4096, depth: 16),
        ]
    }

    var pairs: [MeasuredBench.Pair] { isQuick ? [.unix] : MeasuredBench.Pair.allCases }
}

package struct Measurement: Sendable {
    private let plan: MeasurementPlan
    private let bench: MeasuredBench
    private let folder: String
    private var peers: Peers
    private var report: MeasurementReport

    /// - Throws: if the folder cannot be made.
    package init(_ plan: MeasurementPlan) throws(BenchFailure) {
        self.plan = plan
        folder = "\(plan.folder)/arraybench-measure.\(ProcessInfo.processInfo.processIdentifier)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw BenchFailure("cannot make \(folder): \(BenchFolder.reason(error))", remedy: "choose another --folder")
        }
        bench = MeasuredBench(folder: folder, volumeBytes: plan.volumeBytes)
        peers = Peers(folder: folder, bytes: plan.volumeBytes)
        report = MeasurementReport(plan)
    }

    /// Measures everything. Whatever happens, no process, mount, loop device or file stays behind.
    package mutating func run(progress: @escaping ProgressReport) async throws(BenchFailure) -> MeasurementReport {
        do {
            try await measure(progress)
        } catch {
            await cleanUp()
            throw error
        }
        await cleanUp()
        return report
    }

    private mutating func cleanUp() async {
        Interruption.ignoreFromNowOn()
        await bench.down()
        await peers.end()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private mutating func measure(_ progress: @escaping ProgressReport) async throws(BenchFailure) {
        progress("starting arrays and peers", nil)
        try await bench.up(plan.pairs)
        try await peers.start()
        report.missing = peers.missing
        let targets = arrayTargets + peers.targets
        report.targets = targets.map(\.name)
        for target in targets {
            progress("filling \(target.name)", nil)
            try await fill(target)
        }
        try await idle()
        let steps = Double(plan.rounds * plan.jobs.count * targets.count)
        var done = 0.0
        for round in 1...plan.rounds {
            for job in plan.jobs {
                for target in targets {
                    progress("round \(round) of \(plan.rounds): \(job.title), \(target.name)", done / steps)
                    report.add(try await load(target, job), job, target.name)
                    done += 1
                }
            }
        }
        try await measureCommand(progress)
    }

    private var arrayTargets: [Target] {
        var targets: [Target] = []
        for pair in plan.pairs {
            let suffix =
                switch pair {
                case .unix: ""
                case .bare: ", no ledger"
                case .tcp: ", TCP"
                }
            if pair != .tcp {
                targets.append(Target("simplex" + suffix, bench.device(MeasuredBench.simplex, of: pair), .fuse))
            }
            targets.append(Target("synchronous" + suffix, bench.device(MeasuredBench.synchronous, of: pair), .fuse))
            targets.append(Target("asynchronous" + suffix, bench.device(MeasuredBench.asynchronous, of: pair), .fuse))
        }
        return targets
    }

    /// Every block is written once: a first write to a hole is another thing than a write.
    private func fill(_ target: Target) async throws(BenchFailure) {
        try target.check()
        let result = try await HostCommand.run(
            "fio",
            [
                "--name=fill", "--filename=\(target.path)", "--rw=write", "--bs=1M", "--ioengine=psync",
                "--size=\(plan.volumeBytes)",
            ])
        guard result.status == 0 else { throw BenchFailure("\(target.name) cannot be filled: \(result.errors)") }
    }

    private func load(_ target: Target, _ job: FioJob) async throws(BenchFailure) -> FioFigures {
        try target.check()
        let arguments = job.arguments(
            path: target.path, bytes: plan.volumeBytes, seconds: plan.seconds, isDirect: true)
        let result = try await HostCommand.run("fio", arguments)
        guard result.status == 0 else {
            throw BenchFailure("fio failed on \(target.name), \(job.title): \(result.text.prefix(400))")
        }
        return try FioFigures(json: result.output)
    }

    /// Resident memory of each array, once what the start and the filling needed has been given back.
    private mutating func idle() async throws(BenchFailure) {
        try? await Task.sleep(for: .seconds(4))
        for process in BenchProcesses.find(in: bench.layout) {
            guard case .array(let name) = process.kind else { continue }
            let status = (try? String(contentsOfFile: "/proc/\(process.identity.pid)/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
            guard words.count > 1, let kibibytes = Double(words[1]) else { continue }
            report.residentMiB[name] = kibibytes / 1024
        }
    }

    /// `pairdisplay` of one pair, the whole process.
    private mutating func measureCommand(_ progress: @escaping ProgressReport) async throws(BenchFailure) {
        progress("pairdisplay", nil)
        let near = MeasuredBench.Pair.unix.arrays.near
        let opened = try Bench.open(bench.layout, changing: false)
        let command = [bench.layout.commands + "/pairdisplay", "-g", MeasuredBench.group("sync", .unix)]
        for _ in 0..<30 {
            let began = Date()
            let result = try await opened.run(command, onHost: near)
            let seconds = Date().timeIntervalSince(began)
            guard result.status == 0 else { throw BenchFailure("pairdisplay failed: \(result.text)") }
            report.pairdisplayMilliseconds.add(seconds * 1000)
        }
    }
}
