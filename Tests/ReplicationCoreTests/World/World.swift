// Two arrays, a link and hosts, without a thread, a clock or a file. The machines are the real ones; everything else
// of an array is played here: volumes of numbered blocks, a ring, range locks, an effect runner that does what the
// shell does. Every function that the world offers is one step, between any two of which a fault may strike; a planned
// fault (`faultCountdown`) also strikes between the effects of one event and in the middle of a write.
//
// Values of blocks are numbers that rise with every admitted write, so that "at least as new as" is a comparison.

internal import ReplicationCore

/// Which rule was broken. The first seven are the design's invariants.
enum Rule: String, Sendable {
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

struct Violation: Error, CustomStringConvertible, Sendable {
    var rule: Rule
    var text: String
    var description: String { "\(rule.rawValue): \(text)" }
}

enum Fault: Hashable, Sendable, CaseIterable {
    case crashA, crashB, cut
}

/// A bug planted in the world's shell, for the canaries.
enum Sabotage: Hashable, Sendable, CaseIterable {
    case dropsMarks, answersBeforeAcknowledgement, appliesOutOfOrder, forgetsLiveSlots, clearsTooManyMarks
    case storesNoRecord, finishesTwice, forgetsToWake, ignoresTheRange, acknowledgesUnapplied
    case losesAFrame
}

enum TokenState: Hashable, Sendable {
    case open(Side)
    case ended(Refusal?)
    /// The array died before it answered.
    case lost
}

struct World {
    static let group = GroupIdentifier(creator: ArraySerial(10), counter: 1)
    static func serial(_ side: Side) -> ArraySerial { ArraySerial(side == .a ? 10 : 20) }

    let shape: WorldShape
    let timers = ArrayTimers()
    var sites: [Site]
    /// `pipes[side]` carries towards that side.
    var pipes = [Pipe(), Pipe()]
    var now = Moment(nanoseconds: 3_600_000_000_000)
    var ledger: Ledger
    var violation: Violation?
    var sabotage: Sabotage?
    var faultCountdown: Int?
    var plannedFault = Fault.cut
    /// Number of points passed at which a fault could have struck.
    var faultPoints = 0
    var tokens: [TokenState] = []
    /// Answers to host writes by their number; nil while there is none.
    var answers: [Bool?] = []
    var lastValue: UInt64 = 1
    var trace: [String]?

    init(_ shape: WorldShape, sabotage: Sabotage? = nil) {
        self.shape = shape
        self.sabotage = sabotage
        let size = GroupMemory.byteCount(slotCount: shape.slotCount, trackCounts: shape.trackCounts)
        sites = Side.allCases.map { side in
            Site(
                side: side, nvram: Nvram(byteCount: size),
                volumes: shape.volumeBlocks.map { Array(repeating: UInt64(side.rawValue), count: $0) },
                ranges: shape.volumeBlocks.map { _ in RangeOrder() })
        }
        ledger = Ledger(shape)
    }

    subscript(side: Side) -> Site {
        _read { yield sites[side.rawValue] }
        _modify { yield &sites[side.rawValue] }
    }

    mutating func fail(_ rule: Rule, _ text: String) {
        if violation == nil { violation = Violation(rule: rule, text: text) }
    }

    mutating func note(_ text: @autoclosure () -> String) {
        if trace != nil { trace?.append(text()) }
    }

    /// A point at which the planned fault may strike.
    mutating func faultPoint() {
        faultPoints += 1
        guard let left = faultCountdown else { return }
        faultCountdown = left > 0 ? left - 1 : nil
        if left == 0 { strike(plannedFault) }
    }

    /// Runs `event` on the machine of `side` and does what it asks for.
    mutating func tell(_ side: Side, _ event: (inout GroupMachine) -> [GroupEffect]) {
        guard self[side].machine != nil else { return }
        let effects = event(&self[side].machine!)
        perform(effects, at: side)
    }
}
