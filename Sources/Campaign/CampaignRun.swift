// One run: a bench of its own, a drawn history, an application, the end of its site, a takeover, the judgement, the way
// home. Whatever happens, everything is taken away; of a run that fails its folder is kept first.
//
// This file holds the order of the phases and the cleaning up; what a phase does is in the extensions.

internal import Bench
internal import Foundation
internal import Simulator

package struct CampaignRun {
    let plan: RunPlan
    /// The run's own folder; the bench and the application's notes lie in it.
    let folder: String
    let keeper: RunKeeper?
    let bench: RunBench
    let log = RunLog()
    var result: RunResult
    var workload: (any CampaignWorkload)?
    /// Where the application works; the other side takes over.
    var primary = Side.a
    /// Whether an operator has let the primary's hosts write on alone.
    var isReleased = false

    var history: RealHistory { plan.history }

    /// - Parameters:
    ///   - workFolder: the campaign's folder; the run makes one of its own in it.
    ///   - keeper: where failed runs go; nil keeps nothing.
    package init(_ plan: RunPlan, workFolder: String, keeper: RunKeeper?) {
        self.plan = plan
        self.keeper = keeper
        folder = "\(workFolder)/\(plan.index)"
        bench = RunBench(layout: BenchLayout(root: folder + "/b"))
        result = RunResult(plan)
    }

    /// Plays the run to its end.
    package mutating func play() async -> RunResult {
        do {
            try await playPhases()
        } catch {
            fail(error)
        }
        await workload?.leave()
        workload = nil
        result.seconds = log.seconds
        result.needsCommandDevice = log.lines.contains { $0.contains("RAID Manager finds no way home") }
        if result.outcome == .failed { result.timeline = log.lines }
        if result.outcome == .failed, let keeper {
            log.say("kept in \(keeper.folder(of: plan))")
            result.kept = await keeper.keep(plan, result, log, from: folder, bench)
        }
        await cleanUp()
        return result
    }

    private mutating func playPhases() async throws {
        try Interruption.check()
        try FileManager.default.createDirectory(
            atPath: folder + "/host", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let yaml = RunBench.yaml(volumeBytes: plan.workload.volumeBytes)
        _ = try await Bench.up(bench.layout, file: (yaml, "campaign"))
        log.say(
            "seed \(plan.seed): mode \(result.mode), \(history.sharesOrder ? "one consistency group" : "two groups")")
        try await playPrologue()
        try await playDisaster()
        try await judge()
        try await goHome()
    }

    private mutating func fail(_ error: any Error) {
        if Interruption.wasRequested {
            result.outcome = .interrupted
            return
        }
        result.outcome = .failed
        let problem = error as? RunProblem ?? RunProblem(.stopped, "\(error)")
        result.problem = problem
        log.say("FAILED: \(problem)")
    }

    /// No process, mount, loop device or folder stays behind; anything that does is a failure of its own.
    private mutating func cleanUp() async {
        var left: [String] = []
        if FileManager.default.fileExists(atPath: bench.layout.root) {
            do {
                _ = try await Bench.down(bench.layout, keeping: false)
            } catch {
                left.append("\(error)")
            }
        }
        left += LoopDevices.all().filter { $0.file.hasPrefix(folder + "/") }.map(\.device)
        left += Mounts.below(folder).map(\.point)
        left += BenchProcesses.find(in: bench.layout).map { "process \($0.identity.pid)" }
        if left.isEmpty { try? FileManager.default.removeItem(atPath: folder) }
        guard !left.isEmpty else { return }
        if result.outcome == .passed { result.outcome = .failed }
        if result.problem == nil {
            result.problem = RunProblem(.leftovers, "left behind: \(left.joined(separator: ", "))")
        }
    }
}
