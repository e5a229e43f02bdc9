// The rules of a set of local pairs: a value with one mutating function for each event, which returns what is to be done.
// It reads no clock, owns no thread and touches no file; the array's shell and the tests drive the same code.
//
// What it keeps true, for every pair and at every instant, also at that of a crash:
// L1  tracks on which primary and secondary differ ⊆ pending ∪ changed on the primary ∪ changed on the secondary
// L2  splitting: a track that is not pending holds, on the secondary, the primary's bytes of the instant of the split
// L3  no write of a host reaches a pending track of a splitting pair before that track was copied
// L4  a set's pairs that are split together are split at one instant: the set is *at rest* then, that is no write lies
//     between `admit` and `finished` on any primary, and no copy is under way
// L5  a refused command changes nothing
//
// A mark is stored before its data are touched, and cleared after the copy lies in the other volume's file. How the three
// bitmaps are used:
//
//              pending                    changed on the primary     changed on the secondary
//   copying    hosts' writes, rest of copy          -                          -
//   paired     hosts' writes                        -                          -
//   splitting  image not copied yet        hosts' writes after split           -
//   split              -                   hosts' writes                hosts' writes
//   restoring  rest of copy (backwards)             -                          -
//   failed     what was left               hosts' writes                what was left
//
// The aspects: +Copying (the copier's turns and their ends), +Commands (operators), +Restart.

/// What the machine says to a write on a primary.
package enum LocalAdmission: Hashable, Sendable {
    /// Write, then call `finished`.
    case proceed
    /// Copy these tracks to the secondary, call `copiedFirst`, and ask again.
    case copyFirst(TrackRange)
    /// Not now: ask again when writers are woken.
    case wait
}

/// What the shell is to do, in this order.
package enum LocalEffect: Hashable, Sendable {
    /// Write the record; it must survive a killed process before the next effect is carried out.
    case persist
    /// There are tracks to copy.
    case copy
    /// Put everything written so far on the volume to which this pair copied on the disk, then call `synchronised`.
    case synchronise(pair: Int)
    /// What hosts may do with this pair's volumes changed.
    case access(pair: Int)
    /// The pair is gone; with the last one the set is.
    case removed(pair: Int)
    /// Worth a line in the array's log.
    case note(pair: Int, LocalStatus)
}

