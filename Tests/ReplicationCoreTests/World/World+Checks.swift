// The checkers. `check` holds after every step, whatever went wrong before; `checkPeace` when nothing is under way.

internal import ReplicationCore

extension World {
    mutating func check() {
        guard violation == nil else { return }
        for side in Side.allCases {
            guard let record = self[side].record, let memory = self[side].memory else { continue }
            checkStepDown(side, record)
            ledger.fold(side, record, applied: memory.applied)
            checkOrder(side, record)
            checkSafety(side, record)
        }
        checkCover()
        checkWriters()
    }

    /// I2: a usable secondary holds the writes of the group up to a place in their order, and nothing else.
    private mutating func checkOrder(_ side: Side, _ record: GroupRecord) {
        guard record.role == .secondary else { return }
        for (volume, pair) in record.pairs.enumerated() where pair.isUsable && !pair.isDeleted {
            guard !ledger.hostWritten[side.rawValue][volume], let wanted = ledger.expected[side.rawValue][volume]
            else { continue }
            let actual = self[side].volumes[volume]
            guard actual != wanted else { continue }
            for block in actual.indices where actual[block] != wanted[block] {
                if let torn = ledger.torn[side.rawValue], torn.volume == volume, block >= torn.first,
                    block < torn.first + torn.values.count, torn.values[block - torn.first] == actual[block]
                {
                    continue
                }
                fail(
                    .i2,
                    "\(side) \(volume):\(block) holds \(actual[block]), its place in the order wants \(wanted[block])")
            }
        }
    }

    /// I1 and I6: what a host was told is safe, is.
    private mutating func checkSafety(_ side: Side, _ record: GroupRecord) {
        for (volume, pair) in record.pairs.enumerated() where !pair.isDeleted {
            let isTarget = record.role == .secondary && pair.status.isReplicating
            if isTarget {
                for block in ledger.acknowledged[side.rawValue][volume].indices {
                    ledger.acknowledged[side.rawValue][volume][block] = 0
                }
                continue
            }
            requireAcknowledged(of: side, volume, on: side, .i6)
            guard record.role == .primary, let far = self[side.other].record, far.role == .secondary,
                !far.pairs[volume].isDeleted, case .synchronous(let fence) = record.mode
            else { continue }
            let isHeldBack = fence == .data && pair.status == .suspended(.byFault) && pair.isFenced
            if pair.status == .paired || isHeldBack && far.pairs[volume].isUsable {
                requireAcknowledged(of: side, volume, on: side.other, .i1)
            }
        }
    }

    private mutating func requireAcknowledged(of side: Side, _ volume: Int, on holder: Side, _ rule: Rule) {
        let told = ledger.acknowledged[side.rawValue][volume]
        let held = self[holder].volumes[volume]
        for block in told.indices where held[block] < told[block] {
            fail(rule, "\(side) acknowledged \(told[block]) for \(volume):\(block), \(holder) holds \(held[block])")
        }
    }

    /// A primary that steps down from an equal pair leaves nothing behind.
    private mutating func checkStepDown(_ side: Side, _ record: GroupRecord) {
        let before = (ledger.lastRoles[side.rawValue], ledger.lastStatuses[side.rawValue])
        ledger.lastRoles[side.rawValue] = record.role
        ledger.lastStatuses[side.rawValue] = record.pairs.map(\.status)
        guard before.0 == .primary, record.role == .secondary else { return }
        for volume in record.pairs.indices where before.1[volume] == .paired && !record.pairs[volume].isDeleted {
            requireAcknowledged(of: side, volume, on: side.other, .i1)
        }
    }

    /// I3: every track on which the copies may differ is marked or spoken for, on either side.
    private mutating func checkCover() {
        guard let one = self[.a].record, let other = self[.b].record else { return }
        for volume in one.pairs.indices where !one.pairs[volume].isDeleted && !other.pairs[volume].isDeleted {
            guard self[.a].volumes[volume] != self[.b].volumes[volume] else { continue }
            for block in self[.a].volumes[volume].indices
            where self[.a].volumes[volume][block] != self[.b].volumes[volume][block] {
                let track = block / WorldShape.blocksPerTrack
                if self[.a].covers(track, of: volume) || self[.b].covers(track, of: volume) { continue }
                fail(
                    .i3,
                    "\(volume):\(block) is \(self[.a].volumes[volume][block]) on a and "
                        + "\(self[.b].volumes[volume][block]) on b, and nobody knows "
                        + "(\(one.pairs[volume].status), \(other.pairs[volume].status))")
            }
        }
    }

    /// I5: hosts write on both sides only where an operator asked for it.
    private mutating func checkWriters() {
        guard let one = self[.a].machine, let other = self[.b].machine else { return }
        for volume in one.livePairs where !ledger.mayBothWrite(volume) && !other.record.pairs[volume].isDeleted {
            if one.access(of: volume) == .readWrite, other.access(of: volume) == .readWrite {
                fail(.i5, "both sides of \(volume) are writable, and nobody asked for it")
            }
        }
    }

    /// Nothing is under way, both sides are connected: nobody waits, no request is open, equal pairs are equal (I4).
    mutating func checkPeace() {
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
            if self[.a].volumes[volume] != self[.b].volumes[volume] { fail(.i4, "volume \(volume) differs in peace") }
        }
    }
}
