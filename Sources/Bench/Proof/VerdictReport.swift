// What is to be said of a copy after a failure: the one honest sentence, and what it rests on. Times are wall clock,
// nanoseconds since 1970 where a key ends in `At`. The keys of the JSON are the names here and are pinned by a test.

internal import Foundation

package struct VerdictReport: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Hashable, Sendable, CaseIterable {
        /// Every write that a host was told is done is on the copy.
        case nothingLost = "nothing lost"
        /// Acknowledged writes are missing, and no later one is there without an earlier one.
        case writesLost = "writes lost"
        /// A later write is there, an earlier one is not; or a block holds what no host wrote.
        case outOfOrder = "out of order"
        /// A copy is running or was interrupted: the copy is neither old nor new.
        case notAPointInTime = "not a point in time"
        /// The ledger cannot tell: it is damaged, missing, switched off, or forgot too much.
        case unknown
    }

    package struct Lost: Codable, Hashable, Sendable {
        /// Acknowledged writes and discards that are not on the copy.
        package var writes = 0
        package var bytes: UInt64 = 0
        /// Besides: writes of which nobody knows whether the host was told before its array was killed.
        package var possible = 0
        /// Age of the oldest lost write when the last write was acknowledged.
        package var oldestAgeMilliseconds = 0.0
        package var oldestAt: UInt64?
        package var ranges: [Range] = []
        /// Ranges that are not listed.
        package var rangesLeftOff = 0
        package init() {}
    }

    /// Bytes of a volume, in the array whose hosts wrote.
    package struct Range: Codable, Hashable, Sendable {
        package var ldev: String
        package var offset: UInt64
        package var bytes: UInt64
        /// Where they belong to a file: its path in the file system, or what else they are.
        package var file: String?
    }

    package struct RecoveryPoint: Codable, Hashable, Sendable {
        /// From the newest acknowledged write that is on the copy to the last acknowledged write of all.
        package var milliseconds = 0.0
        package var writes = 0
        package init() {}
    }

    /// One order of writes: a consistency group, or a pair that stands alone.
    package struct Lane: Codable, Hashable, Sendable {
        package var volumes: [String]
        /// Writes and discards in the ledger's window.
        package var writes: Int
        /// The first so many of them are on the copy; from–to where the bytes cannot tell several cuts apart. Null if
        /// there is no such number.
        package var cut: [Int]?
        /// The sequence number of the last write before the cut.
        package var cutSequence: UInt64?
        /// What the array that holds the copy says that it applied.
        package var claimedSequence: UInt64?
    }

    /// A write as a proof names it.
    package struct NamedWrite: Codable, Hashable, Sendable {
        package var ldev: String
        package var offset: UInt64
        package var bytes: UInt64
        package var sequence: UInt64
        package var begunAt: UInt64
        package var acknowledgedAt: UInt64?
    }

    package struct Counterexample: Codable, Hashable, Sendable {
        /// This write is there …
        package var present: NamedWrite
        /// … and this one, which came before it, is not.
        package var missing: NamedWrite
        /// The two are in pairs that the arrays do not keep in one order.
        package var isAcrossPairs: Bool
    }

    package struct Uncertain: Codable, Hashable, Sendable {
        package var present = 0
        package var absent = 0
        package var torn = 0
        package init() {}
    }

    package var group: String
    /// The array that holds the copy.
    package var judged: String
    /// The array whose hosts wrote.
    package var history: String
    package var at: UInt64
    package var result: Result
    package var lost = Lost()
    package var recoveryPoint = RecoveryPoint()
    package var isPrefix: Bool?
    package var lanes: [Lane] = []
    package var counterexample: Counterexample?
    /// Writes that failed or were never answered: they may be there or not.
    package var unacknowledged = Uncertain()
    /// Acknowledged writes that are not even in the array that acknowledged them; null if that could not be looked at.
    package var missingAtSource: Int?
    package var blocksJudged = 0
    package var blocksSkipped = 0
    /// False if the ledger has forgotten a part of the history: the counts are at least so large.
    package var isComplete = true
    /// Sentences for people.
    package var explanation = ""

    package init(group: String, judged: String, history: String, result: Result = .unknown) {
        self.group = group
        self.judged = judged
        self.history = history
        self.result = result
        at = UInt64(Date().timeIntervalSince1970 * 1_000_000_000)
    }

    package static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
