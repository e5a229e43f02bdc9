// Counting what is lost, and saying it.

internal import Evidence
internal import Foundation
internal import ReplicationCore

extension VerdictReport {
    /// Ranges that a report lists at most.
    static let rangeLimit = 64

    mutating func noteLost(_ writes: [HistoricWrite], possible: Int, _ history: WriteHistory) {
        lost.writes = writes.count
        lost.bytes = writes.reduce(0) { $0 + $1.extent.count }
        lost.possible = possible
        let told = history.writes.filter(\.isAcknowledged).compactMap(\.answered)
        let end = told.max() ?? 0
        if let oldest = writes.compactMap(\.answered).min() {
            lost.oldestAt = oldest
            lost.oldestAgeMilliseconds = Double(end - min(end, oldest)) / 1_000_000
        }
        recoveryPoint.writes = writes.count
        if !writes.isEmpty {
            let gone = Set(writes.map(\.ordinal))
            let newest = history.writes.filter { $0.isAcknowledged && !gone.contains($0.ordinal) }.compactMap(
                \.answered
            ).max()
            recoveryPoint.milliseconds = Double(end - min(end, newest ?? lost.oldestAt ?? end)) / 1_000_000
        }
        for volume in history.volumes.indices {
            let extents = OverwrittenBytes.joined(writes.filter { $0.volume == volume }.map(\.extent))
            lost.ranges += extents.map {
                Range(ldev: history.volumes[volume].source.description, offset: $0.offset, bytes: $0.count)
            }
        }
        lost.rangesLeftOff = max(0, lost.ranges.count - Self.rangeLimit)
        lost.ranges = Array(lost.ranges.prefix(Self.rangeLimit))
    }
}

/// The sentences of a verdict.
enum VerdictWords {
    static func explain(_ report: inout VerdictReport) {
        var sentences: [String] = []
        switch report.result {
        case .nothingLost:
            sentences.append("Every write that a host was told is done is on \(report.judged).")
        case .writesLost:
            sentences.append(
                "\(count(report.lost.writes, "acknowledged write")) (\(QuantityText.describe(roughly: report.lost.bytes))) "
                    + "\(report.lost.writes == 1 ? "is" : "are") not on \(report.judged); the oldest was acknowledged "
                    + "\(milliseconds(report.lost.oldestAgeMilliseconds)) before the last one.")
        case .outOfOrder: sentences.append("The copy on \(report.judged) is not in order.")
        case .notAPointInTime, .unknown: break
        }
        if let proof = report.counterexample { sentences.append(sentence(proof)) }
        if report.isPrefix == true, report.result == .writesLost {
            sentences.append("What is there is a prefix of what the hosts wrote, over all volumes of the group.")
        }
        if report.isPrefix == false, report.counterexample == nil {
            sentences.append("A block holds something that no host wrote.")
        }
        if report.lost.possible > 0 {
            sentences.append(
                "Of \(count(report.lost.possible, "more missing write")) it is not known whether the host was told "
                    + "before its array died.")
        }
        if let missing = report.missingAtSource, missing > 0 {
            sentences.append(
                "\(count(missing, "acknowledged write")) \(missing == 1 ? "is" : "are") not even on \(report.history), "
                    + "which acknowledged \(missing == 1 ? "it" : "them").")
        }
        if !report.isComplete {
            sentences.append("The ledger of \(report.history) does not reach back far enough: there may be more.")
        }
        report.explanation = sentences.joined(separator: " ")
    }

    private static func sentence(_ proof: VerdictReport.Counterexample) -> String {
        func say(_ write: VerdictReport.NamedWrite) -> String {
            "\(write.bytes) bytes at \(write.offset) of \(write.ldev)"
                + (write.sequence > 0 ? " (number \(write.sequence))" : "")
        }
        return "The write of \(say(proof.present)) is there; the earlier one of \(say(proof.missing)) is not"
            + (proof.isAcrossPairs ? ": the pairs are not kept in one order." : ".")
    }

    static func milliseconds(_ value: Double) -> String {
        value >= 10_000 ? String(format: "%.1f s", value / 1000) : String(format: "%.1f ms", value)
    }

    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