package struct LocalCopyMachine: Sendable {
    package internal(set) var record: LocalCopyRecord
    package internal(set) var pending: [TrackBitmap]
    package internal(set) var primaryChanges: [TrackBitmap]
    package internal(set) var secondaryChanges: [TrackBitmap]
    /// Writes on primaries between `admit` and `finished`.
    package private(set) var activeWrites = 0
    /// A command waits for the set to be at rest; until it is done, writers wait.
    package private(set) var isHeld = false
    /// Tracks that a writer copies out of its way now.
    private var firstCopies: [(pair: Int, tracks: TrackRange)] = []
    var copy: LocalCopyJob?
    var copyCursor: [Int]
    var copyTurn = 0

    /// Takes up a set, new or after a restart (then call `recover`).
    /// - Parameter memory: of the shape `record.trackCounts`.
    package init(record: LocalCopyRecord, memory: LocalCopyMemory) {
        precondition(memory.trackCounts == record.trackCounts)
        self.record = record
        pending = record.pairs.indices.map { memory.bitmap(.pending, ofPair: $0) }
        primaryChanges = record.pairs.indices.map { memory.bitmap(.primaryChanges, ofPair: $0) }
        secondaryChanges = record.pairs.indices.map { memory.bitmap(.secondaryChanges, ofPair: $0) }
        copyCursor = record.pairs.map { _ in 0 }
    }

    // MARK: Writes on a primary

    /// Asks for a write of `tracks` on the primary of pair `index`. The caller holds the bytes that it will write. // hot
    package mutating func admit(primaryOf index: Int, _ tracks: TrackRange) -> LocalAdmission {
        guard !isHeld else { return .wait }
        if !record.pairs[index].isDeleted {
            switch record.pairs[index].status {
            case .copying, .paired, .restoring:
                // While a pair restores, its shell lets no host write. A frame that was being applied when the array
                // was killed may come: its track is restored once more.
                pending[index].mark(tracks)
            case .splitting:
                guard !isBeingCopiedFirst(index, tracks) else { return .wait }
                if let run = pending[index].nextRun(from: tracks.first, limit: tracks.count), run.first < tracks.end {
                    let needed = TrackRange(first: run.first, count: min(run.end, tracks.end) - run.first)
                    firstCopies.append((index, needed))
                    return .copyFirst(needed)
                }
                primaryChanges[index].mark(tracks)
            case .split, .failed:
                primaryChanges[index].mark(tracks)
            }
        }
        activeWrites += 1
        return .proceed
    }

    private func isBeingCopiedFirst(_ index: Int, _ tracks: TrackRange) -> Bool {
        firstCopies.contains { $0.pair == index && $0.tracks.first < tracks.end && tracks.first < $0.tracks.end }
    }

    /// The tracks named by `copyFirst` lie in the secondary's file, or could not be copied. Wake the writers.
    package mutating func copiedFirst(_ index: Int, _ tracks: TrackRange, succeeded: Bool) -> [LocalEffect] {
        guard let place = firstCopies.firstIndex(where: { $0.pair == index && $0.tracks == tracks }) else {
            preconditionFailure("nobody was asked to copy these tracks")
        }
        firstCopies.remove(at: place)
        // No command comes between: it waits for the set to be at rest. A copy that failed may.
        guard record.pairs[index].status == .splitting else { return [] }
        guard succeeded else { return failed(index) }
        pending[index].clear(tracks)
        return settle(index)
    }

    /// A write that was told to proceed lies in the primary's file, or failed. Returns whether a command may go on: wake
    /// it. // hot
    package mutating func finished() -> Bool {
        precondition(activeWrites > 0, "a write ended that never began")
        activeWrites -= 1
        return isHeld && isAtRest
    }

    // MARK: Writes on a secondary

    /// Marks a host's write on the secondary of pair `index`, before its data. The caller has seen that it may write. // hot
    package mutating func mark(secondaryOf index: Int, _ tracks: TrackRange) {
        guard !record.pairs[index].isDeleted else { return }
        secondaryChanges[index].mark(tracks)
    }

    // MARK: Rest

    /// From here on nothing new begins. A command may be given once `isAtRest`; end with `letGo`.
    package mutating func hold() {
        precondition(!isHeld, "two commands at once")
        isHeld = true
    }

    /// Wake the writers after it.
    package mutating func letGo() { isHeld = false }

    package var isAtRest: Bool { activeWrites == 0 && firstCopies.isEmpty && copy == nil }

    // MARK: Derived

    package func index(of primary: LDEVNumber, _ secondary: LDEVNumber, mirror: UInt8) -> Int? {
        record.livePairs.first {
            let pair = record.pairs[$0]
            return pair.primary == primary && pair.secondary == secondary && pair.mirror == mirror
        }
    }

    /// Tracks of pair `index` on which the two volumes may differ.
    package func differingTracks(of index: Int) -> Int {
        (0..<pending[index].wordCount).reduce(0) { sum, word in
            let bits =
                pending[index].word(at: word) | primaryChanges[index].word(at: word)
                | secondaryChanges[index].word(at: word)
            return sum + bits.nonzeroBitCount
        }
    }

    /// Percent of the tracks of pair `index` that are the same on both sides; while a split runs, of those that the
    /// secondary has. 100 only if it is all of them.
    package func cleanPercent(of index: Int) -> UInt8 {
        let total = pending[index].trackCount
        let status = record.pairs[index].status
        let open = status == .splitting ? pending[index].markedCount : differingTracks(of: index)
        return open == 0 ? 100 : UInt8(min(99, (total - open) * 100 / total))
    }

    mutating func setStatus(_ status: LocalStatus, of index: Int) -> [LocalEffect] {
        record.pairs[index].status = status
        return [.persist, .access(pair: index), .note(pair: index, status)]
    }

    /// A device refused a copy.
    mutating func failed(_ index: Int) -> [LocalEffect] { setStatus(.failed, of: index) }
}
