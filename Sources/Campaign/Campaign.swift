// A campaign: the runs of a plan, one after the other, each in a folder of its own below one folder in memory that belongs
// to this process alone. Any number of campaigns can run side by side.

internal import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package struct Campaign: Sendable {
    package let plan: CampaignPlan
    /// The campaign's own folder; it is made, and removed at the end.
    let workFolder: String
    let keeper: RunKeeper?

    /// - Parameters:
    ///   - workFolder: nil takes one in memory.
    ///   - keeping: where failed runs are kept.
    package init(_ plan: CampaignPlan, workFolder: String? = nil, keeping: String?) {
        self.plan = plan
        self.workFolder = workFolder ?? "/dev/shm/arraybench-campaign-\(getpid())"
        keeper = keeping.map { RunKeeper(directory: $0) }
    }

    /// Whether everything is there that the plan's workloads need.
    /// - Throws: what is missing.
    package func checkMachine() async throws {
        guard getuid() == 0 else {
            throw BenchFailure("a campaign mounts device files and file systems, which only root may do")
        }
        for workload in plan.workloads {
            for tool in workload.tools where Tool.path(tool) == nil {
                throw BenchFailure(
                    "workload \(workload.rawValue) needs '\(tool)', which is not installed",
                    remedy: "'bench/prepare-machine.sh' installs what is missing, or choose another --workload")
            }
            if workload == .postgres { _ = try await PostgresTools.find() }
        }
    }

    /// Plays the runs of the plan's shard. After Ctrl-C no other run is begun.
    /// - Parameter finished: called after each run, with the results so far.
    package func play(_ finished: (CampaignReport) -> Void) async -> CampaignReport {
        var report = CampaignReport(plan)
        for run in plan.runs {
            guard !Interruption.wasRequested else { break }
            var run = CampaignRun(run, workFolder: workFolder, keeper: keeper)
            report.add(await run.play())
            finished(report)
        }
        // What could not be removed has made its run fail; the folder then stays.
        unsafe rmdir(workFolder)
        return report
    }
}
