// A history is a list of events. Each is small, says everything about itself, and can be played in any world: what
// cannot happen there does nothing. That makes a history replayable without its seed, and any part of it a history.

internal import ReplicationCore

package enum Event: Hashable, Sendable {
    case startWrite(Side, volume: UInt8, first: UInt16, count: UInt8, isDiscard: Bool, fails: Bool)
    /// One step of the write at this place in the list of those under way (modulo their number).
    case advanceWrite(Side, UInt8)
    case copy(Side)
    case pump(Side, limit: Int32)
    /// The next frame on its way to the array of this side, over the link of this side, whatever group it is of.
    case deliver(Side)
    case acknowledge(Side)
    /// The secondary puts a frame of its journal on its volume.
    case restore(Side)
    case flush(Side, volume: UInt8)
    case ask(Side, Command)
    case crash(Side)
    /// A fault that strikes when so many more points have been passed: between two effects, or inside a write.
    case plan(Fault, after: UInt8)
    case cut(Side)
    case blackHole(Side)
    case failApply(Side)
    case failCopy(Side)
    case notice(Side)
    case openHole(Side)
    case restart(Side)
    case connect(Side)
    /// Pages drawn from the seed reach the disks of the array.
    case writeBack(Side, seed: UInt32)
    /// The array's machine crashes; what was not on its disks is gone, but for pages drawn from the seed. Once at most.
    case crashMachine(Side, seed: UInt32)
    case pass(milliseconds: UInt32)
    /// Everything that can happen does, until nothing moves.
    case rest
}

extension World {
    /// Plays one event and checks. Returns whether it could do anything. // hot
    @discardableResult
    package mutating func play(_ event: Event) -> Bool {
        if timeline != nil { timeline!.event += 1 }
        let isArmed = faultCountdown != nil
        isWidespread = false
        let moved = act(event)
        // Where nothing happened, nothing is to be checked; a planned fault may have struck all the same.
        guard moved || isArmed else { return moved }
        if sites.count == 2 {
            check(0)
        } else if let side = event.side {
            checkAfter(side)
        } else {
            check()
        }
        return moved
    }

    /// Checks the group of `side`, and the others if they were touched too.
    mutating func checkAfter(_ side: Side) {
        if isWidespread { check() } else { check(Side(index: side.index % sites.count).group) }
        isWidespread = false
    }

    private mutating func act(_ event: Event) -> Bool {
        switch event {
        case .startWrite(let side, let volume, let first, let count, let isDiscard, let fails):
            return begin(fit(side), Int(volume), Int(first), Int(count), isDiscard, fails)
        case .advanceWrite(let side, let index):
            let side = fit(side)
            let count = self[side].writes.count
            return count > 0 && advanceWrite(side, Int(index) % count)
        case .copy(let side): return advanceCopy(fit(side))
        case .pump(let side, let limit): return pump(fit(side), limit: Int(limit))
        case .deliver(let side): return deliver(to: fit(side))
        case .acknowledge(let side): return acknowledge(fit(side))
        case .restore(let side): return restore(fit(side))
        case .flush(let side, let volume):
            return flush(fit(side), Int(volume) % shape.groups[fit(side).group].volumeBlocks.count)
        case .ask(let side, let command):
            guard self[fit(side)].isUp else { return false }
            ask(fit(side), command)
            return true
        case .pass(let milliseconds):
            pass(.milliseconds(UInt64(milliseconds)))
            return true
        case .rest:
            runDry()
            isWidespread = true
            return true
        case .plan(let fault, let after):
            (plannedFault, faultCountdown) = (fault, Int(after))
            return true
        case .crash(let side), .cut(let side), .blackHole(let side), .failApply(let side), .failCopy(let side),
            .notice(let side), .openHole(let side), .restart(let side), .connect(let side), .writeBack(let side, _),
            .crashMachine(let side, _):
            return disturb(event, fit(side))
        }
    }

    /// Groups, blocks and volumes that this world does not have become ones that it has: its shape may have been shrunk.
    @inline(__always)
    private func fit(_ side: Side) -> Side { side.index < sites.count ? side : Side(index: side.index % sites.count) }

    private mutating func begin(
        _ side: Side, _ volume: Int, _ first: Int, _ count: Int, _ isDiscard: Bool, _ fails: Bool
    ) -> Bool {
        guard self[side].isUp, self[side].hasGroup, self[side].writes.count < 6 else { return false }
        let volume = volume % self[side].ranges.count
        let blocks = shape.groups[side.group].volumeBlocks[volume]
        let first = first % blocks
        let count = min(count, blocks - first)
        startWrite(side, volume: volume, first: first, count: count, fails: fails, isDiscard: isDiscard)
        return true
    }

    private mutating func disturb(_ event: Event, _ side: Side) -> Bool {
        switch event {
        case .crash:
            guard self[side].isUp else { return false }
            crash(side)
        case .cut:
            guard isConnected(side) else { return false }
            breakLink(side)
        case .blackHole:
            guard isConnected(side), !pipes[self[side].end].isBlackHole else { return false }
            swallow(towards: side)
        case .failApply: self[side].failsNextApply = true
        case .failCopy: self[side].failsNextCopy = true
        case .notice:
            guard self[side].hasLink else { return false }
            notice(side)
        case .openHole: pipes[self[side].end].isBlackHole = false
        case .restart:
            guard !self[side].isUp else { return false }
            restart(side)
        case .connect:
            guard !isConnected(side), self[side].isUp, self[side.other].isUp else { return false }
            connect(side)
        case .writeBack(_, let seed): writeBack(side, seed: seed)
        case .crashMachine(_, let seed):
            guard !hasRebooted else { return false }
            crashMachine(side, seed: seed)
        case .startWrite, .advanceWrite, .copy, .pump, .deliver, .acknowledge, .restore, .flush, .ask, .plan, .pass,
            .rest:
            preconditionFailure("played by act")
        }
        return true
    }
}
