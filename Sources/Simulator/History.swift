// A random history: hosts, faults and operators, drawn from a seed; then everything is healed and brought home. The
// same seed and profile give the same history on every machine, for one `generation`.

package import ReplicationCore

/// What became of a history.
package struct Outcome: Sendable {
    package var violation: Violation?
    package var tally: Tally
    /// Events, without those of the healing.
    package var events: Int

    /// Whether enough happened for the history to count.
    package var isComplete: Bool {
        tally.writes >= History.writesWanted && tally.faults >= History.faultsWanted
            && tally.roleChanges >= History.roleChangesWanted
    }
}

package struct History: Sendable {
    /// Rises whenever a seed gives another history than before.
    package static let generation = 3
    package static let writesWanted = 200
    package static let faultsWanted = 3
    package static let roleChangesWanted = 2
    /// A history that has not got so far by then is played to its end anyway, and does not count as complete.
    static let mostEvents = 5000

    package let seed: UInt64
    package let profile: Profile
    package let mode: ReplicationMode?
    package let sabotage: Sabotage?

    package init(
        seed: UInt64, profile: Profile = .swarm, mode: ReplicationMode? = nil, sabotage: Sabotage? = nil
    ) {
        self.seed = seed
        self.profile = profile
        self.mode = mode
        self.sabotage = sabotage
    }

    /// The world that it is played in.
    package var shape: WorldShape { Scheduler(seed: seed, profile: profile, mode: mode).swarm.shape }

    /// Plays the history, without a record of it.
    package func run() -> Outcome {
        var world = World(WorldShape(mode: .asynchronous))
        return play(&world) { _ in }
    }

    /// Plays the history and keeps its events.
    package func record() -> (script: Script, outcome: Outcome) {
        var events: [Event] = []
        var world = World(WorldShape(mode: .asynchronous))
        let outcome = play(&world) { events.append($0) }
        return (Script(shape: world.shape, events: events, sabotage: sabotage), outcome)
    }

    private func play(_ world: inout World, _ record: (Event) -> Void) -> Outcome {
        var scheduler = Scheduler(seed: seed, profile: profile, mode: mode)
        world = World(scheduler.swarm.shape, sabotage: sabotage)
        let copies = scheduler.swarm.copiesData
        var beginning: [Event] = []
        for group in world.shape.groups.indices {
            let side = Side(group: group, half: 0)
            let copiesData = copies && !world.shape.groups[group].startsHeld
            beginning += [.connect(side), .ask(side, .create(copiesData: copiesData))]
        }
        if scheduler.dice.chance(70) { beginning.append(.rest) }
        for event in beginning {
            record(event)
            world.play(event)
        }
        let wantsFaults = profile == .calm ? 0 : Self.faultsWanted
        var events = beginning.count
        while world.violation == nil, events < Self.mostEvents {
            let tally = world.tally
            if tally.writes >= Self.writesWanted, tally.faults >= wantsFaults,
                tally.roleChanges >= Self.roleChangesWanted
            {
                break
            }
            let event = scheduler.next(world)
            record(event)
            world.play(event)
            events += 1
        }
        let outcome = Outcome(tally: world.tally, events: events)
        world.finish()
        return Outcome(violation: world.violation, tally: outcome.tally, events: events)
    }
}

/// A history without a seed: what is played, from the first event to the last, before everything is healed.
package struct Script: Hashable, Sendable {
    package var shape: WorldShape
    package var events: [Event]
    package var sabotage: Sabotage?
    package init(shape: WorldShape, events: [Event], sabotage: Sabotage? = nil) {
        self.shape = shape
        self.events = events
        self.sabotage = sabotage
    }

    /// Plays the script from the beginning; returns the world at its end.
    package func play(isTold: Bool = false) -> World {
        var world = World(shape, sabotage: sabotage)
        if isTold { world.timeline = Timeline() }
        for event in events {
            guard world.violation == nil else { break }
            world.play(event)
        }
        world.finish()
        if let violation = world.violation { world.note(nil, "BROKEN \(violation)") }
        return world
    }
}

extension World {
    /// Heals everything, and demands that all pairs come home.
    package mutating func finish() {
        guard violation == nil else { return }
        note(nil, "everything is healed")
        heal()
        bringHome()
    }
}
