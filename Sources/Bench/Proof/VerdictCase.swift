// One judgement of a verdict: from what can be trusted, through what the bytes say, to a report. What cannot be trusted
// ends it early, with "unknown" or "not a point in time"; nothing is guessed.

internal import Evidence
internal import Foundation
internal import Platform
internal import ReplicationCore
internal import VolumeStore

/// One judgement: some pairs of a group, in one direction.
struct VerdictCase {
    private let bench: Bench
    private let pairs: [PairSides]
    private let copyArray: String
    private let historyArray: String
    private var report: VerdictReport

    init(_ bench: Bench, _ group: String, _ pairs: [PairSides], copy: String, history: String) {
        self.bench = bench
        self.pairs = pairs
        copyArray = copy
        historyArray = history
        report = VerdictReport(group: group, judged: copy, history: history)
    }

    private var copies: [PairSide] { pairs.compactMap { $0.side(at: copyArray) } }
    private var sources: [PairSide] { pairs.compactMap { $0.opposite(of: copyArray) } }

    mutating func judge() -> VerdictReport {
        guard copies.contains(where: { $0.pair != nil }) || sources.contains(where: { $0.pair != nil }) else {
            return unknown("The volumes are not in a pair: there is no copy to judge.")
        }
        if let unusable = copies.first(where: { isUnusable($0) }) {
            report.result = .notAPointInTime
            let state = unusable.pair?.status == .copying ? "A copy is running" : "A copy was interrupted"
            report.explanation =
                "\(state) on \(unusable.array) \(unusable.ldev): the copy is neither old nor new, and not usable."
            return report
        }
        do {
            let image = try bench.stateReader(of: historyArray).ledger()
            if let reason = distrust(image) { return unknown(reason) }
            return try judge(image)
        } catch let problem as LedgerProblem {
            return unknown("The ledger of \(historyArray) cannot be used: \(problem).")
        } catch {
            let isOff = bench.description.array(named: historyArray)?.ledgerBytes == 0
            return unknown(isOff ? "The ledger of \(historyArray) is switched off." : "\(error).")
        }
    }

    private func isUnusable(_ side: PairSide) -> Bool {
        guard let pair = side.pair, side.isSecondary else { return false }
        return pair.status == .copying || !pair.isUsable
    }

    private mutating func unknown(_ reason: String) -> VerdictReport {
        report.result = .unknown
        report.explanation = reason
        return report
    }

    /// Why this ledger cannot carry a verdict; nil if it can.
    private func distrust(_ image: LedgerImage) -> String? {
        if let place = image.damage.first {
            return
                "The ledger of \(historyArray) is damaged (\(image.damage.count) entries, the first is number \(place))."
        }
        let crash = image.records.last { $0.entry.kind == .start && $0.entry.offset == 0 }
        guard let crash else { return nil }
        let paired = sources.allSatisfy { source in
            image.records.contains { record in
                guard record.ordinal > crash.ordinal, record.entry.ldev == source.ldev,
                    let note = PairStateNote(record.entry)
                else { return false }
                return note.status == .paired && !note.isInherited
            }
        }
        return paired ? nil : "The machine of \(historyArray) went down: what its ledger had last may be lost."
    }

    // MARK: Judging

    private mutating func judge(_ first: LedgerImage) throws -> VerdictReport {
        let volumes = judgedVolumes()
        let isMoving =
            copies.contains { $0.isSecondary && $0.pair?.status == .paired } && isRunning(copyArray)
            && isRunning(historyArray)
        let isHostWritten = copies.contains(where: \.isHostWritable)
        let readers = try volumes.map { volume in
            try VolumeReader(path: bench.stateReader(of: copyArray).volumePath(volume.copy))
        }
        var held: HeldBlocks?
        var image = first
        if isMoving || (isHostWritten && isRunning(copyArray)) {
            // What is read may change under our hands: it is kept first, and judged by what is known afterwards.
            held = HeldBlocks(WriteHistory(first, volumes: volumes), readers, bench.progress)
            image = try bench.stateReader(of: historyArray).ledger()
        }
        let history = WriteHistory(image, volumes: volumes)
        let overwritten = try OverwrittenBytes(bench.stateReader(of: copyArray), copies, volumes, copyArray)
        if overwritten.isUnknown {
            return unknown(
                "The hosts of \(copyArray) have written to the copy for longer than its ledger remembers.")
        }
        let finding = CopyJudge(history) { payloadChecksum(slice: $0) }.judge(
            isMoving: isMoving, isOverwritten: { overwritten.contains($0, $1) },
            read: { volume, offset, count in
                held.map { $0.bytes(volume, offset, count) } ?? readers[volume].bytes(at: offset, count: count)
            }, progress: { bench.progress("judging the copy", $0) })
        report.isComplete = isComplete(image)
        conclude(history, finding, volumes, isMoving: isMoving)
        report.missingAtSource = lookAtSource(history, volumes, length: image.ordinals.upperBound)
        VerdictWords.explain(&report)
        return report
    }

    private func isRunning(_ array: String) -> Bool { bench.process(of: array) != nil }

