// Random histories, cut where an array may be lost: is every prefix judged in order with the right number, and every
// history without one of its writes out of order?

import Testing
import Workload

@Suite struct HistoryTests {
    /// A history one write after another, with overlaps, over two volumes.
    private func history(_ dice: inout Dice, discards: Bool) -> HandMadeRun {
        var run = HandMadeRun()
        for _ in 0..<Int.random(in: 2...60, using: &dice) {
            let length = UInt64.random(in: 1...8, using: &dice) * 512
            let sectors = (UInt64(HandMadeRun.blocks) * HandMadeRun.block - length) / 512
            let isDiscard = discards && Int.random(in: 0..<5, using: &dice) == 0
            run.done(
                isDiscard ? .discard : .write, Int.random(in: 0...1, using: &dice),
                at: UInt64.random(in: 0...sectors, using: &dice) * 512, length)
        }
        return run
    }

    @Test(arguments: 0..<200) func aPrefixIsInOrder(_ seed: UInt64) {
        var dice = Dice(state: seed)
        let run = history(&dice, discards: false)
        let count = run.history.operations.count
        let cut = Int.random(in: 1...count, using: &dice)
        let verdict = run.judge(run.copies(without: Set(cut..<count)))
        #expect(verdict.result == (cut == count ? .nothingLost : .lostButInOrder))
        #expect(verdict.lost + verdict.torn == count - cut, "seed \(seed), cut at \(cut) of \(count)")
        #expect(verdict.undecided == 0 && verdict.badSectors == 0)
        #expect(count == cut || verdict.oldestLost?.sequence == UInt64(cut + 1))
    }

    @Test(arguments: 0..<200) func aPrefixWithoutOneWriteIsOutOfOrder(_ seed: UInt64) {
        var dice = Dice(state: seed)
        let run = history(&dice, discards: false)
        let count = run.history.operations.count
        let cut = Int.random(in: 1...count, using: &dice)
        let removed = Int.random(in: 0..<cut, using: &dice)
        let copies = run.copies(without: Set(cut..<count).union([removed]))
        let verdict = run.judge(copies)
        // Two copies with the same bytes cannot be told apart: the removed write was overwritten, or was the last one.
        if copies == run.copies(without: Set(cut..<count)) {
            #expect(verdict.disorder == nil)
        } else if removed == cut - 1 {
            #expect(verdict.result == .lostButInOrder || verdict.result == .unknown)
        } else {
            #expect(verdict.result == .outOfOrder, "seed \(seed): \(removed) of \(cut)")
            #expect(verdict.disorder?.missing.sequence == UInt64(removed + 1))
        }
    }

    @Test(arguments: 0..<200) func discardsNeverMakeAFalseAlarm(_ seed: UInt64) {
        var dice = Dice(state: seed)
        let run = history(&dice, discards: true)
        let count = run.history.operations.count
        let cut = Int.random(in: 0...count, using: &dice)
        let verdict = run.judge(run.copies(without: Set(cut..<count)))
        #expect(verdict.disorder == nil && verdict.badSectors == 0, "seed \(seed)")
        #expect(verdict.lost + verdict.torn <= count - cut)
        #expect(verdict.lost + verdict.torn + verdict.undecided >= count - cut)
    }
}

struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var word = state ^ (state >> 33)
        word = word &* 0xFF51_AFD7_ED55_8CCD
        return word ^ (word >> 33)
    }
}
