// Verdict and truth for people.

internal import Foundation

extension VerdictReport.Result {
    /// The exit status of `arraybench verdict`.
    package var exitStatus: Int {
        switch self {
        case .nothingLost: 0
        case .writesLost: 2
        case .outOfOrder: 3
        case .notAPointInTime, .unknown: 4
        }
    }
}

package enum VerdictScreen {
    package static func text(_ reports: [VerdictReport]) -> String {
        reports.isEmpty ? "no verdict\n" : reports.map(text).joined(separator: "\n")
    }

    private static func text(_ report: VerdictReport) -> String {
        var lines = ["group \(report.group): \(report.result.rawValue.uppercased())"]
        lines.append("  \(report.explanation)")
        lines.append(
            "  judged: the copy on \(report.judged), by the ledger of \(report.history), at \(time(report.at))")
        guard report.isPrefix != nil else { return lines.joined(separator: "\n") + "\n" }
        lines.append(
            "  recovery point: \(VerdictWords.milliseconds(report.recoveryPoint.milliseconds)), "
                + "\(VerdictWords.count(report.recoveryPoint.writes, "write"))")
        for lane in report.lanes {
            let cut = lane.cut.map { $0[0] == $0[1] ? "\($0[0])" : "\($0[0]) to \($0[1])" } ?? "no number"
            lines.append(
                "  \(lane.volumes.joined(separator: ", ")): the first \(cut) of \(lane.writes) writes"
                    + (lane.cutSequence.map { ", up to sequence \($0)" } ?? "")
                    + (lane.claimedSequence.map { " (the array says \($0))" } ?? ""))
        }
        if let proof = report.counterexample {
            lines += ["  there:   \(write(proof.present))", "  missing: \(write(proof.missing))"]
        }
        for range in report.lost.ranges.prefix(10) {
            lines.append(
                "  lost: \(range.ldev) \(range.offset) + \(range.bytes)" + (range.file.map { "  \($0)" } ?? ""))
        }
        let more = report.lost.ranges.count + report.lost.rangesLeftOff - 10
        if more > 0 { lines.append("  lost: \(more) more ranges") }
        let uncertain = report.unacknowledged
        if uncertain.present + uncertain.absent + uncertain.torn > 0 {
            lines.append(
                "  never acknowledged: \(uncertain.present) there, \(uncertain.absent) not there, \(uncertain.torn) torn"
            )
        }
        lines.append(
            "  \(report.blocksJudged) blocks judged"
                + (report.blocksSkipped > 0
                    ? ", \(report.blocksSkipped) could not be (written since, or not held)" : ""))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func write(_ write: VerdictReport.NamedWrite) -> String {
        "\(write.ldev) \(write.offset) + \(write.bytes), begun \(time(write.begunAt))"
            + (write.acknowledgedAt.map { ", acknowledged \(time($0))" } ?? ", not acknowledged")
    }

    static func time(_ nanoseconds: UInt64) -> String {
        let date = Date(timeIntervalSince1970: Double(nanoseconds / 1_000_000) / 1000)
        return date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
    }
}

package enum TruthScreen {
    package static func text(_ reports: [TruthReport]) -> String {
        reports.map(text).joined(separator: "\n")
    }

    private static func text(_ report: TruthReport) -> String {
        var lines = ["group \(report.group), pair \(report.pair)"]
        for side in report.sides {
            lines.append(
                "  \(side.array) \(side.ldev): \(side.role ?? "simplex")\(side.status.map { ", \($0)" } ?? "")"
                    + ", \(VerdictWords.count(side.markedTracks, "track")) marked, \(side.tracksInFlight) in flight"
                    + (side.isRunning ? "" : ", not running"))
        }
        lines.append(
            report.isIdentical
                ? "  bytes: identical"
                : "  bytes: \(VerdictWords.count(report.differingTracks, "track")) of \(report.trackCount) "
                    + "differ\(report.differingTracks == 1 ? "s" : "") (\(runs(report))), "
                    + (report.unmarkedDifferingTracks == 0
                        ? "all of them marked or in flight" : "\(report.unmarkedDifferingTracks) of them unmarked"))
        if let suspension = report.suspension { lines.append("  suspended: \(suspension)") }
        if let usable = report.isSecondaryUsable { lines.append("  secondary: \(usable ? "usable" : "not usable")") }
        if let since = report.staleSince {
            let age = report.staleMilliseconds.map { ", \(VerdictWords.milliseconds($0)) before the last write" } ?? ""
            lines.append("  as of \(VerdictScreen.time(since))\(age)")
        }
        if let problem = report.problem { lines.append("  CONTRADICTION: \(problem)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func runs(_ report: TruthReport) -> String {
        let shown = report.differing.prefix(6).map { $0[0] == $0[1] ? "\($0[0])" : "\($0[0])-\($0[1])" }
        return shown.joined(separator: ", ") + (report.differing.count > 6 ? ", …" : "")
    }
}
