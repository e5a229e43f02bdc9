// Does the judge find out from bytes alone what a copy lacks, and does it notice every copy that is not in order?

import Evidence
import ReplicationCore
import Simulator
import Testing

@Suite struct JudgeTests {
    /// A copy that was cut anywhere in the order is recognised, with the exact number of writes.
    @Test(arguments: [false, true], 0..<10)
    func everyPrefixIsAPrefix(oddities: Bool, seed: Int) throws {
        let desk = try LedgerDesk()
        var dice = Dice(seed: UInt64(seed))
        for _ in 0..<150 { desk.writeSomething(&dice, oddities: oddities) }
        for cut in [0, 1, 75, 149, 150, dice.roll(150)] {
            let finding = try desk.judge(desk.copy { $0 < cut })
            #expect(finding.counterexample == nil && finding.stranger == nil, "cut \(cut)")
            let found = try #require(finding.cuts[0], "cut \(cut)")
            #expect(found.contains(cut), "cut \(cut), found \(found)")
            // A write that later ones cover, or a discard of zeros, need not show.
            #expect(finding.lost.count == 150 - found.upperBound && finding.lost.count <= 150 - cut)
            if !oddities, found.lowerBound != found.upperBound {
                #expect((found.lowerBound..<found.upperBound).allSatisfy { isInvisible($0, desk, cut: cut) })
            }
        }
    }

    /// Whether the change leaves every byte of the copy as it was.
    private func isInvisible(_ index: Int, _ desk: LedgerDesk, cut: Int) -> Bool {
        desk.copy { $0 < index } == desk.copy { $0 <= index }
    }

    /// A copy without one of the writes, and with a later one, is not in order, unless nothing shows of it.
    @Test(arguments: 0..<10) func aHoleInTheOrderIsFound(seed: Int) throws {
        let (holes, found) = try findHoles(seed, oddities: false)
        #expect(holes > 0 && found == holes)
    }

    /// Of a piece that a later one covers in part nobody knows the checksum: among writes that begin and end anywhere
    /// and cover each other all the time, a hole can hide. Most do not.
    @Test func mostHolesBetweenOddWritesAreFound() throws {
        let results = try (0..<10).map { try findHoles($0, oddities: true) }
        let holes = results.reduce(0) { $0 + $1.0 }
        #expect(results.reduce(0) { $0 + $1.1 } * 10 >= holes * 8, "\(results)")
    }

    private func findHoles(_ seed: Int, oddities: Bool) throws -> (holes: Int, found: Int) {
        let desk = try LedgerDesk()
        var dice = Dice(seed: UInt64(100 + seed))
        for _ in 0..<100 { desk.writeSomething(&dice, oddities: oddities) }
        var result = (holes: 0, found: 0)
        for _ in 0..<8 {
            let missing = dice.roll(99)
            let cut = missing + 2 + dice.roll(99 - missing)
            let copy = desk.copy { $0 < cut && $0 != missing }
            guard !(0...100).contains(where: { cut in copy == desk.copy { $0 < cut } }) else { continue }
            let finding = try desk.judge(copy)
            result.holes += 1
            if finding.counterexample != nil || finding.stranger != nil { result.found += 1 }
        }
        return result
    }

    @Test func theSmallestCounterexampleIsNamed() throws {
        let desk = try LedgerDesk()
        for index in 0..<10 {
            desk.write(index % 2, at: index * 4096, [UInt8](repeating: UInt8(index + 1), count: 4096))
        }
        let finding = try desk.judge(desk.copy { $0 != 4 && $0 != 6 && $0 < 9 })
        #expect(finding.counterexample?.earlier == 4 && finding.counterexample?.later == 5)
        #expect(!finding.isAcrossLanes)
    }

    /// What was never acknowledged may be there, not be there, or be there in part.
    @Test func unacknowledgedWritesAreNoErrors() throws {
        let desk = try LedgerDesk()
        desk.write(0, at: 0, [UInt8](repeating: 1, count: 8192))
        desk.write(0, at: 0, [UInt8](repeating: 2, count: 8192), state: .begun)
        desk.write(0, at: 16384, [UInt8](repeating: 3, count: 8192), state: .failed)
        desk.write(1, at: 0, [UInt8](repeating: 4, count: 4096))
        for there in [[0, 1, 2, 3], [0, 3], [0, 1, 3], [0, 2, 3]] {
            let finding = try desk.judge(desk.copy { there.contains($0) })
            #expect(finding.lost.isEmpty && finding.counterexample == nil && finding.stranger == nil)
            #expect(finding.uncertain.present == there.count - 2 && finding.uncertain.absent == 4 - there.count)
        }
        var torn = desk.copy { $0 != 1 && $0 != 2 }
        torn[0].replaceSubrange(0..<1024, with: [UInt8](repeating: 2, count: 1024))
        let finding = try desk.judge(torn)
        #expect(finding.uncertain.torn == 1 && finding.lost.isEmpty && finding.counterexample == nil)
    }