    /// Pairs that share a stream and its end share a lane.
    private func judgedVolumes() -> [JudgedVolume] {
        var lanes: [String] = []
        return pairs.compactMap { pair in
            guard let copy = pair.side(at: copyArray), let source = pair.opposite(of: copyArray) else { return nil }
            let group = copy.stored ?? source.stored
            let status = copy.pair.map { "\($0.status)" } ?? "-"
            let key = group.map { "\($0.record.id) \(status)" } ?? "alone \(pair.name)"
            if !lanes.contains(key) { lanes.append(key) }
            return JudgedVolume(
                source: source.ldev, copy: copy.ldev, byteCount: pair.byteCount, lane: lanes.firstIndex(of: key)!)
        }
    }

    /// Whether the ledger reaches back to where the copy certainly had everything.
    private func isComplete(_ image: LedgerImage) -> Bool {
        sources.indices.allSatisfy { index in
            let records = image.records.filter { $0.entry.ldev == sources[index].ldev }
            let notes = records.compactMap { PairStateNote($0.entry) }.filter { !$0.isInherited && $0.role == .primary }
            if notes.contains(where: \.status.isReplicating) { return true }
            if !image.hasForgotten, !notes.isEmpty { return true }
            guard let applied = copies[index].stored?.applied.value,
                let oldest = records.first(where: { $0.entry.kind == .write && $0.entry.sequence != .none })
            else { return false }
            let isReplicating = sources[index].pair?.status.isReplicating == true
            return oldest.entry.sequence.value <= applied + 1 && (isReplicating || !notes.isEmpty)
        }
    }

    private mutating func conclude(
        _ history: WriteHistory, _ finding: CopyFinding, _ volumes: [JudgedVolume], isMoving: Bool
    ) {
        report.blocksJudged = finding.blocksJudged
        report.blocksSkipped = finding.blocksSkipped
        report.unacknowledged.present = finding.uncertain.present
        report.unacknowledged.absent = finding.uncertain.absent
        report.unacknowledged.torn = finding.uncertain.torn
        report.isPrefix = finding.counterexample == nil && finding.stranger == nil
        if let (earlier, later) = finding.counterexample {
            report.counterexample = VerdictReport.Counterexample(
                present: named(history, later), missing: named(history, earlier), isAcrossPairs: finding.isAcrossLanes)
        }
        report.noteLost(finding.lost.map { history.writes[$0] }, possible: finding.possiblyLost.count, history)
        report.lanes = lanes(history, finding, volumes)
        report.result =
            if report.isPrefix == false {
                .outOfOrder
            } else if finding.lost.isEmpty {
                report.isComplete ? .nothingLost : .unknown
            } else {
                .writesLost
            }
    }

    private func lanes(
        _ history: WriteHistory, _ finding: CopyFinding, _ volumes: [JudgedVolume]
    ) -> [VerdictReport.Lane] {
        history.laneCounts.indices.map { lane in
            let members = volumes.indices.filter { volumes[$0].lane == lane }
            let cut = finding.cuts[lane]
            let last = cut.flatMap { cut in
                history.writes.last {
                    $0.position < cut.upperBound && $0.sequence != .none && $0.state != nil
                        && volumes[$0.volume].lane == lane
                }
            }
            let copy = copies.first { copy in members.contains { volumes[$0].copy == copy.ldev } }
            return VerdictReport.Lane(
                volumes: members.map { volumes[$0].copy.description }, writes: history.laneCounts[lane],
                cut: cut.map { [$0.lowerBound, $0.upperBound] }, cutSequence: last?.sequence.value,
                claimedSequence: copy?.isSecondary == true ? copy?.stored?.applied.value : nil)
        }
    }

    private func named(_ history: WriteHistory, _ index: Int) -> VerdictReport.NamedWrite {
        let write = history.writes[index]
        return VerdictReport.NamedWrite(
            ldev: history.volumes[write.volume].source.description, offset: write.extent.offset,
            bytes: write.extent.count, sequence: write.sequence.value, begunAt: write.begun,
            acknowledgedAt: write.isAcknowledged ? write.answered : nil)
    }

    /// Whether the array that acknowledged has what it acknowledged (I6). Only what stands still can be looked at, and
    /// only a volume that nobody has copied to since.
    private func lookAtSource(_ history: WriteHistory, _ volumes: [JudgedVolume], length: UInt64) -> Int? {
        guard sources.allSatisfy({ $0.role == .primary }) else { return nil }
        let readers = volumes.map { volume in
            try? VolumeReader(path: bench.stateReader(of: historyArray).volumePath(volume.source))
        }
        let finding = CopyJudge(history) { payloadChecksum(slice: $0) }.judge(
            read: { volume, offset, count in readers[volume]?.bytes(at: offset, count: count) },
            progress: { bench.progress("looking at the source", $0) })
        guard bench.stateReader(of: historyArray).ledgerLength() == length else { return nil }
        let isWhole = finding.counterexample == nil && finding.stranger == nil
        return isWhole ? finding.lost.count : max(1, finding.lost.count)
    }
}

private func payloadChecksum(slice: ArraySlice<UInt8>) -> UInt32 {
    unsafe slice.withUnsafeBytes { unsafe Platform.payloadChecksum($0) }
}
