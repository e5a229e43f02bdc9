// Draws the next event of a history. It looks at the world so as not to waste steps on what cannot happen, and now and
// then draws that too.

internal import ReplicationCore

struct Scheduler: Sendable {
    var dice: Dice
    let swarm: Swarm
    /// Weight of faults beside commands and repairs; falls to zero once there were plenty.
    private let faultWeight: Int

    init(seed: UInt64, profile: Profile, mode: ReplicationMode?) {
        dice = Dice(seed: seed)
        swarm = Swarm(profile, mode: mode, &dice)
        faultWeight =
            swarm.crashes + swarm.cuts + swarm.holes + swarm.boots + swarm.failingApplies + swarm.failingCopies
    }

    /// The next event. // hot
    mutating func next(_ world: borrowing World) -> Event {
        // An operator who has taken a pair out takes it in again soon: something of its last life may be on its way still.
        if swarm.joins, dice.chance(8), let event = rejoin(world) { return event }
        if dice.roll(200) < swarm.restlessness * urgency(world.tally) { return disturbance(world) }
        for _ in 0..<3 {
            if let event = step(world) { return event }
        }
        return disturbance(world)
    }

    /// In half percent: a history that has written much and suffered little is disturbed more often, one that only lacks
    /// writes less often.
    private func urgency(_ tally: Tally) -> Int {
        if tally.faults >= History.faultsWanted, tally.roleChanges >= History.roleChangesWanted { return 1 }
        let isBehind =
            tally.faults * History.writesWanted < tally.writes * History.faultsWanted
            || tally.roleChanges * History.writesWanted < tally.writes * History.roleChangesWanted
        return isBehind ? 6 : 2
    }

    // MARK: Steps

    private mutating func step(_ world: borrowing World) -> Event? {
        let groups = swarm.shape.groups.count
        var group = groups > 1 ? dice.roll(groups) : 0
        for _ in 0..<groups {
            if let event = step(Side(group: group, half: 0), world) { return event }
            group = (group + 1) % groups
        }
        return nil
    }

    /// A step of the group of `near`. // hot
    private mutating func step(_ near: Side, _ world: borrowing World) -> Event? {
        // Now and then a host writes where it may not.
        let triesInVain = dice.chance(5)
        let weights = (enabled(near, triesInVain, world), enabled(near.other, triesInVain, world))
        let (one, other) = (weights.0.wrappedSum(), weights.1.wrappedSum())
        guard one + other > 0 else { return nil }
        var ticket = Int32(truncatingIfNeeded: dice.roll(Int(one + other)))
        let side = ticket < one ? near : near.other
        let chosen = ticket < one ? weights.0 : weights.1
        if ticket >= one { ticket -= one }
        var kind = 0
        while ticket >= chosen[kind] {
            ticket -= chosen[kind]
            kind += 1
        }
        switch kind {
        case 0: return startWrite(side, world)
        case 1: return .advanceWrite(side, UInt8(truncatingIfNeeded: advancing(side, world)))
        case 2: return .copy(side)
        case 3: return .pump(side, limit: dice.chance(70) ? 100_000 : dice.chance(50) ? 5000 : 1)
        case 4: return .deliver(side)
        case 5: return .acknowledge(side)
        case 7: return .restore(side)
        case _:
            if dice.chance(30) { return .writeBack(side, seed: UInt32(truncatingIfNeeded: dice.next())) }
            return .flush(side, volume: UInt8(dice.roll(swarm.shape.groups[side.group].volumeBlocks.count)))
        }
    }

