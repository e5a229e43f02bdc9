// Arrays, links and hosts, without a thread, a clock or a file. The machines are the real ones; everything else
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
    case crashA, crashB, crashC, cut
    package static let allCases = [crashA, crashB, cut]

    init(crashOf array: DiskArray) {
        switch array {
        case .a: self = .crashA
        case .b: self = .crashB
        case .c: self = .crashC
        }
    }
}

/// A bug planted in the world's shell, for the canaries.
package enum Sabotage: String, Hashable, Sendable, CaseIterable {
    /// A change of roles copies what one side marked, not what both did.
    case dropsMarks
    /// A swap does not say which pairs its sender takes for equal.
    case swapsBlindly
    case answersBeforeAcknowledgement, appliesOutOfOrder
    /// What was in flight when an array died is not marked when it starts again.
    case forgetsLiveSlots
    /// The end of a copy clears the marks of its tracks, also one that a newer write set.
    case clearsANewerMark
    case clearsTooManyMarks, storesNoRecord, finishesTwice, forgetsToWake, ignoresTheRange, acknowledgesUnapplied
    case losesAFrame
    /// After another boot of its machine an array trusts its memory.
    case forgetsDistrust
    /// A frame that was being applied is finished for another group than the one it belongs to.
    case repairsAnotherGroup
    /// A frame that was being applied when its array died stays half applied.
    case forgetsTheFarCache
    /// An acknowledgement counts for the first group of its link, whichever it names.
    case mixesUpAcknowledgements
    /// An array that starts takes up the first of its groups only.
    case forgetsASecondGroup
    /// A write that was under way when its array died is not repeated from the journal, and goes over all the same.
    case repeatsNothing
    /// A frame of the restore journal is counted as restored and is not.
    case restoresNotAll
    /// A takeover forgets what waits in the restore journal.
    case forgetsTheRestoreJournal
    /// Hosts write to a volume while it joins a group.
    case joinsUnderWrites
    /// A secondary takes frames of a volume's last pair for frames of the one that has joined.
    case forgetsWhereAPairJoined

    /// The family of histories in which it can show.
    package var profile: Profile {
        switch self {
        case .repeatsNothing, .restoresNotAll, .forgetsTheRestoreJournal: .journals
        case .joinsUnderWrites, .forgetsWhereAPairJoined: .joins
        case .dropsMarks, .swapsBlindly, .answersBeforeAcknowledgement, .appliesOutOfOrder, .forgetsLiveSlots,
            .clearsANewerMark, .clearsTooManyMarks, .storesNoRecord, .finishesTwice, .forgetsToWake, .ignoresTheRange,
            .acknowledgesUnapplied, .losesAFrame, .forgetsDistrust, .repairsAnotherGroup, .forgetsTheFarCache,
            .mixesUpAcknowledgements, .forgetsASecondGroup:
            .swarm
        }
    }
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
    package static func serial(_ array: DiskArray) -> ArraySerial { ArraySerial(UInt64(10 * (array.rawValue + 1))) }

    package let shape: WorldShape
    let timers = ArrayTimers()
    /// Two for each group, by their `Side.index`.
    var sites: [Site]
    /// Group: what lies on the volumes of both sides.
    var contents: [Contents]
    /// Group.
    var ledgers: [Ledger]
    /// `pipes[end]` carries towards that end of its link; the other end is `end ^ 1`.
    package internal(set) var pipes: [Pipe]
    /// End: the frame that its array is applying.
    var farCaches: [FarNote?]
    package internal(set) var now = Moment(nanoseconds: 3_600_000_000_000)
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
    var creations: [CommandToken?]
    /// The event touched more than one group.
    var isWidespread = false
    /// A machine has crashed in this world.
    var hasRebooted = false
    /// What happened, if anybody wants to read it.
    package var timeline: Timeline?

    package init(_ shape: WorldShape, sabotage: Sabotage? = nil) {
        self.shape = shape
        self.sabotage = sabotage
        let ends = shape.ends
        sites = shape.groups.indices.flatMap { group in
            Side.both(group).map { side in
                let here = (shape.groups[group].array(side.half), shape.groups[group].array(side.other.half))
                guard let end = ends.firstIndex(where: { $0 == here }) else { preconditionFailure("it has a link") }
                return Site(side, end: end, shape.groups[group])
            }
        }
        contents = shape.groups.map { Contents($0) }
        ledgers = shape.groups.map { Ledger($0) }
        pipes = ends.map { _ in Pipe() }
        farCaches = ends.map { _ in nil }
        creations = sites.map { _ in nil }
        answers.reserveCapacity(512)
    }

    package subscript(side: Side) -> Site {
        _read { yield sites[side.index] }
        _modify { yield &sites[side.index] }
    }

    package var sides: [Side] { sites.map(\.side) }
    func shape(of side: Side) -> GroupShape { shape.groups[side.group] }
    /// The sides at the same array.
    func neighbours(of side: Side) -> [Side] {
        sites.count == 2 ? [side] : sites.filter { $0.array == self[side].array }.map(\.side)
    }
    /// The sides at one end of a link.
    func sides(at end: Int) -> [Side] {
        sites.count == 2 ? [Side(index: end)] : sites.filter { $0.end == end }.map(\.side)
    }

    /// The value of each block of a volume.
    package func volume(_ side: Side, _ volume: Int) -> [BlockValue] { contents[side.group].volume(side, volume) }

    mutating func fail(_ rule: Rule, _ text: String) {
        if violation == nil { violation = Violation(rule: rule, text: text) }
    }

    @inline(__always)
    mutating func note(_ side: Side?, _ text: @autoclosure () -> String) {
        guard timeline != nil else { return }
        let group = side.map { shape.groups.count > 1 ? "group \($0.group + 1): " : "" } ?? ""
        timeline!.add(group + text(), side.map { self[$0].array }, now)
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
        self[side].isStale = true
        let effects = event(&self[side].group[0])
        perform(effects, at: side)
    }
}
