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
        for side in Side.allCases {
            var index = 0
            while index < self[side].writes.count {
                let count = self[side].writes.count
                if advanceWrite(side, index) { moved = true }
                if self[side].writes.count == count { index += 1 }
            }
            if advanceCopy(side) { moved = true }
            if pump(side) { moved = true }
            if deliver(to: side) { moved = true }
            if acknowledge(side) { moved = true }
            check()
        }
        return moved
    }

    /// Every fault is repaired: both arrays run, and the link is up.
    package mutating func heal() {
        faultCountdown = nil
        for side in Side.allCases {
            pipes[side.rawValue].isBlackHole = false
            self[side].failsNextApply = false
            self[side].failsNextCopy = false
            restart(side)
        }
        check()
        runDry()
        if !isConnected { connect() }
        check()
        runDry()
        pass(timers.startGrace)
        check()
        runDry()
    }

    /// After `heal`: does what an operator would to have the pairs equal again.
    package mutating func bringHome() {
        for _ in 0..<12 where violation == nil && !isHome {
            if let (side, command) = nextRepair { ask(side, command) }
            check()
            runDry()
            if !isConnected { heal() }
        }
        if violation == nil, !isHome {
            fail(
                .progress,
                "no way home: a \(describe(.a)), b \(describe(.b)), last answer \(String(describing: tokens.last))")
        }
        if violation == nil { checkPeace() }
    }

    func describe(_ side: Side) -> String {
        guard let record = self[side].record else { return "has no group" }
        let pairs = record.pairs.map { "\($0.isDeleted ? "deleted" : "\($0.status)")\($0.isUsable ? "" : " unusable")" }
        return "\(record.role) epoch \(record.epoch.value) \(pairs)"
    }

    var isHome: Bool {
        guard self[.a].hasGroup, self[.b].hasGroup, let one = view(0), let other = view(1) else {
            return !self[.a].hasGroup && !self[.b].hasGroup
        }
        guard one.role != other.role else { return false }
        return one.pairs.indices.allSatisfy { index in
            let (near, far) = (one.pairs[index], other.pairs[index])
            if near.isDeleted || far.isDeleted { return near.isDeleted == far.isDeleted }
            return near.status == .paired && far.status == .paired
        }
    }

    /// What an operator would do next to have the pairs equal again.
    var nextRepair: (Side, Command)? {
        let all = PairSet.all(shape.volumeBlocks.count)
        guard self[.a].hasGroup, self[.b].hasGroup, let one = view(0), let other = view(1) else {
            let side = self[.a].hasGroup ? Side.a : .b
            return (side, .delete(pairs: all, localOnly: view(side.rawValue)?.role == .secondary))
        }
        for index in one.pairs.indices where one.pairs[index].isDeleted != other.pairs[index].isDeleted {
            let side = one.pairs[index].isDeleted ? Side.b : .a
            let role = one.pairs[index].isDeleted ? other.role : one.role
            return (side, .delete(pairs: PairSet(bits: 1 << UInt8(index)), localOnly: role == .secondary))
        }
        switch (one.role, other.role) {
        case (.primary, .primary): return nil
        case (.secondary, .secondary):
            return (one.pairs.allSatisfy { $0.isDeleted || $0.isUsable } ? .a : .b, .swap)
        case (.primary, .secondary): return repair(.a, other)
        case (.secondary, .primary): return repair(.b, one)
        }
    }

    private func repair(_ primary: Side, _ far: RecordView) -> (Side, Command)? {
        if far.pairs.contains(where: { $0.status == .takenOver && !$0.isDeleted }) { return (primary.other, .swap) }
        return (primary, .resynchronise(pairs: .all(shape.volumeBlocks.count), fence: nil))
    }
}
