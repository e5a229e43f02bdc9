// The checkers. `check` holds after every step, whatever went wrong before; `checkPeace` when nothing is under way.
// What the records of a group demand of its volumes (`Duties`) is worked out when a record may have changed; a step
// costs a look at counts that `Contents` keeps, and only a broken rule, or what looks like one, one at each block.

internal import ReplicationCore

extension World {
    /// I1 to I6 in every group. (I7 is checked where a command is given.)
    package mutating func check() {
        for group in shape.groups.indices { check(group) }
    }

    /// The same in one group. // hot
    mutating func check(_ group: Int) {
        guard violation == nil else { return }
        let (one, other) = (Side(group: group, half: 0), Side(group: group, half: 1))
        if sites[one.index].isStale || sites[other.index].isStale { look(group) }
        checkVolumes(one)
        checkVolumes(other)
        checkCover(group)
    }

    /// What the record of a side says now; nil if it has none.
    func view(_ side: Side) -> RecordView? {
        guard !sites[side.index].memories.isEmpty else { return nil }
        if !sites[side.index].group.isEmpty { return RecordView(sites[side.index].group[0].record) }
        return sites[side.index].stored.isEmpty ? nil : RecordView(sites[side.index].stored[0])
    }

    // MARK: When a record may have changed

    private mutating func look(_ group: Int) {
        let sides = Side.both(group)
        for side in sides {
            let view = view(side)
            self[side].look(at: view)
        }
        for side in sides { look(side) }
        guard let one = self[sides[0]].view, let other = self[sides[1]].view else { return }
        if self[sides[0]].hasGroup, self[sides[1]].hasGroup { checkWriters(group, one, other) }
    }

    private mutating func look(_ side: Side) {
        let (i, group) = (side.half, side.group)
        guard let view = self[side].view else {
            ledgers[group].lastRoles[i] = nil
            ledgers[group].enter(side, nil, applied: .none)
            self[side].isWritable = false
            for volume in self[side].duties.indices { self[side].duties[volume] = [] }
            return
        }
        ledgers[group].enter(side, view.epoch, applied: self[side].memories[0].applied)
        let steppedDown = ledgers[group].lastRoles[i] == .primary && view.role == .secondary
        if ledgers[group].lastRoles[i] == .secondary, view.role == .primary { tally.roleChanges += 1 }
        ledgers[group].lastRoles[i] = view.role
        let firstLive = view.pairs.first { !$0.isDeleted } ?? view.pairs[0]
        self[side].isWritable = firstLive.access(as: view.role) == .readWrite
        for volume in view.pairs.indices {
            let pair = view.pairs[volume]
            let at = i * view.pairs.count + volume
            let before = ledgers[group].lastStatuses[at]
            ledgers[group].lastStatuses[at] = pair.status
            if before != pair.status, pair.status == .takenOver {
                if volume == 0 { tally.roleChanges += 1 }
                // One that was suspended had come to the end of its journal before.
                if before == .paired { checkTakeover(side, view) }
            }
            if !pair.isUsable || view.role == .primary { ledgers[group].forgetOrder(side, volume, &contents[group]) }
            if !self[side].isDistrusted, view.role == .secondary,
                pair.status.isReplicating || pair.isUsable && pair.status != .takenOver
            {
                self[side].isDoubtful[volume] = false
            }
            if steppedDown, !pair.isDeleted, !self[side.other].isDoubtful[volume] {
                checkLeave(side, volume, wasPaired: before == .paired)
            }
            self[side].duties[volume] = duties(side, volume, pair, view)
        }
    }

    /// A primary has become the secondary: its volume will be overwritten. What it acknowledged while paired is on the
    /// other side (I1), and so is all the rest of a pair that the other side took for paired when it asked (I6).
    private mutating func checkLeave(_ side: Side, _ volume: Int, wasPaired: Bool) {
        if wasPaired {
            requireAcknowledged(of: side, volume, on: side.other, .i1)
        } else if ledgers[side.group].swappedAsPaired[volume] {
            requireAcknowledged(of: side, volume, on: side.other, .i6)
        }
    }

