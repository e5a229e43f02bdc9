// A history for real arrays: what is done to them and after which delay, drawn completely from its seed, so that it can
// be done again. Kinds and weights of disturbance are those of the simulated histories (`Swarm`); the steps are coarse,
// because threads, disks and sockets take the small ones by themselves.
//
// Nothing here looks at a world: a wise operator's command is drawn as an intention ("bring the pairs together") and
// becomes a command when it is played. What is down or cut is followed as far as the history itself did it.

package import ReplicationCore

/// How an operator's command reaches an array.
package enum Messenger: String, Hashable, Sendable, CaseIterable {
    /// A request through the command device.
    case device
    /// The host's RAID Manager commands.
    case raidManager
}

package enum RealAct: Hashable, Sendable {
    case ask(Side, Command, Messenger)
    /// What an operator would ask next to have the pairs equal again.
    case bringTogether(Messenger)
    /// Asked of whichever side holds the secondaries.
    case changeRoles(takesOver: Bool, Messenger)
    /// SIGKILL.
    case kill(Side)
    case killBoth
    case start(Side)
    case cut
    /// What goes to this side disappears; the connection stands.
    case blackHole(Side)
    /// Both directions pass everything again, as fast as they can.
    case heal
    /// What this side sends is late and slow.
    case shape(Side, latencyMilliseconds: Int, kilobytesPerSecond: Int)
    case wait
}

/// How the primary's site ends, before the other side takes over.
package enum RealEnding: String, Hashable, Sendable, CaseIterable {
    case killPrimary
    /// The array and its hosts' RAID Manager at once.
    case failSite
    /// First the link, then the array.
    case cutThenKill
    /// First a link that swallows everything, then the array.
    case holeThenKill
    /// The link alone: the other side takes over while the primary lives on.
    case cut
    /// Both arrays; only the other side comes back.
    case killBoth
    /// Nothing breaks: the hosts stop, and the roles change.
    case orderly
}

package struct RealHistory: Hashable, Sendable {
    /// Rises whenever a seed gives another history than before.
    package static let generation = 2

    package struct Step: Hashable, Sendable {
        package var delayMilliseconds: Int
        package var act: RealAct
    }

    package let seed: UInt64
    package let mode: ReplicationMode
    /// Whether the volumes are one consistency group; two separate groups otherwise.
    package let sharesOrder: Bool
    /// Whether the writes on their way lie in journals instead of side files. Only asynchronous pairs have them.
    package let hasJournals: Bool
    /// Everything that happens to the pairs before the application is put on them.
    package let prologue: [Step]
    /// What happens under the application, before the end.
    package let tail: [Step]
    package let ending: RealEnding
    /// Between the first blow of an ending and the second.
    package let endingMilliseconds: Int
    /// How long the application works before the end, at the least.
    package let workMilliseconds: Int
    package let takeover: Messenger

    /// - Parameters:
    ///   - mode: nil draws one.
    ///   - sharesOrder: nil draws it. Asynchronous volumes share their order always.
    ///   - hasJournals: nil draws it, where the pairs are asynchronous.
    package init(
        seed: UInt64, profile: Profile = .swarm, mode: ReplicationMode? = nil, sharesOrder: Bool? = nil,
        hasJournals: Bool? = nil
    ) {
        self.seed = seed
        var drawing = RealDrawing(seed: seed, profile: profile, mode: mode)
        self.mode = drawing.mode
        let separates = drawing.dice.chance(40)
        self.sharesOrder = drawing.mode == .asynchronous || (sharesOrder ?? !separates)
        self.hasJournals = drawing.mode == .asynchronous && (hasJournals ?? drawing.drawsJournals)
        prologue = drawing.prologue()
        tail = drawing.tail()
        ending = drawing.ending()
        endingMilliseconds = drawing.dice.roll(1...150)
        workMilliseconds = drawing.dice.roll(20...350)
        takeover = drawing.messenger(40)
    }
}

/// The drawing of one history.
private struct RealDrawing {
    var dice: Dice
    private let seed: UInt64
    let profile: Profile
    let swarm: Swarm
    private var isDown = [false, false]
    private var isCut = false
    private var isHole = false
    private var faults = 0

