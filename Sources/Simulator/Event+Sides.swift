// Which side an event is about, and the same event in a world that lacks one of the groups.

extension Event {
    /// The side that it names.
    var side: Side? {
        switch self {
        case .startWrite(let side, _, _, _, _, _), .advanceWrite(let side, _), .copy(let side), .pump(let side, _),
            .deliver(let side), .acknowledge(let side), .restore(let side), .flush(let side, _), .ask(let side, _),
            .crash(let side), .cut(let side), .blackHole(let side), .failApply(let side), .failCopy(let side),
            .notice(let side),
            .openHole(let side), .restart(let side), .connect(let side), .writeBack(let side, _),
            .crashMachine(let side, _):
            return side
        case .plan, .pass, .rest: return nil
        }
    }

    /// The event in `shape` without the group at `index`; nil if it was about that group alone.
    func without(group index: Int, of shape: WorldShape) -> Event? {
        guard let side else { return self }
        if side.group != index { return with(Side(index: side.index - (side.group > index ? 2 : 0))) }
        let gone = shape.groups[index]
        var left = shape
        left.groups.remove(at: index)
        let others = left.groups.indices.flatMap { Side.both($0) }
        switch self {
        case .crash, .restart, .writeBack, .crashMachine:
            let place = others.first { left.groups[$0.group].array($0.half) == gone.array(side.half) }
            return place.map(with)
        case .deliver, .cut, .connect, .blackHole, .openHole, .notice:
            let place = others.first {
                left.groups[$0.group].array($0.half) == gone.array(side.half)
                    && left.groups[$0.group].array($0.other.half) == gone.array(side.other.half)
            }
            return place.map(with)
        case .startWrite, .advanceWrite, .copy, .pump, .acknowledge, .restore, .flush, .ask, .failApply, .failCopy:
            return nil
        case .plan, .pass, .rest: return self
        }
    }

    private func with(_ side: Side) -> Event {
        switch self {
        case .startWrite(_, let volume, let first, let count, let isDiscard, let fails):
            .startWrite(side, volume: volume, first: first, count: count, isDiscard: isDiscard, fails: fails)
        case .advanceWrite(_, let index): .advanceWrite(side, index)
        case .copy: .copy(side)
        case .pump(_, let limit): .pump(side, limit: limit)
        case .deliver: .deliver(side)
        case .acknowledge: .acknowledge(side)
        case .restore: .restore(side)
        case .flush(_, let volume): .flush(side, volume: volume)
        case .ask(_, let command): .ask(side, command)
        case .crash: .crash(side)
        case .cut: .cut(side)
        case .blackHole: .blackHole(side)
        case .failApply: .failApply(side)
        case .failCopy: .failCopy(side)
        case .notice: .notice(side)
        case .openHole: .openHole(side)
        case .restart: .restart(side)
        case .connect: .connect(side)
        case .writeBack(_, let seed): .writeBack(side, seed: seed)
        case .crashMachine(_, let seed): .crashMachine(side, seed: seed)
        case .plan, .pass, .rest: self
        }
    }
}