    private func enabled(_ side: Side, _ triesInVain: Bool, _ world: borrowing World) -> SIMD8<Int32> {
        let i = side.index
        guard world.sites[i].isUp else { return SIMD8() }
        let pace = swarm.paces[i]
        var weights = SIMD8<Int32>()
        if world.sites[i].hasGroup {
            let works = world.sites[i].isWritable
            if world.sites[i].writes.count < 6 { weights[0] = Int32(works ? pace.start : triesInVain ? 1 : 0) }
            if world.sites[i].wantsCopy || !world.sites[i].copy.isIdle { weights[2] = Int32(pace.copy) }
            if world.sites[i].maySend, world.sites[i].hasLink { weights[3] = Int32(pace.pump) }
            if world.sites[i].owesAcknowledgement { weights[5] = Int32(pace.acknowledge) }
            if world.sites[i].group[0].nextToRestore != nil { weights[7] = Int32(pace.restore) }
        }
        for index in world.sites[i].writes.indices where world.sites[i].writes[index].canAdvance {
            weights[1] = Int32(pace.advance)
            break
        }
        if world.canDeliver(to: side) { weights[4] = Int32(pace.deliver) }
        if swarm.boots > 0, weights[0] + weights[1] > 0, !world.hasRebooted { weights[6] = 1 }
        return weights
    }

    /// One of the writes that can go on.
    private mutating func advancing(_ side: Side, _ world: borrowing World) -> Int {
        let count = world.sites[side.index].writes.count
        var index = dice.roll(count)
        for _ in 0..<count where !world.sites[side.index].writes[index].canAdvance { index = (index + 1) % count }
        return index
    }

    private mutating func startWrite(_ side: Side, _ world: borrowing World) -> Event {
        let volume = dice.roll(swarm.shape.groups[side.group].volumeBlocks.count)
        let blocks = swarm.shape.groups[side.group].volumeBlocks[volume]
        let first = dice.roll(blocks)
        return .startWrite(
            side, volume: UInt8(volume), first: UInt16(first),
            count: UInt8(min(dice.roll(1...swarm.longestWrite), blocks - first)),
            isDiscard: dice.chance(swarm.discards), fails: dice.roll(1000) < swarm.failingWrites)
    }

    // MARK: Disturbances

    private mutating func disturbance(_ world: borrowing World) -> Event {
        // What is broken is repaired sooner if little else can happen.
        let repairs = isBroken(world) ? swarm.repairs * 2 : 0
        let faults = wantsFaults(world.tally) ? min(faultWeight, 6) : 0
        let ticket = dice.roll(swarm.commands + swarm.waits + repairs + faults)
        if ticket < swarm.commands { return command(world) }
        if ticket < swarm.commands + swarm.waits {
            return .pass(milliseconds: dice.pick([5, 11_000, 95_000, 301_000]))
        }
        return ticket < swarm.commands + swarm.waits + repairs ? repair(world) : fault(world)
    }

    private func isBroken(_ world: borrowing World) -> Bool {
        for index in world.sites.indices where !world.sites[index].isUp || !world.sites[index].hasLink { return true }
        for index in world.pipes.indices where world.pipes[index].isSevered || world.pipes[index].isBlackHole {
            return true
        }
        return false
    }

    /// Enough is enough; and where pairs never come together, their roles cannot be changed.
    private func wantsFaults(_ tally: Tally) -> Bool {
        tally.faults < (tally.roleChanges < History.roleChangesWanted ? 5 : 12)
    }

    private mutating func anySide() -> Side { Side(index: dice.roll(swarm.paces.count)) }

    private mutating func repair(_ world: borrowing World) -> Event {
        let first = anySide()
        for offset in swarm.paces.indices {
            let side = Side(index: (first.index + offset) % swarm.paces.count)
            if !world[side].isUp { return .restart(side) }
            let end = world[side].end
            if world.pipes[end].isBlackHole { return dice.chance(50) ? .notice(side) : .openHole(side) }
            if world.pipes[end].isSevered, world[side].hasLink, dice.chance(60) { return .notice(side) }
            if offset > 0, !world.isConnected(side) { return .connect(side) }
        }
        return .connect(first)
    }

    private mutating func fault(_ world: borrowing World) -> Event {
        let side = anySide()
        var ticket = dice.roll(max(1, faultWeight))
        func takes(_ weight: Int) -> Bool {
            ticket -= weight
            return ticket < 0
        }
        if takes(swarm.crashes) {
            if dice.chance(40) { return .crash(side) }
            return .plan(Fault(crashOf: world[side].array), after: UInt8(dice.roll(12)))
        }
        if takes(swarm.cuts) { return dice.chance(60) ? .cut(side) : .plan(.cut, after: UInt8(dice.roll(12))) }
        if takes(swarm.holes) { return .blackHole(side) }
        if takes(swarm.boots) {
            if world.hasRebooted { return .cut(side) }
            return .crashMachine(side, seed: UInt32(truncatingIfNeeded: dice.next()))
        }
        return takes(swarm.failingApplies) ? .failApply(side) : .failCopy(side)
    }

