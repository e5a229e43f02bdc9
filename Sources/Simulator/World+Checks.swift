// The checkers. `check` holds after every step, whatever went wrong before; `checkPeace` when nothing is under way.
// They read counts that `Contents` keeps; only a broken rule, or what looks like one, costs a look at each block.

internal import ReplicationCore

extension World {
    /// I1, I2, I3, I5, I6. (I7 is checked where a command is given.) // hot
    package mutating func check() {
        guard violation == nil else { return }
        let views = (view(0), view(1))
        check(.a, views.0, views.1)
        check(.b, views.1, views.0)
        guard let one = views.0, let other = views.1 else { return }
        checkCover(one, other)
        if self[.a].hasGroup, self[.b].hasGroup { checkWriters(one, other) }
    }

    /// What the record of a side says now; nil if it has none. (Written so that no machine is copied.) // hot
    @inline(__always)
    func view(_ side: Int) -> RecordView? {
        guard sites[side].memory != nil else { return nil }
        let applied = sites[side].memory!.applied
        if !sites[side].group.isEmpty { return RecordView(sites[side].group[0].record, applied) }
        return sites[side].stored.isEmpty ? nil : RecordView(sites[side].stored[0], applied)
    }

    private mutating func check(_ side: Side, _ view: RecordView?, _ far: RecordView?) {
        guard let view else {
            ledger.lastRoles[side.rawValue] = nil
            return
        }
        let steppedDown = ledger.lastRoles[side.rawValue] == .primary && view.role == .secondary
        if ledger.lastRoles[side.rawValue] == .secondary, view.role == .primary { tally.roleChanges += 1 }
        ledger.lastRoles[side.rawValue] = view.role
        let isTarget = view.role == .secondary && view.pairs.contains { !$0.isDeleted && $0.status.isReplicating }
        ledger.fold(side, view.epoch, isTarget: isTarget, applied: view.applied, into: &contents)
        for volume in view.pairs.indices {
            let pair = view.pairs[volume]
            let at = side.rawValue * view.pairs.count + volume
            let before = ledger.lastStatuses[at]
            if volume == 0 { ledger.isWritable[side.rawValue] = pair.access(as: view.role) == .readWrite }
            if before != pair.status {
                ledger.lastStatuses[at] = pair.status
                if pair.status == .takenOver, volume == 0 { tally.roleChanges += 1 }
            }
            if !pair.isUsable || view.role == .primary { ledger.forgetOrder(side, volume, &contents) }
            guard !pair.isDeleted else { continue }
            if steppedDown, before == .paired { requireAcknowledged(of: side, volume, on: side.other, .i1) }
            if view.role == .secondary, pair.isUsable { checkOrder(side, volume) }
            checkSafety(side, volume, pair, view, far)
        }
    }

    /// I2: a usable secondary holds the writes of the group up to a place in their order, and nothing else.
    private mutating func checkOrder(_ side: Side, _ volume: Int) {
        guard contents.isMismatched(side, volume), !ledger.isHostWritten(side, volume) else { return }
        for block in 0..<shape.volumeBlocks[volume] {
            let (actual, wanted) = (contents[side, volume, block], contents.expected(side, volume, block))
            guard actual != wanted, !ledger.mayBeTorn(side, volume, block, actual) else { continue }
            fail(.i2, "\(side) \(volume):\(block) holds \(actual), its place in the order wants \(wanted)")
        }
    }

    /// I1 and I6: what a host was told is safe, is.
    private mutating func checkSafety(
        _ side: Side, _ volume: Int, _ pair: PairRecord, _ view: RecordView, _ far: RecordView?
    ) {
        if view.role == .secondary, pair.status.isReplicating {
            contents.withdraw(side, volume)
            return
        }
        requireAcknowledged(of: side, volume, on: side, .i6)
        guard view.role == .primary, case .synchronous(let fence) = view.mode, let far, far.role == .secondary,
            !far.pairs[volume].isDeleted
        else { return }
        let isHeldBack = fence == .data && pair.status == .suspended(.byFault) && pair.isFenced
        if pair.status == .paired || isHeldBack && far.pairs[volume].isUsable {
            requireAcknowledged(of: side, volume, on: side.other, .i1)
        }
    }

