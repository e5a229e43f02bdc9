// Does the judge see what is lost, what is out of order and what is damaged, and never say more than the copies prove?

import Testing
import Workload

@Suite struct JudgeTests {
    private static let block = HandMadeRun.block

    @Test func aWholeCopyHasLostNothing() {
        var run = HandMadeRun()
        for index in 0..<10 { run.done(.write, index % 2, at: UInt64(index) * Self.block) }
        let verdict = run.judge(run.copies())
        #expect(verdict.result == .nothingLost)
        #expect(verdict.present == 10 && verdict.acknowledged == 10)
    }

    @Test func aLostTailIsInOrder() {
        var run = HandMadeRun()
        for index in 0..<10 { run.done(.write, index % 2, at: UInt64(index) * Self.block) }
        let verdict = run.judge(run.copies(without: [7, 8, 9]))
        #expect(verdict.result == .lostButInOrder)
        #expect(verdict.lost == 3 && verdict.present == 7)
        #expect(verdict.lostBytes == 3 * Self.block)
        #expect(verdict.oldestLost?.sequence == 8)
        #expect(verdict.oldestLost?.ageSeconds == 2)
    }

    @Test func aHoleInTheMiddleIsDisorder() {
        var run = HandMadeRun()
        for index in 0..<10 { run.done(at: UInt64(index) * Self.block) }
        let verdict = run.judge(run.copies(without: [3, 5, 9]))
        #expect(verdict.result == .outOfOrder)
        #expect(verdict.disorder?.missing.sequence == 4)
        #expect(verdict.disorder?.later.sequence == 5)
    }

    @Test func disorderBetweenVolumesIsSeen() {
        var run = HandMadeRun()
        let first = run.done(.write, 0, at: 0)
        run.done(.write, 1, at: 0, after: first)
        let copies = run.copies(without: [first])
        let verdict = run.judge(copies)
        #expect(verdict.result == .outOfOrder)
        #expect(verdict.dependenciesBroken == 1)
        #expect(run.judge(copies, acrossVolumes: false).result == .lostButInOrder)
    }

    @Test func whatRanAtTheSameTimeHasNoOrder() {
        var run = HandMadeRun()
        let first = run.begin(at: 0)
        let second = run.begin(at: Self.block)
        run.end(first)
        run.end(second)
        let verdict = run.judge(run.copies(without: [first]))
        #expect(verdict.result == .lostButInOrder)
        #expect(verdict.lost == 1)
    }

    @Test(arguments: [nil, 5] as [Int32?]) func whatWasNotAcknowledgedMayBeTorn(_ errno: Int32?) {
        var run = HandMadeRun()
        run.done(at: 0)
        let open = run.begin(at: Self.block)
        if let errno { run.end(open, errno) }
        var copies = run.copies(without: [open])
        #expect(run.judge(copies).unacknowledged.absent == 1)
        run.apply(open, to: &copies, sectors: 1..<2)
        #expect(run.judge(copies).unacknowledged.torn == 1)
        #expect(run.judge(copies).result == .nothingLost)
        copies[0][Int(Self.block) + 100] = 1
        #expect(run.judge(copies).result == .nothingLost, "a sector that it may have torn is no damage")
        run.apply(open, to: &copies)
        #expect(run.judge(copies).unacknowledged.present == 1)
    }

    @Test func aTornAcknowledgedWriteIsLostInPart() {
        var run = HandMadeRun()
        run.done(at: 0)
        let last = run.done(at: Self.block)
        var copies = run.copies(without: [last])
        run.apply(last, to: &copies, sectors: 0..<1)
        let verdict = run.judge(copies)
        #expect(verdict.result == .lostButInOrder)
        #expect(verdict.torn == 1 && verdict.lostBytes == 512)
    }

    @Test func anOverwrittenWriteIsThere() {
        var run = HandMadeRun()
        run.done(at: 0, 4 * Self.block)
        run.done(at: 0)
        run.done(at: Self.block, 2 * Self.block)
        #expect(run.judge(run.copies()).present == 3)
        let verdict = run.judge(run.copies(without: [0]))
        #expect(verdict.result == .outOfOrder, "its uncovered end is missing")
        #expect(run.judge(run.copies(without: [2])).result == .lostButInOrder)
    }

    @Test func anOlderWriteUnderALostOneIsSeen() {
        var run = HandMadeRun()
        let old = run.done(at: 0)
        let new = run.done(at: 0)
        run.done(at: Self.block)
        let verdict = run.judge(run.copies(without: [new]))
        #expect(verdict.result == .outOfOrder)
        #expect(verdict.disorder?.missing.sequence == UInt64(new + 1))
        #expect(run.judge(run.copies(without: [old])).result == .nothingLost, "nobody can tell")
    }

