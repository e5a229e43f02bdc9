// A history is a list of events. Each is small, says everything about itself, and can be played in any world: what
// cannot happen there does nothing. That makes a history replayable without its seed, and any part of it a history.

internal import ReplicationCore

package enum Event: Hashable, Sendable {
    case startWrite(Side, volume: UInt8, first: UInt16, count: UInt8, isDiscard: Bool, fails: Bool)
    /// One step of the write at this place in the list of those under way (modulo their number).
    case advanceWrite(Side, UInt8)
    case copy(Side)
    case pump(Side, limit: Int32)
    case deliver(Side)
    case acknowledge(Side)
    case ask(Side, Command)
    case crash(Side)
    /// A fault that strikes when so many more points have been passed: between two effects, or inside a write.
    case plan(Fault, after: UInt8)
    case cut
    case blackHole(Side)
    case failApply(Side)
    case failCopy(Side)
    case notice(Side)
    case openHole(Side)
    case restart(Side)
    case connect
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
        let moved = act(event)
        // Where nothing happened, nothing is to be checked; a planned fault may have struck all the same.
        if moved || isArmed { check() }
        return moved
    }

    private mutating func act(_ event: Event) -> Bool {
        switch event {
        case .startWrite(let side, let volume, let first, let count, let isDiscard, let fails):
            return begin(side, Int(volume), Int(first), Int(count), isDiscard, fails)
        case .advanceWrite(let side, let index):
            let count = self[side].writes.count
            return count > 0 && advanceWrite(side, Int(index) % count)
        case .copy(let side): return advanceCopy(side)
        case .pump(let side, let limit): return pump(side, limit: Int(limit))
        case .deliver(let side): return deliver(to: side)
        case .acknowledge(let side): return acknowledge(side)
        case .ask(let side, let command):
            guard self[side].isUp else { return false }
            ask(side, command)
            return true
        case .pass(let milliseconds):
            pass(.milliseconds(UInt64(milliseconds)))
            return true
        case .rest:
            runDry()
            return true
        case .crash, .plan, .cut, .blackHole, .failApply, .failCopy, .notice, .openHole, .restart, .connect:
            return disturb(event)
        }
    }

    /// Blocks and volumes that this world does not have become ones that it has: its shape may have been shrunk.
    private mutating func begin(
        _ side: Side, _ volume: Int, _ first: Int, _ count: Int, _ isDiscard: Bool, _ fails: Bool
    ) -> Bool {
        guard self[side].isUp, self[side].hasGroup, self[side].writes.count < 6 else { return false }
        let volume = volume % shape.volumeBlocks.count
        let first = first % shape.volumeBlocks[volume]
        let count = min(count, shape.volumeBlocks[volume] - first)
        startWrite(side, volume: volume, first: first, count: count, fails: fails, isDiscard: isDiscard)
        return true
    }

    private mutating func disturb(_ event: Event) -> Bool {
        switch event {
        case .crash(let side):
            guard self[side].isUp else { return false }
            crash(side)
        case .plan(let fault, let after): (plannedFault, faultCountdown) = (fault, Int(after))
        case .cut:
            guard isConnected else { return false }
            breakLink()
        case .blackHole(let side):
            guard isConnected, !pipes[side.rawValue].isBlackHole else { return false }
            swallow(towards: side)
        case .failApply(let side): self[side].failsNextApply = true
        case .failCopy(let side): self[side].failsNextCopy = true
        case .notice(let side):
            guard self[side].hasLink else { return false }
            notice(side)
        case .openHole(let side): pipes[side.rawValue].isBlackHole = false
        case .restart(let side):
            guard !self[side].isUp else { return false }
            restart(side)
        case .connect:
            guard !isConnected, self[.a].isUp, self[.b].isUp else { return false }
            connect()
        case .startWrite, .advanceWrite, .copy, .pump, .deliver, .acknowledge, .ask, .pass, .rest:
            preconditionFailure("played by act")
        }
        return true
    }
}
