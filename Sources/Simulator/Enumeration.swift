// Small worlds, completely: from each of a few beginnings, in each mode, every sequence of events up to a length. After
// each event the world is also healed and brought home, and then put back: the memory of its arrays is copied, and the
// rest of a world is a value.

package import ReplicationCore

package struct Enumeration: Sendable {
    /// Where an enumeration begins.
    package enum Beginning: String, CaseIterable, Sendable {
        /// Equal and at rest.
        case paired
        /// The first copy is under way.
        case copying
        /// Split, and hosts wrote on both sides.
        case parted
        /// The secondary took over while the link was down.
        case takenOver
    }
    package struct Finding: Sendable {
        package var violation: Violation
        package var script: Script
    }

    package let mode: ReplicationMode
    package let hasJournals: Bool
    package let beginning: Beginning
    package let depth: Int
    let sabotage: Sabotage?
    /// Histories played: one for each sequence of events, each healed at its end.
    package private(set) var histories = 0
    package private(set) var finding: Finding?
    private var path: [Event] = []

    package init(
        mode: ReplicationMode, hasJournals: Bool = false, beginning: Beginning, events: Int, sabotage: Sabotage? = nil
    ) {
        self.mode = mode
        self.hasJournals = hasJournals
        self.beginning = beginning
        depth = events
        self.sabotage = sabotage
    }

    private static func shape(_ mode: ReplicationMode, _ hasJournals: Bool) -> WorldShape {
        var shape = WorldShape(mode: mode)
        shape.groups[0].hasJournals = hasJournals
        shape.volumeBlocks = [8]
        shape.groups[0].copyPace = 1
        return shape
    }

    /// Plays all sequences, until one fails.
    package mutating func run() {
        var world = World(Self.shape(mode, hasJournals), sabotage: sabotage)
        path = Self.prologue(beginning)
        for event in path { world.play(event) }
        explore(&world, left: depth)
    }

    private mutating func explore(_ world: inout World, left: Int) {
        let here = Checkpoint(world)
        histories += 1
        world.finish()
        if let violation = world.violation {
            let script = Script(shape: world.shape, events: path, sabotage: sabotage)
            finding = Finding(violation: violation, script: script)
            return
        }
        here.restore(&world)
        guard left > 0 else { return }
        for event in Self.events(in: world) where finding == nil {
            path.append(event)
            if world.play(event) { explore(&world, left: left - 1) }
            path.removeLast()
            here.restore(&world)
        }
    }

    // MARK: Where it begins

    private static func prologue(_ beginning: Beginning) -> [Event] {
        let made: [Event] = [.connect(.a), .ask(.a, .create(copiesData: true))]
        let write = { (side: Side, first: UInt16) -> [Event] in
            [.startWrite(side, volume: 0, first: first, count: 1, isDiscard: false, fails: false), .rest]
        }
        switch beginning {
        case .paired: return made + [.rest]
        case .copying: return made + [.deliver(.b), .deliver(.a), .copy(.a)]
        case .parted:
            let split = Command.split(pairs: [0], secondaryWritable: true, protectsPrimary: false)
            return made + [.rest, .ask(.a, split), .rest] + write(.a, 0) + write(.b, 7)
        case .takenOver:
            return made + [.rest, .cut(.a), .notice(.a), .notice(.b), .ask(.b, .takeOver), .rest] + write(.b, 7)
        }
    }

    // MARK: What can happen

    private static func events(in world: World) -> [Event] {
        var events: [Event] = []
        for side in Side.allCases {
            events += world[side].isUp ? running(side, world) : [.restart(side)]
        }
        events.append(world.isConnected ? .cut(.a) : .connect(.a))
        events.append(.pass(milliseconds: 301_000))
        return events
    }

    private static func running(_ side: Side, _ world: World) -> [Event] {
        let site = world[side]
        var events: [Event] = [.crash(side)]
        // Of what was never flushed either the volume has reached the disk, or nothing has.
        if !world.hasRebooted { events += [.crashMachine(side, seed: 0), .crashMachine(side, seed: 6)] }
        if world.pipes[site.end].isSevered, site.hasLink { events.append(.notice(side)) }
        if world.canDeliver(to: side) { events.append(.deliver(side)) }
        for index in site.writes.indices where site.writes[index].canAdvance {
            events.append(.advanceWrite(side, UInt8(index)))
        }
        guard site.hasGroup else { return events }
        if site.writes.count < 2 {
            // Across the border of two tracks, so that two writes overlap.
            events.append(.startWrite(side, volume: 0, first: 3, count: 2, isDiscard: false, fails: false))
        }
        if site.wantsCopy || !site.copy.isIdle { events.append(.copy(side)) }
        if site.maySend, site.hasLink { events.append(.pump(side, limit: 100_000)) }
        if site.owesAcknowledgement { events.append(.acknowledge(side)) }
        if world.canRestore(side) { events.append(.restore(side)) }
        events += [
            .ask(side, .split(pairs: [0], secondaryWritable: true, protectsPrimary: false)),
            .ask(side, .resynchronise(pairs: [0], fence: nil)), .ask(side, .swap), .ask(side, .takeOver),
        ]
        return events
    }
}

/// A world to come back to.
struct Checkpoint {
    private let world: World
    private let memories: [[UInt8]]

    init(_ world: World) {
        self.world = world
        memories = world.sites.map(\.nvram.contents)
    }

    /// Puts `world` back; it must be the one that the checkpoint was made of, or a copy: they share their memories.
    func restore(_ world: inout World) {
        world = self.world
        for (index, bytes) in memories.enumerated() { world.sites[index].nvram.contents = bytes }
    }
}