    init(seed: UInt64, profile: Profile, mode: ReplicationMode?) {
        dice = Dice(seed: seed)
        self.seed = seed
        self.profile = profile
        swarm = Swarm(profile, mode: mode, &dice)
    }

    var mode: ReplicationMode { swarm.shape.groups[0].mode }
    /// With dice of its own: what a seed did before there were journals it still does. The profile of journals draws them
    /// with the shape of its world.
    var drawsJournals: Bool {
        var dice = Dice(seed: seed ^ 0x6A6F_7572_6E61_6C73)
        return profile == .journals ? swarm.shape.groups[0].hasJournals : dice.chance(50)
    }

    private var faultWeight: Int { swarm.crashes + swarm.cuts + swarm.holes }

    /// - Parameter percent: how often RAID Manager is taken; it is the slower way.
    mutating func messenger(_ percent: Int) -> Messenger { dice.chance(percent) ? .raidManager : .device }

    private mutating func step(_ act: RealAct) -> RealHistory.Step {
        RealHistory.Step(delayMilliseconds: dice.pick([0, 3, 10, 25, 60, 120]) + dice.roll(8), act: act)
    }

    mutating func prologue() -> [RealHistory.Step] {
        let count = dice.roll(3...10)
        var steps: [RealHistory.Step] = []
        for _ in 0..<count { steps.append(step(disturbance())) }
        return steps
    }

    // The same order of choices as the scheduler of the simulated histories.
    private mutating func disturbance() -> RealAct {
        let isBroken = isDown.contains(true) || isCut || isHole
        let repairs = isBroken ? swarm.repairs * 2 : 0
        let faultShare = faults < 5 ? min(faultWeight, 6) : 0
        let ticket = dice.roll(swarm.commands + swarm.waits + repairs + faultShare)
        if ticket < swarm.commands { return command() }
        if ticket < swarm.commands + swarm.waits { return .wait }
        return ticket < swarm.commands + swarm.waits + repairs ? repair() : fault()
    }

    private mutating func repair() -> RealAct {
        let side = dice.chance(50) ? Side.a : .b
        for side in [side, side.other] where isDown[side.half] {
            isDown[side.half] = false
            return .start(side)
        }
        (isCut, isHole) = (false, false)
        return .heal
    }

    private mutating func fault() -> RealAct {
        faults += 1
        let side = dice.chance(50) ? Side.a : .b
        var ticket = dice.roll(max(1, faultWeight))
        func takes(_ weight: Int) -> Bool {
            ticket -= weight
            return ticket < 0
        }
        if takes(swarm.crashes) {
            if dice.chance(15) {
                isDown = [true, true]
                return .killBoth
            }
            isDown[side.half] = true
            return .kill(side)
        }
        if takes(swarm.cuts) {
            isCut = true
            return .cut
        }
        guard takes(swarm.holes) else { return .wait }
        isHole = true
        return .blackHole(side)
    }

    private mutating func command() -> RealAct {
        let messenger = messenger(25)
        guard dice.chance(swarm.folly) else {
            return dice.chance(60)
                ? .bringTogether(messenger) : .changeRoles(takesOver: dice.chance(40), messenger)
        }
        let side = dice.chance(50) ? Side.a : .b
        let all = PairSet.all(2)
        let some = dice.chance(70) ? all : PairSet(bits: UInt8(1 << dice.roll(2)))
        switch dice.roll(swarm.deletes ? 17 : 15) {
        case 0..<3:
            let split = Command.split(
                pairs: some, secondaryWritable: dice.chance(60), protectsPrimary: dice.chance(10))
            return .ask(side, split, messenger)
        case 3..<8:
            let fence = dice.chance(10) && mode != .asynchronous ? dice.pick(FencePolicy.allCases) : nil
            return .ask(side, .resynchronise(pairs: some, fence: fence), messenger)
        case 8..<11: return .ask(side, .swap, messenger)
        case 11..<13: return .ask(side, .takeOver, messenger)
        case 13: return .ask(side, .rollBack, .device)
        case 14: return .ask(side, .lowerFence(pairs: some), messenger)
        case _: return .ask(side, .delete(pairs: some, localOnly: dice.chance(50)), messenger)
        }
    }

