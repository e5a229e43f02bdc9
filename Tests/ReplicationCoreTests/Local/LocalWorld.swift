// One array with local pairs in a seeded world: hosts that write block by block, a copier, an operator, devices that
// refuse, and crashes of the process and of the machine between any two steps. Two primaries; a set of two pairs that
// are split together (mirror 0) and a set of one (mirror 1 of the first primary).
//
// The world does what an array's shell does, in the same order, and keeps a model beside it: the image that each split
// promised, the contents that each restore promised. Bytes are numbers, one for each block, two blocks to a track.

internal import ReplicationCore
internal import Simulator

/// A bug planted in the world's shell, which the checks must find.
enum LocalSabotage: CaseIterable, Sendable {
    /// A host's write reaches the primary before the track that it overwrites was copied.
    case writesBeforeCopying
    /// A resynchronisation forgets what the secondary's hosts wrote.
    case forgetsSecondaryChanges
    /// A mark is cleared before the copy lies in the file.
    case clearsMarksEarly
    /// A restored primary is said to be whole before it is on the disk.
    case restoresWithoutSynchronising
}

struct LocalSet {
    var record: LocalCopyRecord
    let nvram: Nvram
    var machine: LocalCopyMachine
    /// The volumes of each pair, as the world counts them.
    let primaries: [Int]
    let secondaries: [Int]
}

/// A host's write on its way.
struct LocalWriter {
    enum Stage {
        case inLine
        case admitting(Int)
        case copyingFirst(Int, TrackRange, next: Int)
        case putting(next: Int)
    }
    let volume: Int
    let first: Int
    let count: Int
    let value: Int
    let token: UInt32
    var stage = Stage.inLine
    /// Sets that admitted it, to be told of its end.
    var admitted: [Int] = []
}

struct LocalCopier {
    enum Stage {
        case primaryLine
        case secondaryLine
        case copying(LocalCopyJob, next: Int)
    }
    let set: Int
    let peeked: LocalCopyJob
    let primaryToken: UInt32
    var secondaryToken: UInt32?
    var stage = Stage.primaryLine
    var isMarked = false
}

struct LocalOperator {
    let set: Int
    let pairs: [Int]
    let command: LocalCommand
    /// Volumes still to be closed to hosts, and the place in line at the first of them.
    var closing: [Int]
    var token: UInt32?
    var holds = false
}

struct LocalWorld {
    static let tracks = 5
    static let blocks = 10
    static let blockBytes: UInt64 = 2048
    static let volumes = 5

    var dice: Dice
    let sabotage: LocalSabotage?
    var files = Array(repeating: Array(repeating: 0, count: blocks), count: volumes)
    /// What a crash of the machine leaves at least.
    var disk = Array(repeating: Array(repeating: 0, count: blocks), count: volumes)
    var ranges = Array(repeating: RangeOrder(), count: volumes)
    var isClosed = Array(repeating: false, count: volumes)
    var sets: [LocalSet] = []
    var writers: [LocalWriter] = []
    var copier: LocalCopier?
    var request: LocalOperator?
    var synchronisations: [(set: Int, pair: Int)] = []
    var nextValue = 1
    /// Of each pair's secondary since its split: for each block, what it may hold.
    var images: [[[Set<Int>]?]] = []
    /// What a restore promised.
    var sources: [[[Int]?]] = []
    var violation: String?
    /// The record could not be written: the process died on the way.
    var diesNow = false
    /// How often what happened, so that a test can tell that it tested something.
    var tally: [String: Int] = [:]

    init(seed: UInt64, sabotage: LocalSabotage? = nil) {
        dice = Dice(seed: seed)
        self.sabotage = sabotage
        sets = [Self.makeSet(1, [0, 1], [2, 3], mirror: 0), Self.makeSet(2, [0], [4], mirror: 1)]
        images = sets.map { $0.record.pairs.map { _ in nil } }
        sources = images.map { $0.map { _ in nil } }
        for volume in files.indices { files[volume] = (0..<Self.blocks).map { _ in newValue() } }
        disk = files
        for volume in files.indices { openOrClose(volume) }
    }

    static func makeSet(_ id: UInt64, _ primaries: [Int], _ secondaries: [Int], mirror: UInt8) -> LocalSet {
        let layout = TrackLayout(volumeBytes: UInt64(blocks) * blockBytes, trackBytes: 4096)
        let record = LocalCopyRecord(
            id: GroupIdentifier(id), serial: ArraySerial(30053), consistencyGroup: primaries.count > 1 ? 0 : nil,
            pairs: zip(primaries, secondaries).map {
                LocalPairRecord(
                    primary: LDEVNumber(UInt16($0)), secondary: LDEVNumber(UInt16($1)), mirror: mirror, layout: layout,
                    copyPace: 2)
            })
        let nvram = Nvram(byteCount: LocalCopyMemory.byteCount(trackCounts: record.trackCounts))
        var machine = LocalCopyMachine(record: record, memory: memory(nvram, record))
        machine.markAll()
        return LocalSet(record: record, nvram: nvram, machine: machine, primaries: primaries, secondaries: secondaries)
    }