    /// An acknowledged write that is torn is not there, and what came after it shows that it should be.
    @Test func aTornAcknowledgedWriteIsFound() throws {
        let desk = try LedgerDesk()
        desk.write(0, at: 0, [UInt8](repeating: 1, count: 4096))
        desk.write(0, at: 0, [UInt8](repeating: 2, count: 4096))
        desk.write(1, at: 0, [UInt8](repeating: 3, count: 4096))
        var torn = desk.copy { _ in true }
        torn[0].replaceSubrange(0..<512, with: [UInt8](repeating: 9, count: 512))
        let finding = try desk.judge(torn)
        #expect(finding.counterexample != nil || finding.stranger != nil)
    }

    /// The host may have been told, or not: neither lost for certain nor harmless.
    @Test func whatMayHaveBeenToldIsCountedApart() throws {
        let desk = try LedgerDesk()
        desk.write(0, at: 0, [UInt8](repeating: 1, count: 4096))
        desk.write(0, at: 4096, [UInt8](repeating: 2, count: 4096), state: .answering)
        let finding = try desk.judge(desk.copy { $0 == 0 })
        #expect(finding.lost.isEmpty && finding.possiblyLost.count == 1)
    }

    /// Pairs that the arrays do not keep in one order are held to what hosts can see: b began after a was acknowledged.
    @Test func disorderAcrossLanesIsFound() throws {
        let desk = try LedgerDesk(lanes: [0, 1])
        for index in 0..<6 {
            desk.write(index % 2, at: index * 4096, [UInt8](repeating: UInt8(index + 1), count: 4096))
        }
        #expect(try desk.judge(desk.copy { $0 < 4 }).counterexample == nil)
        let finding = try desk.judge(desk.copy { $0 % 2 == 0 || $0 < 2 })
        #expect(finding.isAcrossLanes && finding.counterexample?.earlier == 3 && finding.counterexample?.later == 4)
        #expect(finding.cuts == [3...3, 1...1])
    }

    /// Blocks read one after the other while the copy goes on: what has come must not be gone later.
    @Test func aMovingCopyMayOnlyGoForward() throws {
        let desk = try LedgerDesk()
        for index in 0..<12 { desk.write(0, at: index * 4096, [UInt8](repeating: UInt8(index + 1), count: 4096)) }
        for index in 0..<12 { desk.write(0, at: index * 4096, [UInt8](repeating: UInt8(index + 101), count: 4096)) }
        var copy = desk.copy { _ in false }
        for block in 0..<12 {
            let seen = desk.copy { $0 < 12 + block / 2 }
            copy[0].replaceSubrange(block * 4096..<(block + 1) * 4096, with: seen[0][block * 4096..<(block + 1) * 4096])
        }
        #expect(try desk.judge(copy, isMoving: true).counterexample == nil)
        copy[0].replaceSubrange(11 * 4096..<12 * 4096, with: [UInt8](repeating: 0, count: 4096))
        copy[0].replaceSubrange(0..<4096, with: [UInt8](repeating: 101, count: 4096))
        #expect(try desk.judge(copy, isMoving: true).counterexample != nil)
    }

    /// While this array was the secondary, a copy took writes back that its hosts had once been told were done.
    @Test func aCopyMayBringBackWhatWasThereBefore() throws {
        let desk = try LedgerDesk()
        let old = [UInt8](repeating: 1, count: 4096)
        desk.write(0, at: 0, old)
        desk.write(0, at: 0, [UInt8](repeating: 2, count: 4096))
        desk.write(1, at: 0, [UInt8](repeating: 3, count: 4096))
        desk.receiveCopy(0, at: 0, old + [UInt8](repeating: 7, count: 4096))
        desk.write(1, at: 4096, [UInt8](repeating: 4, count: 4096))
        let finding = try desk.judge(desk.copy { _ in true })
        #expect(finding.counterexample == nil && finding.lost.isEmpty && finding.stranger == nil)
        #expect(try desk.judge(desk.copy { $0 < 4 }).lost.count == 1)
    }

    /// A discard of nearly everything is judged where other writes are.
    @Test func aWideDiscardIsAWrite() throws {
        let desk = try LedgerDesk()
        desk.write(0, at: 0, [UInt8](repeating: 1, count: 4096))
        desk.write(0, at: 0, [UInt8](repeating: 0, count: 64 * 4096), isDiscard: true)
        desk.write(0, at: 8192, [UInt8](repeating: 3, count: 4096))
        #expect(try desk.judge(desk.copy { _ in true }).lost.isEmpty)
        #expect(try desk.judge(desk.copy { $0 < 1 }).lost.count == 2)
        #expect(try desk.judge(desk.copy { $0 != 1 }).counterexample != nil)
    }

    /// A volume that was the secondary of a local copy, and then a remote primary: nobody looks for what its hosts wrote
    /// before, and everything written afterwards counts.
    @Test func whatALocalCopyOverwroteIsNotLost() throws {
        let desk = try LedgerDesk()
        desk.write(0, at: 0, [UInt8](repeating: 1, count: 4096))
        desk.write(1, at: 0, [UInt8](repeating: 2, count: 4096))
        desk.overwriteLocally(0, with: 9)
        desk.write(0, at: 4096, [UInt8](repeating: 3, count: 4096))
        let whole = try desk.judge(desk.source)
        #expect(whole.lost.isEmpty && whole.stranger == nil && whole.counterexample == nil)
        var lacking = desk.source
        lacking[0].replaceSubrange(4096..<8192, with: [UInt8](repeating: 9, count: 4096))
        #expect(try desk.judge(lacking).lost.count == 1)
    }
}
