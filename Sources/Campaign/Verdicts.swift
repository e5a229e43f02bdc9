// What the arrays' own evidence says of a copy, cut down to what an application's finding can be compared with.

package import Bench
internal import Simulator

package struct VerdictSummary: Codable, Hashable, Sendable {
    /// The device group's name.
    package var group: String
    package var result: VerdictReport.Result
    /// Acknowledged writes that the copy misses.
    package var lost: Int
    /// Missing writes of which nobody knows whether the host was told.
    package var possiblyLost: Int
    /// Nil where nothing could be judged.
    package var isPrefix: Bool?
    package var explanation: String

    package init(
        group: String, result: VerdictReport.Result, lost: Int, possiblyLost: Int = 0, isPrefix: Bool?,
        explanation: String = ""
    ) {
        self.group = group
        self.result = result
        self.lost = lost
        self.possiblyLost = possiblyLost
        self.isPrefix = isPrefix
        self.explanation = explanation
    }

    init(_ report: VerdictReport) {
        self.init(
            group: report.group, result: report.result, lost: report.lost.writes, possiblyLost: report.lost.possible,
            isPrefix: report.isPrefix, explanation: report.explanation)
    }
}

package struct TruthSummary: Codable, Hashable, Sendable {
    package var pair: String
    package var isIdentical: Bool
    package var unmarkedDifferingTracks: Int
    /// Nil where there is no secondary.
    package var isUsable: Bool?
    package var problem: String?

    init(_ report: TruthReport) {
        pair = report.pair
        isIdentical = report.isIdentical
        unmarkedDifferingTracks = report.unmarkedDifferingTracks
        isUsable = report.isSecondaryUsable
        problem = report.problem
    }
}

/// Both judgements of one moment.
struct Evidence: Codable, Hashable, Sendable {
    var verdicts: [VerdictReport]
    var truths: [TruthReport]
}

extension RunBench {
    /// - Parameter far: the array whose copy is judged.
    func evidence(of far: Side) async throws -> Evidence {
        let bench = try Bench.open(layout, changing: false)
        return Evidence(
            verdicts: try await bench.verdict(group: Self.group, copy: far.name, namesFiles: false),
            truths: try bench.truth(group: Self.group))
    }
}