    private mutating func requireAcknowledged(of side: Side, _ volume: Int, on holder: Side, _ rule: Rule) {
        guard contents.isBehind(side, holder, volume) else { return }
        for block in 0..<shape.volumeBlocks[volume] {
            let (told, held) = (contents.told(side, volume, block), contents[holder, volume, block])
            if held < told {
                fail(rule, "\(side) acknowledged \(told) for \(volume):\(block), \(holder) holds \(held)")
            }
        }
    }

    /// I3: every track on which the copies may differ is marked or spoken for, on either side.
    private mutating func checkCover(_ one: RecordView, _ other: RecordView) {
        // The primary's slots speak for nearly everything: they are asked first.
        let first = other.role == .primary ? 1 : 0
        for volume in one.pairs.indices {
            for word in 0..<contents.wordsPerVolume {
                var open = contents.differing(volume, word: word)
                guard open != 0 else { continue }
                for side in 0..<2 where word < sites[side].bitmaps[volume].wordCount {
                    open &= ~sites[side].bitmaps[volume].word(at: word)
                }
                if open != 0 { open = Self.unspoken(open, volume, word: word, in: sites[first].memory!) }
                if open != 0 { open = Self.unspoken(open, volume, word: word, in: sites[1 - first].memory!) }
                guard open != 0, !one.pairs[volume].isDeleted, !other.pairs[volume].isDeleted else { continue }
                reportUncovered(volume, track: word * 64 + open.trailingZeroBitCount)
            }
        }
    }

    /// What is left of `tracks` (those from `64 · word` on) when live slots have spoken, the newest first.
    private static func unspoken(
        _ tracks: UInt64, _ volume: Int, word: Int, in memory: borrowing GroupMemory
    ) -> UInt64 {
        var open = tracks
        let mask = memory.slotCount - 1
        var index = memory.slotIndex(of: memory.nextSequence)
        for _ in 0...mask where open != 0 {
            index = (index - 1) & mask
            guard let slot = memory.slot(at: index), slot.pair == volume else { continue }
            for track in slot.tracks.first..<slot.tracks.end where track / 64 == word {
                open &= ~(1 << UInt64(track % 64))
            }
        }
        return open
    }

    private mutating func reportUncovered(_ volume: Int, track: Int) {
        let (one, other) = (view(0)!.pairs[volume], view(1)!.pairs[volume])
        let first = track * WorldShape.blocksPerTrack
        for block in first..<min(first + WorldShape.blocksPerTrack, shape.volumeBlocks[volume])
        where contents[.a, volume, block] != contents[.b, volume, block] {
            fail(
                .i3,
                "\(volume):\(block) is \(contents[.a, volume, block]) on a and \(contents[.b, volume, block]) on b, "
                    + "and nobody knows (\(one.status.told), \(other.status.told))")
        }
    }

    /// I5: hosts write on both sides only where an operator asked for it.
    private mutating func checkWriters(_ one: RecordView, _ other: RecordView) {
        for volume in one.pairs.indices {
            let (near, far) = (one.pairs[volume], other.pairs[volume])
            guard !near.isDeleted, !far.isDeleted, near.access(as: one.role) == .readWrite,
                far.access(as: other.role) == .readWrite, !ledger.mayBothWrite(volume)
            else { continue }
            fail(.i5, "both sides of \(volume) are writable, and nobody asked for it")
        }
    }

    /// Nothing is under way, both sides are connected: nobody waits, no request is open, equal pairs are equal (I4).
    package mutating func checkPeace() {
        for side in Side.allCases {
            for write in self[side].writes { fail(.progress, "\(side) a write is stuck: \(write.stage)") }
        }
        for (number, state) in tokens.enumerated() {
            if case .open(let side) = state { fail(.progress, "request \(number) of \(side) never ended") }
        }
        guard let one = self[.a].machine, let other = self[.b].machine else { return }
        for volume in one.record.pairs.indices
        where one.record.pairs[volume].status == .paired && other.record.pairs[volume].status == .paired {
            if one.unacknowledged > 0 && one.role == .primary { fail(.progress, "a frame was never acknowledged") }
            if contents.isDifferent(volume) { fail(.i4, "volume \(volume) differs in peace") }
        }
    }
}
