// What a database client was told, against what is there after a disaster.
//
// Every transaction takes the next number of one counter row and holds that row until it is committed, so that the
// numbers are the order of the commits: 1, 2, 3 … without gaps. A client writes a number down when its commit was
// acknowledged. After a takeover the rows must therefore be exactly 1 … last: a gap would be a write that overtook an
// earlier one. Acknowledged numbers beyond `last` are commits that are lost.

package struct CommitLedger: Hashable, Sendable {
    /// What each client wrote down, in its order.
    package var acknowledged: [[UInt64]]
    /// The numbers that the database holds, ascending.
    package var present: [UInt64]

    package init(acknowledged: [[UInt64]], present: [UInt64]) {
        self.acknowledged = acknowledged
        self.present = present
    }

    /// Numbers from a client's notes, one in a line. A last line without its end was not completed and does not count.
    package static func numbers(in text: String) -> [UInt64] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        lines.removeLast()
        return lines.compactMap { UInt64($0) }
    }

    package var last: UInt64 { present.last ?? 0 }
    package var acknowledgedCount: Int { acknowledged.reduce(0) { $0 + $1.count } }

    /// Acknowledged commits that are not there.
    package var missing: [UInt64] {
        let there = Set(present)
        return acknowledged.flatMap { $0 }.filter { !there.contains($0) }.sorted()
    }

    /// Commits that are there although nobody was told: those under way when the site failed.
    package var unacknowledged: Int {
        let told = Set(acknowledged.flatMap { $0 })
        return present.count { !told.contains($0) }
    }

    /// Whether the rows are 1 … last: a prefix of the global order of commits.
    package var isPrefixOfCommitOrder: Bool {
        present.enumerated().allSatisfy { $0.element == UInt64($0.offset) + 1 }
    }

    /// Whether each client finds the beginning of what it was told, up to some point, and nothing after it.
    package var isPrefixForEachClient: Bool {
        let there = Set(present)
        return acknowledged.allSatisfy { numbers in
            let kept = numbers.prefix { there.contains($0) }.count
            return !numbers.dropFirst(kept).contains { there.contains($0) }
                && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
        }
    }
}
