// Stamped direct writes to both raw volumes, of many sizes, with discards, flushes and writes that depend on each other.
// Its own record, on the host's disk, says what was acknowledged and in which order; the stamps say what is there.

internal import Bench
internal import Foundation
internal import Simulator
internal import Workload

struct StampedWorkload: CampaignWorkload {
    private let stage: WorkloadStage
    private var load: StampedLoad?
    private var hasDiscards = false

    private var record: String { stage.folder + "/stamped.record" }

    init(_ stage: WorkloadStage) { self.stage = stage }

    mutating func begin(on side: Side) async throws {
        // What the prologue left there must not pass for a stamp.
        for volume in [0, 1] { try await stage.bench.erase(side, volume) }
        var dice = Dice(seed: stage.seed)
        var plan = LoadPlan(targets: [0, 1].map { stage.bench.device(side, $0) }, record: record)
        plan.mix = [BlockShare(bytes: 4096, weight: 6), BlockShare(bytes: 512, weight: 1)]
        if dice.chance(60) { plan.mix.append(BlockShare(bytes: dice.pick([8, 24, 64, 132]) << 10, weight: 1)) }
        plan.queueDepth = dice.pick([1, 3, 6, 12])
        plan.flushPercent = dice.pick([0, 2, 10])
        plan.discardPercent = dice.pick([0, 0, 3, 10])
        plan.dependentPercent = dice.pick([0, 20])
        plan.rate = dice.pick([500, 2000, 6000])
        plan.onError = .retry
        plan.seed = stage.seed
        hasDiscards = plan.discardPercent > 0
        let ready = plan
        load = try await onThread("start load", seconds: RunBench.patienceSeconds) {
            Result { () throws(WorkloadFailure) in try StampedLoad.start(ready) }
        }?.get()
    }

    mutating func end(inOrder: Bool) async throws {
        guard let load else { return }
        let statistics = try await onThread("end load", seconds: RunBench.patienceSeconds) {
            Result { () throws(WorkloadFailure) in try load.stop(patience: 10) }
        }?.get()
        self.load = nil
        guard let statistics, statistics.outstanding > 0 else { return }
        throw RunProblem(.stopped, "\(statistics.outstanding) writes hang for more than 10 s")
    }

    mutating func judge(on side: Side) async throws -> WorkloadFinding {
        let copies = [0, 1].map { stage.bench.device(side, $0) }
        let (record, acrossVolumes) = (record, stage.sharesOrder)
        let verdict = try await onThread("judge stamps", seconds: RunBench.patienceSeconds) {
            Result { () throws(WorkloadFailure) in
                try StampCheck.judge(record: record, copies: copies, acrossVolumes: acrossVolumes)
            }
        }?.get()
        guard let verdict else { throw BenchFailure("the stamps cannot be read from \(copies)") }
        try verdict.text.write(toFile: stage.folder + "/stamped.verdict", atomically: true, encoding: .utf8)
        var finding = WorkloadFinding()
        finding.acknowledged = verdict.acknowledged
        finding.missing = verdict.lost + verdict.torn
        // A discard of what was zeros already shows nowhere.
        finding.countsWrites = !hasDiscards
        finding.isConsistent = verdict.badSectors == 0
        finding.isPrefix = verdict.result != .outOfOrder && verdict.dependenciesBroken == 0
        finding.notes = verdict.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        guard verdict.result != .unknown else { throw BenchFailure(verdict.text) }
        return finding
    }

    mutating func leave() async { try? await end(inOrder: false) }
}
