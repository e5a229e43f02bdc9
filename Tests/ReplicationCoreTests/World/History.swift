// A random history: hosts, faults and operators, drawn from a seed; then everything is healed and brought home.

internal import ReplicationCore

struct History {
    /// How likely faults and operators are, in percent of a hundred steps.
    struct Mood: Sendable {
        var steps = 250
        var operators = 3
        var crashes = 1
        var cuts = 2
        var deletes = false
        var failingDevices = true
    }

    var world: World
    var dice: Dice
    let mood: Mood

    init(seed: UInt64, mood: Mood = Mood(), mode: ReplicationMode? = nil, sabotage: Sabotage? = nil) {
        var dice = Dice(seed: seed)
        self.mood = mood
        var shape = WorldShape(mode: mode ?? dice.pick(ReplicationMode.allCases))
        shape.volumeBlocks = dice.chance(50) ? [dice.roll(5...40)] : [dice.roll(5...40), dice.roll(5...40)]
        if dice.chance(10) { shape.volumeBlocks[0] = dice.roll(250...280) }
        shape.slotCount = dice.pick([16, 16, 32, 64])
        shape.ringBytes = dice.pick([18, 24, 48, 200]) * 1024
        shape.copyPace = UInt8(dice.roll(1...2))
        world = World(shape, sabotage: sabotage)
        self.dice = dice
    }

    /// Runs history `seed`; returns what was broken, with the story if there is one.
    static func run(
        seed: UInt64, mood: Mood = Mood(), mode: ReplicationMode? = nil, sabotage: Sabotage? = nil,
        isTold: Bool = false
    ) -> (violation: Violation?, trace: [String]) {
        var history = History(seed: seed, mood: mood, mode: mode, sabotage: sabotage)
        if isTold { history.world.trace = [] }
        history.play()
        return (history.world.violation, history.world.trace ?? [])
    }

    private mutating func play() {
        world.connect()
        let copiesData = dice.chance(80)
        if !copiesData { world[.b].volumes = world[.a].volumes }
        world.ask(.a, .create(copiesData: copiesData))
        if dice.chance(70) { world.runDry() }
        for _ in 0..<mood.steps where world.violation == nil {
            step()
            world.check()
        }
        guard world.violation == nil else { return }
        world.heal()
        world.bringHome()
    }

    private mutating func step() {
        let side = dice.chance(50) ? Side.a : .b
        switch dice.roll(100) {
        case 0..<12: startWrite(side)
        case 12..<42: advanceSomeWrite(side)
        case 42..<52: _ = world.advanceCopy(side)
        case 52..<64: _ = world.pump(side, limit: dice.pick([1, 5000, 100_000]))
        case 64..<84: _ = world.deliver(to: side)
        case 84..<90: _ = world.acknowledge(side)
        case 90..<93: if dice.chance(mood.operators * 33) { command() }
        case 93..<96: fault(side)
        case 96..<97: world.pass(dice.pick([.milliseconds(5), .seconds(11), .seconds(95), .seconds(301)]))
        case 97..<99: repair()
        case _: for _ in 0..<dice.roll(30) { advanceEverything() }
        }
    }

    private mutating func advanceEverything() {
        for side in Side.allCases {
            if !world[side].writes.isEmpty { advanceSomeWrite(side) }
            _ = world.advanceCopy(side)
            _ = world.pump(side)
            _ = world.deliver(to: side)
            _ = world.acknowledge(side)
            world.check()
        }
    }

    private mutating func startWrite(_ side: Side) {
        // Nobody writes to the other volume of a pair that is said to be equal already.
        guard world[side].isUp, world[side].machine != nil, world[side].writes.count < 6 else { return }
        let volume = dice.roll(world.shape.volumeBlocks.count)
        let blocks = world.shape.volumeBlocks[volume]
        let first = dice.roll(blocks)
        let count = min(dice.roll(1...6), blocks - first)
        let fails = mood.failingDevices && dice.chance(1)
        world.startWrite(side, volume: volume, first: first, count: count, fails: fails, isDiscard: dice.chance(10))
    }

    private mutating func advanceSomeWrite(_ side: Side) {
        guard !world[side].writes.isEmpty else { return }
        _ = world.advanceWrite(side, dice.roll(world[side].writes.count))
    }

    private mutating func command() {
        let side = dice.chance(50) ? Side.a : .b
        guard world[side].isUp, world[side].machine != nil else { return }
        let all = Array(world.shape.volumeBlocks.indices)
        let some = dice.chance(70) ? all : [dice.pick(all)]
        switch dice.roll(mood.deletes ? 16 : 15) {
        case 0..<3:
            world.ask(side, .split(pairs: some, secondaryWritable: dice.chance(60), protectsPrimary: dice.chance(10)))
        case 3..<8:
            world.ask(side, .resynchronise(pairs: some, fence: dice.chance(10) ? dice.pick(FencePolicy.allCases) : nil))
        case 8..<11: world.ask(side, .swap)
        case 11..<13: world.ask(side, .takeOver)
        case 13: world.ask(side, .rollBack)
        case 14: world.ask(side, .lowerFence(pairs: some))
        case _: world.ask(side, .delete(pairs: some, localOnly: dice.chance(50)))
        }
    }

    private mutating func fault(_ side: Side) {
        let kind = dice.roll(100)
        if kind < mood.crashes * 10 {
            world.crash(side)
        } else if kind < mood.crashes * 20 {
            world.plannedFault = dice.pick(Fault.allCases)
            world.faultCountdown = dice.roll(12)
        } else if kind < (mood.crashes + mood.cuts) * 20 {
            if world.isConnected { world.cut() }
        } else if kind < 70 {
            world.swallow(towards: side)
        } else if kind < 80, mood.failingDevices {
            world[side].failsNextApply = true
        } else if kind < 85, mood.failingDevices {
            world[side].failsNextCopy = true
        }
    }

    private mutating func repair() {
        for side in Side.allCases {
            if !world[side].isUp, dice.chance(60) { world.restart(side) }
            if world.pipes[side.rawValue].isSevered, dice.chance(60) { world.notice(side) }
            if world.pipes[side.rawValue].isBlackHole {
                if dice.chance(50) { world.notice(side) } else { world.pipes[side.rawValue].isBlackHole = false }
            }
        }
        if !world.isConnected, dice.chance(60) { world.connect() }
    }
}
