// What lies on the volumes of both sides of a group, and beside it what should: a cell for each block. Every store keeps the
// counts up to date that the checkers read, so that a check after each step costs nothing for each block.
//
// Invariants, for each volume:
// - `differingWords`: the tracks on which the two arrays differ;
// - `behind`: blocks on which a holder is older than what a side told its hosts;
// - `mismatches`: blocks on which a secondary is not what its place in the order wants, if that is known.

struct Contents: Sendable {
    private struct Cell: Sendable {
        /// On the volume of each side.
        var held: SIMD2<BlockValue>
        /// The newest value whose writer was told by this side that it is safe.
        var told = SIMD2<BlockValue>(0, 0)
        /// What the secondary holds if it follows the order.
        var expected = SIMD2<BlockValue>(0, 0)
    }

    private var cells: [Cell]
    /// What is on the disks themselves; the rest would not outlast a crash of the machine.
    private var durable: [SIMD2<BlockValue>]
    private let bases: [Int]
    private let sizes: [Int]
    let wordsPerVolume: Int
    private var differingBlocks: [UInt8]
    private var differingWords: [UInt64]
    /// (teller · 2 + holder) · volumes + volume
    private var behind: [Int32]
    private var hasTold: [Bool]
    /// side · volumes + volume
    private var mismatches: [Int32]
    private var isKnown: [Bool]
    private var volumes: Int { sizes.count }

    init(_ shape: GroupShape) {
        sizes = shape.volumeBlocks
        bases = sizes.indices.map { index in shape.volumeBlocks[..<index].reduce(0, +) }
        cells = Array(repeating: Cell(held: SIMD2(0, 1)), count: sizes.reduce(0, +))
        durable = cells.map(\.held)
        let tracks = sizes.map { ($0 + WorldShape.blocksPerTrack - 1) / WorldShape.blocksPerTrack }
        wordsPerVolume = tracks.map { ($0 + 63) / 64 }.max() ?? 0
        differingBlocks = Array(repeating: 0, count: sizes.count * wordsPerVolume * 64)
        differingWords = Array(repeating: 0, count: sizes.count * wordsPerVolume)
        behind = Array(repeating: 0, count: 4 * sizes.count)
        hasTold = Array(repeating: false, count: 2 * sizes.count)
        mismatches = Array(repeating: 0, count: 2 * sizes.count)
        isKnown = Array(repeating: false, count: 2 * sizes.count)
        for volume in sizes.indices {
            for block in 0..<sizes[volume] { differ(volume, block, true) }
            mismatches[sizes.count + volume] = Int32(sizes[volume])
        }
    }

    subscript(side: Side, volume: Int, block: Int) -> BlockValue {
        cells[bases[volume] + block].held[side.half]
    }
    func volume(_ side: Side, _ volume: Int) -> [BlockValue] {
        (0..<sizes[volume]).map { self[side, volume, $0] }
    }
    func told(_ side: Side, _ volume: Int, _ block: Int) -> BlockValue {
        cells[bases[volume] + block].told[side.half]
    }
    func expected(_ side: Side, _ volume: Int, _ block: Int) -> BlockValue {
        cells[bases[volume] + block].expected[side.half]
    }

    // MARK: What the checkers ask

    /// The tracks `64 · word ..< 64 · (word + 1)` on which the arrays differ.
    func differing(_ volume: Int, word: Int) -> UInt64 { differingWords[volume * wordsPerVolume + word] }
    func isDifferent(_ volume: Int) -> Bool {
        for word in 0..<wordsPerVolume where differing(volume, word: word) != 0 { return true }
        return false
    }
    func isBehind(_ teller: Side, _ holder: Side, _ volume: Int) -> Bool {
        behind[(teller.half * 2 + holder.half) * volumes + volume] != 0
    }
    func isMismatched(_ side: Side, _ volume: Int) -> Bool {
        let index = side.half * volumes + volume
        return isKnown[index] && mismatches[index] != 0
    }

    // MARK: What happens

