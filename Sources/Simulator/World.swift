// Two arrays, a link and hosts, without a thread, a clock or a file. The machines are the real ones; everything else
// of an array is played here: volumes of numbered blocks, a ring, range locks, an effect runner that does what the
// shell does. Every function that the world offers is one step, between any two of which a fault may strike; a planned
// fault (`faultCountdown`) also strikes between the effects of one event and in the middle of a write.
//
// Values of blocks are numbers that rise with every admitted write, so that "at least as new as" is a comparison.

package import ReplicationCore

/// Which rule was broken. The first seven are the design's invariants.
package enum Rule: String, Sendable {
    case i1, i2, i3, i4, i5, i6, i7
    /// A place in the ring was used without being owned.
    case ring
    /// A host's write was answered twice.
    case answer
    /// An operator's request ended twice.
    case finished
    /// Something waits that nobody will wake.
    case progress
}

package struct Violation: Error, CustomStringConvertible, Sendable {
    package var rule: Rule
    package var text: String
    package var description: String { "\(rule.rawValue): \(text)" }
}

package enum Fault: Hashable, Sendable, CaseIterable {
    case crashA, crashB, cut
}

/// A bug planted in the world's shell, for the canaries.
package enum Sabotage: String, Hashable, Sendable, CaseIterable {
    /// A change of roles copies what one side marked, not what both did.
    case dropsMarks
    case answersBeforeAcknowledgement, appliesOutOfOrder
    /// What was in flight when an array died is not marked when it starts again.
    case forgetsLiveSlots
    /// The end of a copy clears the marks of its tracks, also one that a newer write set.
    case clearsANewerMark
    case clearsTooManyMarks, storesNoRecord, finishesTwice, forgetsToWake, ignoresTheRange, acknowledgesUnapplied
    case losesAFrame
}

package enum TokenState: Hashable, Sendable {
    case open(Side)
    case ended(Refusal?)
    /// The array died before it answered.
    case lost
}

/// How much of what makes a history worth its name has happened.
package struct Tally: Hashable, Sendable {
    /// Host writes that an array admitted.
    package var writes = 0
    /// Faults that struck: crashes, cuts, black holes, and failures of a local write, an apply or a copy.
    package var faults = 0
    /// Secondaries that became primaries or took over.
    package var roleChanges = 0
    package init() {}

    package static func += (sum: inout Tally, more: Tally) {
        sum.writes += more.writes
        sum.faults += more.faults
        sum.roleChanges += more.roleChanges
    }
}

package struct World: Sendable {
    /// The first group that a world makes.
    package static let group = GroupIdentifier(creator: ArraySerial(10), counter: 1)
    package static func serial(_ side: Side) -> ArraySerial { ArraySerial(side == .a ? 10 : 20) }

    package let shape: WorldShape
    let timers = ArrayTimers()
    var sites: [Site]
    var contents: Contents
    /// `pipes[side]` carries towards that side.
    package internal(set) var pipes = [Pipe(), Pipe()]
    package internal(set) var now = Moment(nanoseconds: 3_600_000_000_000)
    var ledger: Ledger
    package internal(set) var violation: Violation?
    var sabotage: Sabotage?
    package var faultCountdown: Int?
    package var plannedFault = Fault.cut
    package internal(set) var tally = Tally()
    package internal(set) var tokens: [TokenState] = []
    /// Answers to host writes by their number; nil while there is none.
    package internal(set) var answers: [Bool?] = []
    var lastValue: BlockValue = 1
    /// Groups made so far: each has an identifier of its own, so that nothing late is taken for something new.
    var groupsMade: UInt32 = 0
    /// Side: the request to make the group that it has now.
    var creations: [CommandToken?] = [nil, nil]
    /// What happened, if anybody wants to read it.
    package var timeline: Timeline?

    package init(_ shape: WorldShape, sabotage: Sabotage? = nil) {
        self.shape = shape
        self.sabotage = sabotage
        sites = Side.allCases.map { Site($0, shape) }
        contents = Contents(shape)
        ledger = Ledger(shape)
        answers.reserveCapacity(512)
    }

    package subscript(side: Side) -> Site {
        _read { yield sites[side.rawValue] }
        _modify { yield &sites[side.rawValue] }
    }

    /// The value of each block of a volume.
    package func volume(_ side: Side, _ volume: Int) -> [BlockValue] { contents.volume(side, volume) }

    mutating func fail(_ rule: Rule, _ text: String) {
        if violation == nil { violation = Violation(rule: rule, text: text) }
    }

    @inline(__always)
    mutating func note(_ side: Side?, _ text: @autoclosure () -> String) {
        if timeline != nil { timeline!.add(text(), side, now) }
    }

    /// A point at which the planned fault may strike. // hot
    mutating func faultPoint() {
        guard let left = faultCountdown else { return }
        faultCountdown = left > 0 ? left - 1 : nil
        if left == 0 { strike(plannedFault) }
    }

    /// Runs `event` on the machine of `side` and does what it asks for.
    package mutating func tell(_ side: Side, _ event: (inout GroupMachine) -> [GroupEffect]) {
        guard self[side].hasGroup else { return }
        let effects = event(&self[side].group[0])
        perform(effects, at: side)
    }
}
