// What the arrays' own evidence says of a copy, cut down to what an application's finding can be compared with.

internal import Bench
internal import Simulator

package struct VerdictSummary: Codable, Hashable, Sendable {
    /// The replication group's name.
    package var group: String
    /// One of `nothing lost`, `writes lost`, `out of order`, `not a point in time`, `unknown`.
    package var result: String
    /// Acknowledged writes that the copy misses.
    package var lost: Int
    package var isPrefix: Bool
    package var explanation: String

    package init(group: String, result: String, lost: Int, isPrefix: Bool, explanation: String) {
        self.group = group
        self.result = result
        self.lost = lost
        self.isPrefix = isPrefix
        self.explanation = explanation
    }
}

package struct TruthSummary: Codable, Hashable, Sendable {
    package var pair: String
    package var isIdentical: Bool
    package var unmarkedDifferingTracks: Int
    package var isUsable: Bool
    package var problem: String?

    package init(
        pair: String, isIdentical: Bool, unmarkedDifferingTracks: Int, isUsable: Bool, problem: String? = nil
    ) {
        self.pair = pair
        self.isIdentical = isIdentical
        self.unmarkedDifferingTracks = unmarkedDifferingTracks
        self.isUsable = isUsable
        self.problem = problem
    }
}

/// Both judgements of one moment; nil while a build has none.
struct Evidence: Codable, Hashable, Sendable {
    var verdicts: [VerdictSummary]?
    var truths: [TruthSummary]?
}

extension RunBench {
    /// - Parameter far: the array whose copy is judged.
    func evidence(of far: Side) async throws -> Evidence { Evidence() }
}
