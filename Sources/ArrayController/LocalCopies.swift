// All sets of local pairs of an array, and the thread that copies for them. It has a thread of its own: a copy over a slow
// link must not keep a local split waiting, nor the other way round.

internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

/// The sets, and what their copier is to do.
///
/// **Threads**: any; `run` is the copier's.
final class LocalCopies: Sendable {
    struct Found: Sendable {
        var store: LocalStore
        var record: LocalCopyRecord
    }
    private struct Work: Sendable {
        var isWanted = false
        var isOver = false
    }
    /// What `ArrayController.init` found, until `start` takes it up.
    let found: Mutex<[Found]>
    /// Held over each operator's order: one after the other.
    let orders = Mutex(())
    private let sets = Mutex<[GroupIdentifier: LocalCopySet]>([:])
    private let work = Monitor(Work())

    init(found: [Found]) { self.found = Mutex(found) }

    var all: [LocalCopySet] {
        sets.withLock { sets in sets.keys.sorted().map { sets[$0]! } }
    }
    func add(_ set: LocalCopySet) { sets.withLock { $0[set.id] = set } }
    func remove(_ set: LocalCopySet) { sets.withLock { $0[set.id] = nil } }

    func copyIsWanted() {
        work.withLock { $0.isWanted = true }
        work.wakeAll()
    }

    func end() {
        work.withLock { $0.isOver = true }
        work.wakeAll()
    }

    /// Paired copies trail behind by this much, so that a track that is written again and again is copied now and then.
    private static let patience: UInt64 = 20_000_000
    /// Rounds through the sets between two pauses while nobody waits for a copy.
    private static let roundsAtEase = 64

    func run(_ volumeOf: (LDEVNumber) -> Volume?, _ ledger: LedgerRing?) {
        while true {
            let isOver = work.wait { work -> Bool? in
                guard work.isWanted || work.isOver else { return nil }
                work.isWanted = false
                return work.isOver
            }!
            if isOver { return }
            var copied = true
            var round = 0
            while copied, !work.withLock({ $0.isOver }) {
                if round % Self.roundsAtEase == 0, !all.contains(where: { $0.isUrgent }) {
                    sleepNanoseconds(Self.patience)
                }
                round += 1
                copied = false
                for set in all where set.copyOnce(volumeOf, ledger) { copied = true }
            }
        }
    }
}

extension LocalCopySet {
    /// Whether somebody waits for a copy.
    var isUrgent: Bool { state.withLock { !$0.synchronisations.isEmpty || $0.machine.isUrgent } }
}