    private func duties(_ side: Side, _ volume: Int, _ pair: PairRecord, _ view: RecordView) -> Duties {
        guard !pair.isDeleted else { return [] }
        var duties: Duties = []
        // A machine that crashed and has not started again may hold anything.
        if view.role == .secondary, pair.isUsable, !self[side].isDistrusted { duties.insert(.followsTheOrder) }
        if view.role == .secondary, pair.status.isReplicating { return duties.union(.isTarget) }
        duties.insert(.keepsItsWord)
        if isEqual(side, volume, pair, view) { duties.insert(.isEqual) }
        guard view.role == .primary, case .synchronous(let fence) = view.mode, let far = self[side.other].view,
            far.role == .secondary, !far.pairs[volume].isDeleted, !self[side.other].isDoubtful[volume]
        else { return duties }
        let isHeldBack = fence == .data && pair.status == .suspended(.byFault) && pair.isFenced
        if pair.status == .paired || isHeldBack && far.pairs[volume].isUsable { duties.insert(.isOnBothSides) }
        return duties
    }

    private func isEqual(_ side: Side, _ volume: Int, _ pair: PairRecord, _ view: RecordView) -> Bool {
        guard view.role == .primary, pair.status == .paired, self[side].hasGroup, self[side.other].hasGroup,
            let far = self[side.other].view
        else { return false }
        return far.role == .secondary && !far.pairs[volume].isDeleted && far.pairs[volume].status == .paired
    }

    /// I5: hosts write on both sides only where an operator asked for it.
    private mutating func checkWriters(_ group: Int, _ one: RecordView, _ other: RecordView) {
        for volume in one.pairs.indices {
            let (near, far) = (one.pairs[volume], other.pairs[volume])
            guard !near.isDeleted, !far.isDeleted, near.access(as: one.role) == .readWrite,
                far.access(as: other.role) == .readWrite, !ledgers[group].mayBothWrite(volume)
            else { continue }
            fail(.i5, "both sides of \(volume) are writable, and nobody asked for it")
        }
    }

    // MARK: After every step

    /// I1, I2 and I6. // hot
    private mutating func checkVolumes(_ side: Side) {
        guard sites[side.index].isKnown else { return }
        if sites[side.index].hasNews {
            sites[side.index].hasNews = false
            ledgers[side.group].fold(
                side, isTarget: sites[side.index].isTarget, applied: sites[side.index].memories[0].applied,
                into: &contents[side.group])
        }
        for volume in sites[side.index].duties.indices {
            let duties = sites[side.index].duties[volume]
            if duties.contains(.followsTheOrder) { checkOrder(side, volume) }
            if duties.contains(.isTarget) {
                contents[side.group].withdraw(side, volume)
                continue
            }
            if duties.contains(.keepsItsWord) { requireAcknowledged(of: side, volume, on: side, .i6) }
            if duties.contains(.isOnBothSides) { requireAcknowledged(of: side, volume, on: side.other, .i1) }
        }
    }

    /// I2: a usable secondary holds the writes of the group up to a place in their order, and nothing else.
    private mutating func checkOrder(_ side: Side, _ volume: Int) {
        let group = side.group
        guard contents[group].isMismatched(side, volume), !ledgers[group].isHostWritten(side, volume) else { return }
        for block in 0..<shape.groups[group].volumeBlocks[volume] {
            let (actual, wanted) = (contents[group][side, volume, block], contents[group].expected(side, volume, block))
            guard actual != wanted, !isBeingApplied(side, volume, block, actual) else { continue }
            fail(.i2, "\(side) \(volume):\(block) holds \(actual), its place in the order wants \(wanted)")
        }
    }

