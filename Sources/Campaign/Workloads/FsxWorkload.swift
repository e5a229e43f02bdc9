// The file exerciser on ext4 on the first volume: random writes, truncations, mapped stores and holes in one file, compared
// with a model at every read. Whatever an acknowledged fsync promised must be in the file on the other side.

internal import Bench
internal import Foundation
internal import Platform
internal import Simulator
internal import Synchronization
internal import Workload

struct FsxWorkload: CampaignWorkload {
    private let stage: WorkloadStage
    private var disk: HostFileSystem
    private var exercise: Exercise?

    private var record: String { stage.folder + "/fsx.record" }
    private var file: String { disk.mountPoint + "/exercised" }

    /// The exerciser on its thread.
    ///
    /// **Threads**: any; the answer is behind the lock.
    private final class Exercise: Sendable {
        let isEnding = Atomic(false)
        let answer = Mutex<Result<FileExerciser.Summary, WorkloadFailure>?>(nil)
    }

    init(_ stage: WorkloadStage) {
        self.stage = stage
        disk = HostFileSystem(stage.bench, volume: 0, mountPoint: stage.folder + "/mount")
    }

    mutating func begin(on side: Side) async throws {
        _ = try await disk.make(on: side)
        try await disk.mount(on: side)
        var dice = Dice(seed: stage.seed)
        var plan = FileExerciser.Plan(file: file, record: record)
        plan.sizeLimit = dice.pick([64, 512, 2048]) << 10
        plan.syncPercent = dice.pick([3, 10, 30])
        plan.seed = stage.seed
        let ready = plan
        let exercise = Exercise()
        self.exercise = exercise
        startDetachedThread("fsx") {
            let answer = Result { () throws(WorkloadFailure) in
                try FileExerciser.run(ready, isInterrupted: { exercise.isEnding.load(ordering: .relaxed) })
            }
            exercise.answer.withLock { $0 = answer }
        }
    }

    mutating func end(inOrder: Bool) async throws {
        let early = exercise?.answer.withLock { $0 }
        await stop()
        if inOrder { try? await disk.unmount() }
        await disk.drop()
        // A file that reads wrong while no write was refused is a fault at home.
        if case .failure(let failure)? = early, !stage.mayRefuseWrites {
            throw RunProblem(.promiseBroken, "on the primary, without any failure of it: \(failure)")
        }
    }

    private mutating func stop() async {
        guard let exercise else { return }
        exercise.isEnding.store(true, ordering: .relaxed)
        for _ in 0..<500 {
            if exercise.answer.withLock({ $0 }) != nil { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    mutating func judge(on side: Side) async throws -> WorkloadFinding {
        var finding = WorkloadFinding()
        if case .success(let summary)? = exercise?.answer.withLock({ $0 }) {
            finding.acknowledged = Int(summary.acknowledgedSyncs)
            finding.notes.append(summary.text)
        }
        do {
            try await disk.mount(on: side)
        } catch let damage as DamagedFileSystem {
            finding.isConsistent = false
            finding.missing = finding.acknowledged
            finding.notes.append(damage.text)
            return finding
        }
        try judgeFile(&finding)
        try await disk.unmount()
        do {
            try await disk.checkAll(on: side)
        } catch let damage as DamagedFileSystem {
            finding.isConsistent = false
            finding.notes.append(damage.text)
        }
        return finding
    }

    private func judgeFile(_ finding: inout WorkloadFinding) throws {
        // Without an fsync nobody promised that there is a file.
        guard FileManager.default.fileExists(atPath: file) else {
            finding.missing = finding.acknowledged
            finding.notes.append("the file is not there")
            return
        }
        let verdict = try FileExerciserCheck.judge(record: record, copy: file)
        finding.notes.append(verdict.text)
        guard verdict.lastSync > 0 else { return }
        switch verdict.result {
        case .held: break
        // What is there is older than the last fsync, or wrong; how many were lost the file cannot tell.
        case .broken: finding.missing = 1
        case .unknown: throw BenchFailure("fsx: \(verdict.text)")
        }
    }

    mutating func leave() async {
        await stop()
        await disk.drop()
    }
}
