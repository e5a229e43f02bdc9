// What the checkers know of a world besides its contents: the order of admission, what the operators asked for, and
// how far each secondary has followed the order.

internal import ReplicationCore

struct Ledger: Sendable {
    /// What has a place in the group's order.
    enum Entry: Sendable {
        case write(volume: UInt8, first: Int32, count: Int32, value: BlockValue)
        case copy(volume: UInt8, TrackRange)
        /// A copy is complete: `completions` has the contents at this place in the order.
        case complete(index: Int)
        case other
    }
    private var log: [Entry] = []
    private var completions: [[(volume: Int, content: [BlockValue])]] = []
    private var folded: SIMD2<UInt64> = [0, 0]
    private var epochs: [Epoch?] = [nil, nil]
    /// Side: up to where it told its primary that it has everything; nil where a fault of its disks excuses it.
    var delivered: [(Epoch, SequenceNumber)?] = [nil, nil]
    /// side · volumes + volume: the hosts of a secondary wrote here.
    private var hostWritten: [Bool]
    private let volumes: Int
    /// Volume: the request that may leave both sides writable, if there was one.
    private var writersAsked: [Int?]
    /// side · volumes + volume: the pair joined with this number of the epoch; what is before it was of another one.
    private var joinedAt: [UInt64]
    private var commands: [Int: (command: Command, pairs: [Int])] = [:]
    var lastRoles: [Role?] = [nil, nil]
    var lastStatuses: [PairStatus]
    /// Volume: the secondary that asked for a swap last called this pair paired when it did.
    private(set) var swappedAsPaired: [Bool]

    init(_ shape: GroupShape) {
        volumes = shape.volumeBlocks.count
        hostWritten = Array(repeating: false, count: 2 * volumes)
        joinedAt = Array(repeating: 0, count: 2 * volumes)
        writersAsked = Array(repeating: nil, count: volumes)
        lastStatuses = Array(repeating: .suspended(.byOperator), count: 2 * volumes)
        swappedAsPaired = Array(repeating: false, count: volumes)
        log.reserveCapacity(512)
    }

    // MARK: The order

    mutating func record(_ entry: Entry, at sequence: SequenceNumber) {
        let index = Int(sequence.value)
        while log.count <= index { log.append(.other) }
        log[index] = entry
    }
    mutating func recordCompletion(_ volumes: [(volume: Int, content: [BlockValue])], at sequence: SequenceNumber) {
        completions.append(volumes)
        record(.complete(index: completions.count - 1), at: sequence)
    }
    func entry(at sequence: UInt64) -> Entry { sequence < log.count ? log[Int(sequence)] : .other }

    /// The record of `side` says that it is in this epoch. Where it is new, its place is taken as it stands; nil: it has
    /// no record.
    mutating func enter(_ side: Side, _ epoch: Epoch?, applied: SequenceNumber) {
        guard epochs[side.half] != epoch else { return }
        epochs[side.half] = epoch
        folded[side.half] = applied.value
        for volume in 0..<volumes { joinedAt[side.half * volumes + volume] = 0 }
    }

    /// A pair of the secondary `side` joined the stream: nothing before `start` is about it.
    mutating func joined(_ side: Side, _ volume: Int, from start: SequenceNumber) {
        joinedAt[side.half * volumes + volume] = start.value
    }

    /// Frames were applied: follows the order on `side` up to the last one. // hot
    mutating func fold(_ side: Side, isTarget: Bool, applied: SequenceNumber, into contents: inout Contents) {
        let i = side.half
        if isTarget, applied.value > folded[i] {
            for sequence in folded[i] + 1...applied.value { follow(side, sequence, &contents) }
        }
        folded[i] = applied.value
    }

    private func follow(_ side: Side, _ sequence: UInt64, _ contents: inout Contents) {
        func isOlder(_ volume: Int) -> Bool { sequence < joinedAt[side.half * volumes + volume] }
        switch entry(at: sequence) {
        case .write(let volume, let first, let count, let value):
            guard !isOlder(Int(volume)) else { return }
            for block in Int(first)..<Int(first + count) { contents.follow(side, Int(volume), block, value) }
        case .complete(let index):
            for (volume, content) in completions[index] where !isOlder(volume) {
                contents.expect(side, volume, content)
            }
        case .copy, .other: break
        }
    }

    /// The volume of `side` is no copy in order any more (or not yet).
    mutating func forgetOrder(_ side: Side, _ volume: Int, _ contents: inout Contents) {
        contents.forgetOrder(side, volume)
        hostWritten[side.half * volumes + volume] = false
    }
    mutating func hostWrote(_ side: Side, _ volume: Int) { hostWritten[side.half * volumes + volume] = true }
    func isHostWritten(_ side: Side, _ volume: Int) -> Bool { hostWritten[side.half * volumes + volume] }

    // MARK: What operators asked for

    mutating func asked(_ number: Int, _ command: Command, pairs: [Int]) {
        commands[number] = (command, pairs)
        switch command {
        case .takeOver: for pair in pairs { writersAsked[pair] = number }
        case .split(let chosen, true, _), .delete(let chosen, _):
            for pair in chosen.indices where pair < volumes { writersAsked[pair] = number }
        case .create, .join, .split, .resynchronise, .swap, .rollBack, .lowerFence: break
        }
    }

    /// The request ended at once because there was nothing to do.
    mutating func wasIdle(_ number: Int) { commands[number] = nil }

    mutating func ended(_ number: Int, _ refusal: Refusal?) {
        guard refusal == nil, let (command, pairs) = commands[number] else { return }
        switch command {
        case .swap, .rollBack: withdraw(pairs, before: number)
        case .resynchronise(let chosen, _), .join(let chosen, _): withdraw(chosen.indices, before: number)
        case .create, .split, .takeOver, .lowerFence, .delete: break
        }
    }

    /// A secondary asks its primary for a swap. Its operator, if it was its own, has not decided that its data win over
    /// those of a pair that it calls paired.
    mutating func swapLeaves(_ record: GroupRecord, askedHere: Bool) {
        for volume in record.pairs.indices {
            let pair = record.pairs[volume]
            swappedAsPaired[volume] = askedHere && !pair.isDeleted && pair.status == .paired
        }
    }

    func mayBothWrite(_ volume: Int) -> Bool { writersAsked[volume] != nil }

    private mutating func withdraw(_ pairs: [Int], before number: Int) {
        for pair in pairs where pair < volumes {
            if let asked = writersAsked[pair], asked < number { writersAsked[pair] = nil }
        }
    }
}
