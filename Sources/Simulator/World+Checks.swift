// The checkers. `check` holds after every step, whatever went wrong before; `checkPeace` when nothing is under way.
// They read counts that `Contents` keeps; only a broken rule, or what looks like one, costs a look at each block.

internal import ReplicationCore

extension World {
    /// I1, I2, I3, I5, I6. (I7 is checked where a command is given.) // hot
    package mutating func check() {
        guard violation == nil else { return }
        for side in Side.allCases {
            guard self[side].memory != nil, self[side].hasRecord else {
                ledger.lastRoles[side.rawValue] = nil
                continue
            }
            check(side)
        }
        checkCover()
        checkWriters()
    }

    private mutating func check(_ side: Side) {
        let role = self[side].role
        let epoch = self[side].epoch
        let mode = self[side].mode
        let steppedDown = ledger.lastRoles[side.rawValue] == .primary && role == .secondary
        if ledger.lastRoles[side.rawValue] == .secondary, role == .primary { tally.roleChanges += 1 }
        ledger.lastRoles[side.rawValue] = role
        let volumes = shape.volumeBlocks.count
        if role == .secondary {
            var isTarget = false
            for volume in 0..<volumes {
                let pair = self[side].pair(volume)
                if !pair.isDeleted, pair.status.isReplicating { isTarget = true }
            }
            ledger.fold(side, epoch, isTarget: isTarget, applied: self[side].memory!.applied, into: &contents)
        } else {
            ledger.fold(side, epoch, isTarget: false, applied: self[side].memory!.applied, into: &contents)
        }
        for volume in 0..<volumes {
            let pair = self[side].pair(volume)
            let before = ledger.lastStatuses[side.rawValue * volumes + volume]
            if before != pair.status {
                ledger.lastStatuses[side.rawValue * volumes + volume] = pair.status
                if pair.status == .takenOver, volume == 0 { tally.roleChanges += 1 }
            }
            if !pair.isUsable || role == .primary { ledger.forgetOrder(side, volume, &contents) }
            guard !pair.isDeleted else { continue }
            if steppedDown, before == .paired { requireAcknowledged(of: side, volume, on: side.other, .i1) }
            if role == .secondary, pair.isUsable { checkOrder(side, volume) }
            checkSafety(side, volume, pair, role, mode)
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
        _ side: Side, _ volume: Int, _ pair: PairRecord, _ role: Role, _ mode: ReplicationMode
    ) {
        if role == .secondary, pair.status.isReplicating {
            contents.withdraw(side, volume)
            return
        }
        requireAcknowledged(of: side, volume, on: side, .i6)
        guard role == .primary, case .synchronous(let fence) = mode, self[side.other].hasRecord,
            self[side.other].role == .secondary
        else { return }
        let far = self[side.other].pair(volume)
        guard !far.isDeleted else { return }
        let isHeldBack = fence == .data && pair.status == .suspended(.byFault) && pair.isFenced
        if pair.status == .paired || isHeldBack && far.isUsable {
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
    private mutating func checkCover() {
        guard self[.a].memory != nil, self[.b].memory != nil, self[.a].hasRecord, self[.b].hasRecord else { return }
        for volume in 0..<shape.volumeBlocks.count {
            for word in 0..<contents.wordsPerVolume {
                var open = contents.differing(volume, word: word)
                guard open != 0 else { continue }
                for side in 0..<2 where word < sites[side].bitmaps[volume].wordCount {
                    open &= ~sites[side].bitmaps[volume].word(at: word)
                }
                guard open != 0 else { continue }
                // The primary's slots speak for nearly everything: they are asked first.
                let first = self[.b].role == .primary ? 1 : 0
                open = Self.unspoken(open, volume, word: word, in: sites[first].memory!)
                if open != 0 { open = Self.unspoken(open, volume, word: word, in: sites[1 - first].memory!) }
                if open != 0 { reportUncovered(volume, track: word * 64 + open.trailingZeroBitCount) }
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
        let (one, other) = (self[.a].pair(volume), self[.b].pair(volume))
        guard !one.isDeleted, !other.isDeleted else { return }
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
    private mutating func checkWriters() {
        guard self[.a].hasGroup, self[.b].hasGroup else { return }
        for volume in 0..<shape.volumeBlocks.count where !ledger.mayBothWrite(volume) {
            guard !self[.a].pair(volume).isDeleted, !self[.b].pair(volume).isDeleted,
                self[.a].access(of: volume) == .readWrite, self[.b].access(of: volume) == .readWrite
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
