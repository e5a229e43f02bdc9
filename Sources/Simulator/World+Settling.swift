// Letting the world come to rest, and bringing it home.

internal import ReplicationCore

extension World {
    /// Carries out everything that can be carried out, until nothing moves.
    package mutating func runDry() {
        for _ in 0..<20_000 {
            guard violation == nil else { return }
            guard runOnce() else { return }
        }
        fail(.progress, "the world never comes to rest")
    }

    private mutating func runOnce() -> Bool {
        var moved = false
        for index in sites.indices {
            let side = Side(index: index)
            var index = 0
            while index < self[side].writes.count {
                let count = self[side].writes.count
                if advanceWrite(side, index) { moved = true }
                if self[side].writes.count == count { index += 1 }
            }
            checkAfter(side)
            if advanceCopy(side) { moved = true }
            if pump(side) { moved = true }
            if deliver(to: side) { moved = true }
            if restore(side) { moved = true }
            if acknowledge(side) { moved = true }
            checkAfter(side)
        }
        return moved
    }

    /// Every fault is repaired: all arrays run, and all links are up.
    package mutating func heal() {
        faultCountdown = nil
        for side in sides {
            pipes[self[side].end].isBlackHole = false
            self[side].failsNextApply = false
            self[side].failsNextCopy = false
            restart(side)
        }
        check()
        runDry()
        connectAll()
        check()
        runDry()
        pass(timers.startGrace)
        check()
        runDry()
    }

    /// After `heal`: does what an operator would to have the pairs of every group equal again.
    package mutating func bringHome() {
        for group in shape.groups.indices { bringHome(group) }
        if violation == nil { checkPeace() }
    }

    private mutating func bringHome(_ group: Int) {
        for _ in 0..<12 where violation == nil && !isHome(group) {
            if let (side, command) = nextRepair(group) { ask(side, command) }
            check()
            runDry()
            if !isConnected { heal() }
        }
        if violation == nil, !isHome(group) {
            let sides = Side.both(group).map { "\($0) \(describe($0))" }.joined(separator: ", ")
            fail(.progress, "no way home: \(sides), last answer \(String(describing: tokens.last))")
        }
    }

    func describe(_ side: Side) -> String {
        guard let record = self[side].record else { return "has no group" }
        let pairs = record.pairs.map { "\($0.isDeleted ? "deleted" : "\($0.status)")\($0.isUsable ? "" : " unusable")" }
        return "\(record.role) epoch \(record.epoch.value) \(pairs)"
    }

    /// Whether the pairs of a group are all paired, or gone on both sides.
    func isHome(_ group: Int) -> Bool {
        let (a, b) = (Side(group: group, half: 0), Side(group: group, half: 1))
        guard self[a].hasGroup, self[b].hasGroup, let one = view(a), let other = view(b) else {
            return !self[a].hasGroup && !self[b].hasGroup
        }
        guard one.role != other.role else { return false }
        return one.pairs.indices.allSatisfy { index in
            let (near, far) = (one.pairs[index], other.pairs[index])
            if near.isDeleted || far.isDeleted { return near.isDeleted == far.isDeleted }
            return near.status == .paired && far.status == .paired
        }
    }

    /// What an operator would do next to have the pairs of a group equal again.
    func nextRepair(_ group: Int) -> (Side, Command)? {
        let (a, b) = (Side(group: group, half: 0), Side(group: group, half: 1))
        let all = PairSet.all(shape.groups[group].volumeBlocks.count)
        guard self[a].hasGroup, self[b].hasGroup, let one = view(a), let other = view(b) else {
            let side = self[a].hasGroup ? a : b
            return (side, .delete(pairs: all, localOnly: view(side)?.role == .secondary))
        }
        for index in one.pairs.indices where one.pairs[index].isDeleted != other.pairs[index].isDeleted {
            let side = one.pairs[index].isDeleted ? b : a
            let role = one.pairs[index].isDeleted ? other.role : one.role
            return (side, .delete(pairs: PairSet(bits: 1 << UInt8(index)), localOnly: role == .secondary))
        }
        switch (one.role, other.role) {
        case (.primary, .primary): return nil
        case (.secondary, .secondary): return repairSecondaries(a, one, other)
        case (.primary, .secondary): return repair(a, other)
        case (.secondary, .primary): return repair(b, one)
        }
    }

    private func repair(_ primary: Side, _ far: RecordView) -> (Side, Command)? {
        if far.pairs.contains(where: { $0.status == .takenOver && !$0.isDeleted }) { return (primary.other, .swap) }
        return (primary, .resynchronise(pairs: .all(far.pairs.count), fence: nil))
    }

    /// The one whose data are a point in time becomes the primary. If neither's are (a crash of the machine after a swap
    /// that was interrupted), the pairs must be made anew.
    private func repairSecondaries(_ a: Side, _ one: RecordView, _ other: RecordView) -> (Side, Command)? {
        let isUsable = { (view: RecordView) in view.pairs.allSatisfy { $0.isDeleted || $0.isServiceable } }
        if isUsable(one) { return (a, .swap) }
        if isUsable(other) { return (a.other, .swap) }
        return (a, .delete(pairs: .all(one.pairs.count), localOnly: true))
    }
}