    /// A block of the volume of `side` is overwritten. // hot
    mutating func store(_ side: Side, _ volume: Int, _ block: Int, _ value: BlockValue) {
        let at = bases[volume] + block
        let i = side.half
        var cell = cells[at]
        let old = cell.held[i]
        guard old != value else { return }
        let differed = cell.held[0] != cell.held[1]
        cell.held[i] = value
        let differs = cell.held[0] != cell.held[1]
        if differed != differs { differ(volume, block, differs) }
        for teller in 0..<2 {
            let change = (value < cell.told[teller] ? 1 : 0) - (old < cell.told[teller] ? 1 : 0)
            if change != 0 { behind[(teller * 2 + i) * volumes + volume] += Int32(change) }
        }
        let change = (value != cell.expected[i] ? 1 : 0) - (old != cell.expected[i] ? 1 : 0)
        if change != 0 { mismatches[i * volumes + volume] += Int32(change) }
        cells[at] = cell
    }

    private mutating func differ(_ volume: Int, _ block: Int, _ differs: Bool) {
        let track = block / WorldShape.blocksPerTrack
        let at = volume * wordsPerVolume * 64 + track
        if differs { differingBlocks[at] += 1 } else { differingBlocks[at] -= 1 }
        let bit: UInt64 = 1 << UInt64(track % 64)
        if differingBlocks[at] == 0 {
            differingWords[volume * wordsPerVolume + track / 64] &= ~bit
        } else {
            differingWords[volume * wordsPerVolume + track / 64] |= bit
        }
    }

    /// A host of `side` was told that `value` is safe.
    mutating func tell(_ side: Side, _ volume: Int, _ block: Int, _ value: BlockValue) {
        let at = bases[volume] + block
        let i = side.half
        let old = cells[at].told[i]
        guard value > old else { return }
        for holder in 0..<2 where cells[at].held[holder] < value && cells[at].held[holder] >= old {
            behind[(i * 2 + holder) * volumes + volume] += 1
        }
        cells[at].told[i] = value
        hasTold[i * volumes + volume] = true
    }

    /// What `side` told its hosts no longer binds it: its volume is the target of a copy.
    mutating func withdraw(_ side: Side, _ volume: Int) {
        let i = side.half
        guard hasTold[i * volumes + volume] else { return }
        hasTold[i * volumes + volume] = false
        for at in bases[volume]..<bases[volume] + sizes[volume] { cells[at].told[i] = 0 }
        for holder in 0..<2 { behind[(i * 2 + holder) * volumes + volume] = 0 }
    }

    /// A write has its turn in the order that the secondary `side` follows. // hot
    mutating func follow(_ side: Side, _ volume: Int, _ block: Int, _ value: BlockValue) {
        let at = bases[volume] + block
        let i = side.half
        let (held, old) = (cells[at].held[i], cells[at].expected[i])
        let change = (held != value ? 1 : 0) - (held != old ? 1 : 0)
        if change != 0 { mismatches[i * volumes + volume] += Int32(change) }
        cells[at].expected[i] = value
    }

    /// From here on the volume is known to follow the order, beginning with `content`.
    mutating func expect(_ side: Side, _ volume: Int, _ content: [BlockValue]) {
        // Before the first expectation the count compares with zeros; `follow` keeps it right either way.
        for block in content.indices { follow(side, volume, block, content[block]) }
        isKnown[side.half * volumes + volume] = true
    }
    mutating func forgetOrder(_ side: Side, _ volume: Int) { isKnown[side.half * volumes + volume] = false }

    /// These volumes of `side` become what the other side holds, and are on the disk.
    mutating func equalise(_ side: Side, _ volumes: [Int]) {
        for volume in volumes {
            for block in 0..<sizes[volume] { store(side, volume, block, self[side.other, volume, block]) }
            flush(side, volume) { _ in true }
        }
    }

    // MARK: The disks under the page cache

    /// The blocks that `isChosen` names reach the disk.
    mutating func flush(_ side: Side, _ volume: Int, _ isChosen: (Int) -> Bool) {
        for block in 0..<sizes[volume] where isChosen(block) {
            let at = bases[volume] + block
            durable[at][side.half] = cells[at].held[side.half]
        }
    }

    /// What is not on the disk is gone, and with it what hosts were told of it.
    mutating func loseUnwritten(_ side: Side, _ volume: Int) {
        let i = side.half
        for block in 0..<sizes[volume] {
            let at = bases[volume] + block
            store(side, volume, block, durable[at][i])
            let (held, told) = (cells[at].held[i], cells[at].told[i])
            guard held < told else { continue }
            for holder in 0..<2 {
                let value = cells[at].held[holder]
                if value < told, value >= held { behind[(i * 2 + holder) * volumes + volume] -= 1 }
            }
            cells[at].told[i] = held
        }
    }
}
