// What stands between a volume and its hosts or its bytes besides its group: a guard, counters of what hosts did, and
// whoever must know of a change before it is made (a local copy of the volume).

internal import CommandDevice
internal import Platform
internal import ReplicationCore
internal import Synchronization

/// The hooks of one volume.
///
/// **Threads**: any. On the way of a host's request each hook costs a relaxed load or two relaxed adds as long as it is
/// not in use.
final class VolumeHooks: Sendable {
    /// The guard's flags in the low byte, what local pairs want of the volume above: one word, so that a host's request
    /// looks at one.
    private let flags = Atomic<UInt32>(0)
    let local = Mutex(LocalPlaces())
    private let reads = Atomic<UInt64>(0)
    private let writes = Atomic<UInt64>(0)
    private let readBytes = Atomic<UInt64>(0)
    private let writtenBytes = Atomic<UInt64>(0)
    private let guardErrors = Atomic<UInt32>(0)

    // MARK: Guard

    /// What the volume's guard refuses. A request that is under way when it changes is carried out.
    var guards: GuardFlags {
        get { GuardFlags(rawValue: UInt8(truncatingIfNeeded: flags.load(ordering: .relaxed))) }
        set { change(clear: UInt32(GuardFlags.all.rawValue), set: UInt32(newValue.rawValue)) }
    }

    // hot
    func refuses(_ flag: GuardFlags) -> Bool { flags.load(ordering: .relaxed) & UInt32(flag.rawValue) != 0 }

    /// Whether hosts may not write, for the guard's sake or a local pair's. Ask while the range is held. // hot
    var refusesWrites: Bool { flags.load(ordering: .relaxed) & Self.closing != 0 }

    /// How often the guard kept a host from something, in this life of the array.
    var guardErrorCount: UInt32 { guardErrors.load(ordering: .relaxed) }

    /// A host was refused. Nothing is counted if it was not for the guard's sake.
    func noteRefusal(of flags: GuardFlags) {
        guard !guards.isDisjoint(with: flags) else { return }
        guardErrors.wrappingAdd(1, ordering: .relaxed)
    }

    private static let watched: UInt32 = 1 << 8
    private static let closed: UInt32 = 1 << 9
    private static let claimed: UInt32 = 1 << 10
    private static let closing = UInt32(GuardFlags.write.rawValue) | closed | claimed

    private func change(clear: UInt32, set: UInt32) {
        var word = flags.load(ordering: .relaxed)
        while true {
            let (done, now) = flags.compareExchange(
                expected: word, desired: word & ~clear | set, ordering: .acquiringAndReleasing)
            if done { return }
            word = now
        }
    }

    private func set(_ flag: UInt32, _ isOn: Bool) { change(clear: isOn ? 0 : flag, set: isOn ? flag : 0) }

    // MARK: Local pairs

    /// Whether a change of bytes concerns a local pair. Set it while the whole volume's range is held: then none slips by.
    var isWatched: Bool {
        get { flags.load(ordering: .relaxed) & Self.watched != 0 }
        set { set(Self.watched, newValue) }
    }

    /// Whether the state of a local pair keeps hosts from writing. Close it while the whole volume's range is held.
    var isClosed: Bool {
        get { flags.load(ordering: .relaxed) & Self.closed != 0 }
        set { set(Self.closed, newValue) }
    }

    /// The same while an operator's command is about to close it.
    var isClaimed: Bool {
        get { flags.load(ordering: .relaxed) & Self.claimed != 0 }
        set { set(Self.claimed, newValue) }
    }

    // MARK: Counters

    // hot
    func countRead(_ bytes: Int) {
        reads.wrappingAdd(1, ordering: .relaxed)
        readBytes.wrappingAdd(UInt64(bytes), ordering: .relaxed)
    }

    // hot
    func countWrite(_ bytes: Int) {
        writes.wrappingAdd(1, ordering: .relaxed)
        writtenBytes.wrappingAdd(UInt64(bytes), ordering: .relaxed)
    }

    func activity(of ldev: LDEVNumber) -> VolumeActivity {
        VolumeActivity(
            ldev: ldev, reads: reads.load(ordering: .relaxed), writes: writes.load(ordering: .relaxed),
            readBytes: readBytes.load(ordering: .relaxed), writtenBytes: writtenBytes.load(ordering: .relaxed))
    }
}