    @Test func aZeroUnderADiscardIsUndecided() {
        var run = HandMadeRun()
        run.done(at: 0)
        run.done(.discard, at: 0)
        run.done(at: Self.block)
        for missing in [[], [0, 1], [0]] as [Set<Int>] {
            let verdict = run.judge(run.copies(without: missing))
            #expect(verdict.result == .nothingLost && verdict.undecided == 2 && verdict.present == 1)
        }
        let verdict = run.judge(run.copies(without: [1]))
        #expect(verdict.result == .outOfOrder, "what the discard should have taken away is there")
        #expect(verdict.disorder?.missing.kind == "discard")
    }

    @Test func aWriteAfterADiscardIsJudged() {
        var run = HandMadeRun()
        run.done(.discard, at: 0)
        run.done(at: 0)
        #expect(run.judge(run.copies()).present == 2)
        #expect(run.judge(run.copies(without: [1])).lost == 1)
    }

    @Test func zerosThatMayAllBeDiscardsProveNothing() {
        var run = HandMadeRun()
        run.done(at: 0)
        run.done(.discard, at: 0)
        #expect(run.judge(run.copies()).result == .unknown)
        #expect(HandMadeRun().judge(HandMadeRun().empty).result == .unknown)
    }

    @Test func flushedLossesAreCounted() {
        var run = HandMadeRun()
        run.done(at: 0)
        run.done(.flush, at: 0, 0)
        run.done(at: Self.block)
        let verdict = run.judge(run.copies(without: [0, 2]))
        #expect(verdict.lost == 2 && verdict.lostAlthoughFlushed == 1)
    }

    @Test func aRecordOlderThanTheCopyJudgesNothing() {
        var run = HandMadeRun()
        run.done(at: 0)
        var longer = run
        longer.done(at: Self.block)
        longer.done(at: 0)
        let verdict = run.judge(longer.copies())
        #expect(verdict.result == .unknown)
        #expect(verdict.reason?.contains("write 3") == true)
    }

    @Test(arguments: [ContentsBefore.zero, .stamped, .unknown, .other])
    func whatWasThereBeforeIsNotDamage(_ before: ContentsBefore) {
        var run = HandMadeRun(before: before)
        run.done(at: 0)
        run.done(at: Self.block)
        var copies = run.copies(without: [1])
        let place = Int(Self.block)
        copies[0].replaceSubrange(place..<place + 1024, with: repeatElement(0xEE, count: 1024))
        let foreign = run.judge(copies).result
        #expect(foreign == (before == .zero || before == .stamped ? .damaged : .lostButInOrder))
        let older = Stamp(run: 1, volume: 0, sequence: 1, offset: Self.block, length: 1024)
        unsafe copies[0].withUnsafeMutableBytes {
            unsafe older.fill(UnsafeMutableRawBufferPointer(rebasing: $0[place..<place + 1024]))
        }
        let verdict = run.judge(copies)
        #expect(verdict.result == (before == .zero ? .damaged : .lostButInOrder))
        #expect(verdict.olderSectors == (before == .zero ? 0 : 2))
    }

    /// The judge's canaries: each planted fault must be found, and named at its place.
    @Test(arguments: ["flipped bit", "garbage", "moved sector", "swapped volumes", "other write's fields"])
    func plantedDamageIsFound(_ fault: String) {
        var run = HandMadeRun()
        for index in 0..<8 { run.done(.write, index % 2, at: UInt64(index / 2) * Self.block) }
        var copies = run.copies()
        #expect(run.judge(copies).result == .nothingLost)
        switch fault {
        case "flipped bit": copies[0][512 + 300] ^= 1
        case "garbage": copies[0].replaceSubrange(512..<1024, with: repeatElement(0xEE, count: 512))
        case "moved sector": copies[0].replaceSubrange(512..<1024, with: copies[0][1024..<1536])
        case "swapped volumes": copies.swapAt(0, 1)
        default:
            let lie = Stamp(run: HandMadeRun.run, volume: 0, sequence: 3, offset: 0, length: 2 * Self.block)
            unsafe copies[0].withUnsafeMutableBytes {
                unsafe lie.fill($0)
            }
        }
        let verdict = run.judge(copies)
        #expect(verdict.result == .damaged)
        #expect(verdict.badSectors > 0 && verdict.firstBadSectors.first?.volume == 0)
    }

    @Test func exitStatusesAreThoseOfTheManual() {
        #expect(StampVerdict.Result.allCases.map(\.exitStatus) == [0, 2, 3, 3, 4])
    }
}
