// What the checkers know of a world: the order of admission, what hosts were told, what the operators asked for, and
// what the secondary should hold at each place of the order.

internal import ReplicationCore

struct Ledger {
    /// What has a place in the group's order.
    enum Entry: Sendable {
        case write(volume: Int, first: Int, count: Int, value: UInt64)
        /// A copy is complete; the contents of the volumes at this place in the order.
        case complete([(volume: Int, content: [UInt64])])
        case other
    }
    struct Torn: Sendable {
        var volume: Int
        var first: Int
        var values: [UInt64]
    }

    var log: [UInt64: Entry] = [:]
    /// Side, volume: what the secondary holds if it follows the order; nil while nobody knows.
    var expected: [[[UInt64]?]]
    var folded: [UInt64] = [0, 0]
    var epochs = [Epoch(0), Epoch(0)]
    /// Side: the frame that was being applied when the array died.
    var torn: [Torn?] = [nil, nil]
    private var applyingNow: [Torn?] = [nil, nil]
    /// Side, volume: the hosts of a secondary wrote here.
    var hostWritten: [[Bool]]
    /// Side, volume, block: the newest value whose writer was told that it is safe.
    var acknowledged: [[[UInt64]]]
    /// Volume: the request that may leave both sides writable, if there was one.
    private var writersAsked: [Int?]
    /// Side: role and statuses when the checkers looked last.
    var lastRoles: [Role?] = [nil, nil]
    var lastStatuses: [[PairStatus]] = [[], []]
    private var commands: [Int: (Command, pairs: [Int])] = [:]

    init(_ shape: WorldShape) {
        let volumes = shape.volumeBlocks
        expected = [volumes.map { _ in nil }, volumes.map { _ in nil }]
        hostWritten = [volumes.map { _ in false }, volumes.map { _ in false }]
        acknowledged = [volumes.map { Array(repeating: 0, count: $0) }, volumes.map { Array(repeating: 0, count: $0) }]
        writersAsked = volumes.map { _ in nil }
    }

    mutating func hostWrote(_ side: Side, _ volume: Int) { hostWritten[side.rawValue][volume] = true }

    mutating func acknowledge(_ side: Side, _ write: HostWrite) {
        for block in write.first..<write.first + write.count {
            let known = acknowledged[side.rawValue][write.volume][block]
            acknowledged[side.rawValue][write.volume][block] = max(known, write.value)
        }
    }

    mutating func assumeEqual(_ side: Side, _ volumes: [[UInt64]]) { expected[side.rawValue] = volumes }

    mutating func applying(_ side: Side, _ volume: Int, _ first: Int, _ values: [UInt64]) {
        applyingNow[side.rawValue] = Torn(volume: volume, first: first, values: values)
    }

    mutating func crashed(_ side: Side, _ site: Site) { torn[side.rawValue] = applyingNow[side.rawValue] }

    mutating func asked(_ number: Int, _ command: Command, pairs: [Int]) {
        commands[number] = (command, pairs)
        switch command {
        case .takeOver: for pair in pairs { writersAsked[pair] = number }
        case .split(let chosen, true, _), .delete(let chosen, _): for pair in chosen { writersAsked[pair] = number }
        case .create, .split, .resynchronise, .swap, .rollBack, .lowerFence: break
        }
    }

    /// The request ended at once because there was nothing to do.
    mutating func wasIdle(_ number: Int) { commands[number] = nil }

    mutating func ended(_ number: Int, _ refusal: Refusal?) {
        guard refusal == nil, let (command, pairs) = commands[number] else { return }
        switch command {
        case .swap, .rollBack: withdraw(pairs, before: number)
        case .resynchronise(let chosen, _): withdraw(chosen, before: number)
        case .create, .split, .takeOver, .lowerFence, .delete: break
        }
    }

    func mayBothWrite(_ volume: Int) -> Bool { writersAsked[volume] != nil }

    private mutating func withdraw(_ pairs: [Int], before number: Int) {
        for pair in pairs {
            if let asked = writersAsked[pair], asked < number { writersAsked[pair] = nil }
        }
    }

    /// Follows the order on `side` up to what it has applied.
    mutating func fold(_ side: Side, _ record: GroupRecord, applied: SequenceNumber) {
        let i = side.rawValue
        let follows =
            record.role == .secondary && record.epoch == epochs[i]
            && record.pairs.contains { !$0.isDeleted && $0.status.isReplicating }
        if follows, applied.value > folded[i] {
            for sequence in folded[i] + 1...applied.value { follow(i, log[sequence]) }
            torn[i] = nil
            applyingNow[i] = nil
        }
        folded[i] = applied.value
        epochs[i] = record.epoch
        for (volume, pair) in record.pairs.enumerated() where !pair.isUsable || record.role == .primary {
            expected[i][volume] = nil
            hostWritten[i][volume] = false
        }
    }

    private mutating func follow(_ side: Int, _ entry: Entry?) {
        switch entry {
        case .write(let volume, let first, let count, let value):
            for block in first..<first + count { expected[side][volume]?[block] = value }
        case .complete(let volumes):
            for (volume, content) in volumes { expected[side][volume] = content }
        case .other, nil: break
        }
    }
}