    private mutating func requireAcknowledged(of side: Side, _ volume: Int, on holder: Side, _ rule: Rule) {
        let group = side.group
        guard contents[group].isBehind(side, holder, volume) else { return }
        // What lies in a restore journal is as good as on the volume.
        let journal = holder == side ? [:] : waitingValues(holder, volume)
        for block in 0..<shape.groups[group].volumeBlocks[volume] {
            let told = contents[group].told(side, volume, block)
            let held = journal[block] ?? contents[group][holder, volume, block]
            if held < told {
                fail(rule, "\(side) acknowledged \(told) for \(volume):\(block), \(holder) holds \(held)")
            }
        }
    }

    /// I3: every track on which the copies may differ is marked or spoken for, on either side. I4: while both call the
    /// pair equal, spoken for by a write that is under way. // hot
    private mutating func checkCover(_ group: Int) {
        let (one, other) = (group << 1, group << 1 | 1)
        guard sites[one].isKnown, sites[other].isKnown else { return }
        // The primary's slots speak for nearly everything: they are asked first.
        let first = sites[other].role == .primary ? other : one
        for volume in sites[one].bitmaps.indices {
            for word in 0..<contents[group].wordsPerVolume {
                var open = contents[group].differing(volume, word: word)
                guard open != 0 else { continue }
                let isEqual = sites[first].duties[volume].contains(.isEqual)
                for side in one...other where !isEqual && word < sites[side].bitmaps[volume].wordCount {
                    open &= ~sites[side].bitmaps[volume].word(at: word)
                }
                if open != 0 { open = Self.unspoken(open, volume, word: word, in: sites[first].memories[0]) }
                if open != 0 { open = Self.unspoken(open, volume, word: word, in: sites[first ^ 1].memories[0]) }
                if open != 0 { reportUncovered(group, volume, track: word * 64 + open.trailingZeroBitCount) }
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

    private mutating func reportUncovered(_ group: Int, _ volume: Int, track: Int) {
        let (a, b) = (Side(group: group, half: 0), Side(group: group, half: 1))
        guard let one = self[a].view?.pairs[volume], let other = self[b].view?.pairs[volume], !one.isDeleted,
            !other.isDeleted, !self[a].isDistrusted, !self[b].isDistrusted
        else { return }
        let first = track * WorldShape.blocksPerTrack
        for block in first..<min(first + WorldShape.blocksPerTrack, shape.groups[group].volumeBlocks[volume])
        where contents[group][a, volume, block] != contents[group][b, volume, block] {
            fail(
                self[a].duties[volume].union(self[b].duties[volume]).contains(.isEqual) ? .i4 : .i3,
                "\(volume):\(block) is \(contents[group][a, volume, block]) on \(a) and "
                    + "\(contents[group][b, volume, block]) on \(b), and nobody knows (\(one.status.told), "
                    + "\(other.status.told))")
        }
    }

    // MARK: In peace

    /// Nothing is under way, both sides are connected: nobody waits, no request is open, equal pairs are equal (I4).
    package mutating func checkPeace() {
        for side in sides {
            for write in self[side].writes { fail(.progress, "\(side) a write is stuck: \(write.stage)") }
        }
        for (number, state) in tokens.enumerated() {
            if case .open(let side) = state { fail(.progress, "request \(number) of \(side) never ended") }
        }
        for group in shape.groups.indices { checkPeace(group) }
    }

    private mutating func checkPeace(_ group: Int) {
        let sides = Side.both(group)
        guard let one = self[sides[0]].machine, let other = self[sides[1]].machine else { return }
        for volume in one.record.pairs.indices
        where one.record.pairs[volume].status == .paired && other.record.pairs[volume].status == .paired {
            if one.unacknowledged > 0 && one.role == .primary { fail(.progress, "a frame was never acknowledged") }
            if contents[group].isDifferent(volume) {
                fail(.i4, "volume \(volume) of group \(group + 1) differs in peace")
            }
        }
    }
}
