// The shell of one set of local pairs: the machine behind a lock, and what it says carried out. The rules, and why data
// are safe, stand in `LocalCopyMachine`.
//
// Under the lock is arithmetic, and the record when a state changes: nobody may act on a state that is not noted.
// Reading and writing volumes happens outside.

internal import CommandDevice
internal import Platform
internal import ReplicationCore
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a set needs of the array around it.
protocol LocalOwner: AnyObject, Sendable {
    func volume(_ ldev: LDEVNumber) -> Volume?
    func localCopyIsWanted()
    func localPairWasRemoved(_ set: LocalCopySet, pair: Int)
    func log(_ pair: LocalPairRecord, _ status: LocalStatus)
    func cannotPersist(_ group: GroupIdentifier, _ reason: String)
}

/// A set of local pairs at work.
///
/// **Threads**: whoever writes on a primary (`admit`, `finished`) or a secondary (`mark`), holding the range; the local
/// copier (`copyOnce`); command threads, one at a time (`command`). No other lock is taken under `state`.
final class LocalCopySet: Sendable {
    struct State: Sendable {
        var machine: LocalCopyMachine
        /// Pairs of which a volume must be put on the disk before they go on.
        var synchronisations: [Int] = []
    }
    let id: GroupIdentifier
    let consistencyGroup: UInt8?
    let state: Monitor<State>
    let store: LocalStore
    private unowned let owner: any LocalOwner

    init(machine: LocalCopyMachine, store: LocalStore, owner: any LocalOwner) {
        id = machine.record.id
        consistencyGroup = machine.record.consistencyGroup
        self.store = store
        self.owner = owner
        state = Monitor(State(machine: machine))
    }

    // MARK: The lock and what happens under it

    /// Lets the machine decide, carries its effects out, and wakes whoever waits.
    func perform(_ event: (inout LocalCopyMachine) -> [LocalEffect]) {
        let effects = state.withLock { state in
            let effects = event(&state.machine)
            persist(effects, &state)
            return effects
        }
        state.wakeAll()
        carryOut(effects)
    }

    /// What must be so before anybody sees the new state.
    private func persist(_ effects: [LocalEffect], _ state: inout State) {
        for effect in effects {
            switch effect {
            case .persist:
                do { try store.save(state.machine.record) } catch { owner.cannotPersist(id, "\(error)") }
            case .synchronise(let pair): state.synchronisations.append(pair)
            case .copy, .access, .removed, .note: break
            }
        }
    }

    private func carryOut(_ effects: [LocalEffect]) {
        for effect in effects {
            switch effect {
            case .persist: break
            case .copy, .synchronise: owner.localCopyIsWanted()
            case .access(let pair):
                let record = self.pair(pair)
                for ldev in [record.primary, record.secondary] { owner.volume(ldev)?.hooks.settleAccess() }
            case .removed(let pair): owner.localPairWasRemoved(self, pair: pair)
            case .note(let pair, let status): owner.log(self.pair(pair), status)
            }
        }
    }

    // MARK: Changes of bytes

    /// Returns once a change of `extent` on the primary of `pair` may be made; then call `finished`.
    func admit(primaryOf pair: Int, _ extent: ByteExtent) {
        while true {
            let (admission, isFirst) = state.wait { state -> (LocalAdmission, Bool)? in
                let tracks = state.machine.record.pairs[pair].layout.tracks(of: extent)
                let wasEmpty = state.machine.pending[pair].isEmpty
                let admission = state.machine.admit(primaryOf: pair, tracks)
                return admission == .wait ? nil : (admission, wasEmpty && !state.machine.pending[pair].isEmpty)
            }!
            switch admission {
            case .wait: preconditionFailure("a wait ends with a decision")
            case .proceed:
                if isFirst { owner.localCopyIsWanted() }
                return
            case .copyFirst(let tracks):
                let record = self.pair(pair)
                let isCopied = copy(record.layout.extent(of: tracks), record.primary, record.secondary) == 0
                perform { $0.copiedFirst(pair, tracks, succeeded: isCopied) }
            }
        }
    }

    /// The change that was admitted is in the file, or failed.
    func finished() {
        if state.withLock({ $0.machine.finished() }) { state.wakeAll() }
    }

    func mark(secondaryOf pair: Int, _ extent: ByteExtent) {
        state.withLock { state in
            state.machine.mark(secondaryOf: pair, state.machine.record.pairs[pair].layout.tracks(of: extent))
        }
    }

    /// Copies past all hooks. Returns 0 or an errno.
    private func copy(_ extent: ByteExtent, _ from: LDEVNumber, _ to: LDEVNumber) -> Int32 {
        guard let source = owner.volume(from)?.file, let target = owner.volume(to)?.file else { return EIO }
        return unsafe CopyBuffer.forEachPiece(of: extent) { piece, bytes in
            let failure = unsafe source.read(into: bytes, at: piece.offset)
            guard failure == 0 else { return failure }
            return unsafe target.write(UnsafeRawBufferPointer(bytes), at: piece.offset)
        }
    }

    // MARK: Commands

    /// Carries an operator's command out, or changes nothing. One at a time.
    func command(_ command: LocalCommand, pairs: [Int]) -> Refusal? {
        state.withLock { $0.machine.hold() }
        var refusal: Refusal?
        let effects = state.wait { state -> [LocalEffect]? in
            guard state.machine.isAtRest else { return nil }
            defer { state.machine.letGo() }
            do throws(Refusal) {
                let effects = try state.machine.perform(command, pairs: pairs)
                persist(effects, &state)
                return effects
            } catch {
                refusal = error
                return []
            }
        }!
        state.wakeAll()
        carryOut(effects)
        // The copier passes over a set that is held.
        owner.localCopyIsWanted()
        return refusal
    }

    // MARK: Looking at it

    func pair(_ index: Int) -> LocalPairRecord { state.withLock { $0.machine.record.pairs[index] } }

    func snapshot(_ index: Int, as role: Role) -> LocalPairSnapshot {
        state.withLock { state in
            let pair = state.machine.record.pairs[index]
            return LocalPairSnapshot(
                name: LocalName(primary: pair.primary, secondary: pair.secondary, mirror: pair.mirror), role: role,
                status: pair.status, cleanPercent: state.machine.cleanPercent(of: index), copyPace: pair.copyPace,
                group: consistencyGroup, isWrittenSinceSplit: !state.machine.secondaryChanges[index].isEmpty)
        }
    }

    /// Returns whether the marks are on the disk.
    func synchroniseMemory() -> Bool { (try? store.synchroniseMemory()) != nil }
}