    static func memory(_ nvram: Nvram, _ record: LocalCopyRecord) -> LocalCopyMemory {
        do {
            return try unsafe LocalCopyMemory(bytes: nvram.bytes, set: record.id, trackCounts: record.trackCounts)
        } catch { preconditionFailure("\(error)") }
    }

    mutating func newValue() -> Int {
        nextValue += 1
        return nextValue
    }

    static func extent(_ first: Int, _ count: Int) -> ByteExtent {
        ByteExtent(offset: UInt64(first) * blockBytes, count: UInt64(count) * blockBytes)
    }
    static func trackRange(_ first: Int, _ count: Int) -> TrackRange {
        TrackRange(first: first / 2, count: (first + count - 1) / 2 - first / 2 + 1)
    }

    /// Pairs of which `volume` is the primary, in the order of the sets.
    func attachments(_ volume: Int) -> [(set: Int, pair: Int)] {
        sets.indices.flatMap { set in
            sets[set].primaries.indices.filter { sets[set].primaries[$0] == volume }.map { (set, $0) }
        }
    }
    func attachment(ofSecondary volume: Int) -> (set: Int, pair: Int)? {
        for set in sets.indices {
            if let pair = sets[set].secondaries.firstIndex(of: volume) { return (set, pair) }
        }
        return nil
    }

    mutating func openOrClose(_ volume: Int) {
        let closedAsPrimary = attachments(volume).contains {
            sets[$0.set].machine.record.pairs[$0.pair].primaryAccess == .readOnly
        }
        let closedAsSecondary = attachment(ofSecondary: volume).map {
            sets[$0.set].machine.record.pairs[$0.pair].secondaryAccess == .readOnly
        }
        isClosed[volume] = closedAsPrimary || closedAsSecondary == true
    }

    mutating func count(_ event: String) { tally[event, default: 0] += 1 }

    mutating func carryOut(_ effects: [LocalEffect], _ set: Int) {
        for effect in effects where !diesNow {
            switch effect {
            case .persist:
                if dice.chance(2) {
                    diesNow = true
                    return
                }
                noteTransitions(from: sets[set].record, to: sets[set].machine.record, set)
                sets[set].record = sets[set].machine.record
            case .copy, .note, .removed: break
            case .synchronise(let pair): synchronisations.append((set, pair))
            case .access(let pair):
                openOrClose(sets[set].primaries[pair])
                openOrClose(sets[set].secondaries[pair])
            }
        }
    }

    /// What a change of state promises, or says that it has kept.
    private mutating func noteTransitions(from old: LocalCopyRecord, to new: LocalCopyRecord, _ set: Int) {
        for pair in new.pairs.indices where old.pairs[pair].status != new.pairs[pair].status {
            let (primary, secondary) = (sets[set].primaries[pair], sets[set].secondaries[pair])
            count("\(new.pairs[pair].status)")
            switch new.pairs[pair].status {
            case .splitting:
                images[set][pair] = files[primary].map { [$0] }
            case .split:
                checkImage(set, pair, "a split ended")
            case .restoring:
                checkImage(set, pair, "a restore began")
                sources[set][pair] = files[secondary]
            case .paired:
                guard old.pairs[pair].status == .restoring else { break }
                if files[primary] != files[secondary] { violation = "restored, and the volumes differ" }
                if files[secondary] != sources[set][pair] { violation = "a restore changed its source" }
                if disk[primary] != files[primary] { violation = "restored, and not on the disk" }
            case .copying: images[set][pair] = nil
            case .failed: if !new.pairs[pair].isHalfRestored { images[set][pair] = nil }
            }
        }
    }

    /// Whether the secondary holds what the split promised.
    func checked(_ set: Int, _ pair: Int, _ track: Int) -> Bool {
        guard let image = images[set][pair] else { return false }
        let secondary = files[sets[set].secondaries[pair]]
        return (2 * track..<2 * track + 2).allSatisfy { image[$0].contains(secondary[$0]) }
    }

    mutating func checkImage(_ set: Int, _ pair: Int, _ when: String) {
        for track in 0..<Self.tracks where !checked(set, pair, track) {
            violation = "\(when), and track \(track) of set \(set), pair \(pair) is not the image"
        }
    }
}