    /// What may happen while an application works: the roles stay as they are, and the primary lives.
    mutating func tail() -> [RealHistory.Step] {
        var steps: [RealHistory.Step] = []
        // A secondary that lags is what makes an asynchronous disaster one.
        if dice.chance(mode == .asynchronous ? 60 : 15) {
            steps.append(
                step(
                    .shape(
                        dice.chance(80) ? .a : .b, latencyMilliseconds: dice.roll(0...6),
                        kilobytesPerSecond: dice.pick([300, 1000, 3000]))))
        }
        guard profile != .calm else { return steps }
        for _ in 0..<dice.pick([0, 0, 1, 2, 4]) { steps.append(step(interference())) }
        return steps
    }

    /// `a` stands for the side where the application works, `b` for the other.
    private mutating func interference() -> RealAct {
        let all = PairSet.all(2)
        var ticket = dice.roll(max(1, swarm.crashes + swarm.cuts + swarm.holes) + 4)
        func takes(_ weight: Int) -> Bool {
            ticket -= weight
            return ticket < 0
        }
        if takes(swarm.crashes) { return dice.chance(50) ? .kill(.b) : .start(.b) }
        if takes(swarm.cuts) { return dice.chance(50) ? .cut : .heal }
        if takes(swarm.holes) { return dice.chance(50) ? .blackHole(dice.chance(50) ? .a : .b) : .heal }
        let messenger = messenger(25)
        switch dice.roll(8) {
        case 0: return .ask(.a, .split(pairs: all, secondaryWritable: false, protectsPrimary: false), messenger)
        case 1: return .ask(.a, .lowerFence(pairs: all), messenger)
        case 2..<5: return .bringTogether(messenger)
        case _: return .wait
        }
    }

    mutating func ending() -> RealEnding {
        switch profile {
        case .calm: .orderly
        case .links: dice.pick([.cut, .cutThenKill, .orderly])
        case .crashes: dice.pick([.killPrimary, .killPrimary, .failSite, .killBoth])
        case .swarm, .devices, .deletes, .boots, .groups, .arrays, .journals, .joins:
            dice.pick([
                .killPrimary, .killPrimary, .failSite, .failSite, .cutThenKill, .cutThenKill, .holeThenKill, .cut,
                .killBoth, .orderly,
            ])
        }
    }
}

extension RealAct {
    /// In words, with the names of the two sides.
    package func told(_ names: (String, String)) -> String {
        func name(_ side: Side) -> String { side == .a ? names.0 : names.1 }
        switch self {
        case .ask(let side, let command, let messenger):
            return "\(messenger.told) at \(name(side)): \(command.told)"
        case .bringTogether(let messenger): return "\(messenger.told): bring the pairs together"
        case .changeRoles(let takesOver, let messenger):
            return "\(messenger.told) at the secondary: \(takesOver ? "take over" : "swap the roles")"
        case .kill(let side): return "kill -9 \(name(side))"
        case .killBoth: return "kill -9 both arrays"
        case .start(let side): return "start \(name(side))"
        case .cut: return "cut the link"
        case .blackHole(let side): return "a black hole for what goes to \(name(side))"
        case .heal: return "heal the link"
        case .shape(let side, let latency, let rate):
            return "what \(name(side)) sends is \(latency) ms late and has \(rate) kB/s"
        case .wait: return "wait"
        }
    }
}

extension Messenger {
    package var told: String {
        switch self {
        case .device: "command device"
        case .raidManager: "RAID Manager"
        }
    }
}

extension RealEnding {
    package var told: String {
        switch self {
        case .killPrimary: "kill -9 the primary's array"
        case .failSite: "the primary's site fails"
        case .cutThenKill: "the link is cut, then the primary's array killed"
        case .holeThenKill: "the link swallows what goes to the other side, then the primary's array is killed"
        case .cut: "the link is cut; the primary lives on"
        case .killBoth: "kill -9 both arrays; only the other side starts again"
        case .orderly: "the hosts stop, nothing breaks"
        }
    }
}
