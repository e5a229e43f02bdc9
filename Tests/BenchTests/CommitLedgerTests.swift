// Does the verdict find a lost commit, a gap, and a client that sees later work without earlier?

import Bench
import Testing

@Suite struct CommitLedgerTests {
    @Test func nothingMissing() {
        let ledger = CommitLedger(acknowledged: [[1, 3], [2]], present: [1, 2, 3, 4])
        #expect(ledger.missing.isEmpty && ledger.unacknowledged == 1 && ledger.last == 4)
        #expect(ledger.isPrefixOfCommitOrder && ledger.isPrefixForEachClient)
    }

    @Test func aLostTailIsAPrefix() {
        let ledger = CommitLedger(acknowledged: [[1, 3, 5], [2, 4]], present: [1, 2, 3])
        #expect(ledger.missing == [4, 5])
        #expect(ledger.isPrefixOfCommitOrder && ledger.isPrefixForEachClient)
    }

    /// The planted fault: a write that overtook an earlier one.
    @Test func aGapIsNoPrefix() {
        let ledger = CommitLedger(acknowledged: [[1, 3], [2]], present: [1, 3])
        #expect(ledger.missing == [2])
        #expect(!ledger.isPrefixOfCommitOrder)
        #expect(ledger.isPrefixForEachClient, "each client by itself cannot see it")
        #expect(!CommitLedger(acknowledged: [[1, 2, 3]], present: [1, 3]).isPrefixForEachClient)
    }

    @Test func anUnfinishedNoteDoesNotCount() {
        #expect(CommitLedger.numbers(in: "1\n2\n31") == [1, 2])
        #expect(CommitLedger.numbers(in: "1\n2\n") == [1, 2])
        #expect(CommitLedger.numbers(in: "") == [])
    }
}