    private mutating func command(_ world: borrowing World) -> Event {
        let folly = wantsFaults(world.tally) ? swarm.folly : swarm.folly / 4
        let side = anySide()
        if !dice.chance(folly), let event = wise(side, world) { return event }
        let volumes = swarm.shape.groups[side.group].volumeBlocks.count
        let all = PairSet.all(volumes)
        let some = dice.chance(70) ? all : PairSet(bits: UInt8(1 << dice.roll(volumes)))
        if swarm.joins, dice.chance(15) { return .ask(side, .join(pairs: some, copiesData: dice.chance(70))) }
        switch dice.roll(swarm.deletes ? 17 : 15) {
        case 0..<3:
            return .ask(
                side, .split(pairs: some, secondaryWritable: dice.chance(60), protectsPrimary: dice.chance(10)))
        case 3..<8:
            let fence = dice.chance(10) ? dice.pick(FencePolicy.allCases) : nil
            return .ask(side, .resynchronise(pairs: some, fence: fence))
        case 8..<11: return .ask(side, .swap)
        case 11..<13: return .ask(side, .takeOver)
        case 13: return .ask(side, .rollBack)
        case 14: return .ask(side, .lowerFence(pairs: some))
        case _: return .ask(side, .delete(pairs: some, localOnly: dice.chance(50)))
        }
    }

    /// What an operator with a plan would ask: bring the pairs together, and once they are, change the roles.
    private mutating func wise(_ side: Side, _ world: borrowing World) -> Event? {
        guard world.isConnected(side) else {
            // The site is lost: the other one takes over.
            let takes = world[side].isUp && world.view(side)?.role == .secondary && dice.chance(40)
            return takes ? .ask(side, .takeOver) : repair(world)
        }
        let isHome = world.isHome(side.group)
        if !isHome, let (side, command) = world.nextRepair(side.group) { return .ask(side, command) }
        let first = Side(group: side.group, half: 0)
        if !world[first].hasGroup, !world[first.other].hasGroup { return .ask(first, .create(copiesData: true)) }
        guard isHome, world[first].hasGroup else { return nil }
        if swarm.joins, dice.chance(40) { return wiseJoin(first, world) ?? leave(first, world) }
        let secondary = world[first].group[0].record.role == .secondary ? first : first.other
        return .ask(secondary, dice.chance(60) ? .swap : .takeOver)
    }

    /// Takes one of the pairs in that are in none.
    private mutating func wiseJoin(_ first: Side, _ world: borrowing World) -> Event? {
        let record = world[first].group[0].record
        let missing = record.pairs.indices.filter { record.pairs[$0].isDeleted }
        guard !missing.isEmpty else { return nil }
        let chosen = dice.chance(30) ? missing : [dice.pick(missing)]
        let pairs = PairSet(bits: chosen.reduce(0) { $0 | 1 << UInt8($1) })
        return .ask(record.role == .primary ? first : first.other, .join(pairs: pairs, copiesData: dice.chance(70)))
    }

    /// Takes one of the pairs out; the first one stays.
    private mutating func leave(_ first: Side, _ world: borrowing World) -> Event? {
        let record = world[first].group[0].record
        let live = record.livePairs.filter { $0 > 0 }
        guard !live.isEmpty else { return nil }
        let pairs = PairSet(bits: 1 << UInt8(dice.pick(live)))
        return .ask(record.role == .primary ? first : first.other, .delete(pairs: pairs, localOnly: false))
    }

    private mutating func rejoin(_ world: borrowing World) -> Event? {
        let first = Side(group: dice.roll(swarm.shape.groups.count), half: 0)
        guard world.isConnected(first), world[first].hasGroup, world.isHome(first.group) else { return nil }
        return wiseJoin(first, world)
    }
}
