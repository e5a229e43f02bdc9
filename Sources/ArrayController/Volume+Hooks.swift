// What stands between a volume and its hosts or its bytes besides its group: a guard, counters of what hosts did, and
// whoever must know of a change before it is made (a local copy of the volume).

internal import CommandDevice
internal import Platform
internal import ReplicationCore
internal import Synchronization

/// Is told of every change of a volume's bytes before it is made, whoever makes it: a host, a stream, a copy.
protocol ChangeObserver: AnyObject, Sendable {
    /// Called with the range of `extent` held on `volume`; may read and write other volumes, and block.
    /// - Returns: 0, or the errno with which the change is given up.
    func willChange(_ volume: Volume, _ extent: ByteExtent) -> Int32
}

/// The hooks of one volume.
///
/// **Threads**: any. On the way of a host's request each hook costs a relaxed load or two relaxed adds as long as it is
/// not in use.
final class VolumeHooks: Sendable {
    private let flags = Atomic<UInt8>(0)
    private let isObserved = Atomic(false)
    private let observer = Mutex<(any ChangeObserver)?>(nil)
    private let reads = Atomic<UInt64>(0)
    private let writes = Atomic<UInt64>(0)
    private let readBytes = Atomic<UInt64>(0)
    private let writtenBytes = Atomic<UInt64>(0)

    // MARK: Guard

    /// What the volume's guard refuses. A request that is under way when it changes is carried out.
    var guards: GuardFlags {
        get { GuardFlags(rawValue: flags.load(ordering: .relaxed)) }
        set { flags.store(newValue.rawValue, ordering: .relaxed) }
    }

    // hot
    func refuses(_ flag: GuardFlags) -> Bool { flags.load(ordering: .relaxed) & flag.rawValue != 0 }

    // MARK: Changes of bytes

    /// Set it while the whole volume's range is held: then no change slips by.
    func observe(_ observer: (any ChangeObserver)?) {
        self.observer.withLock { $0 = observer }
        isObserved.store(observer != nil, ordering: .releasing)
    }

    // hot
    func willChange(_ volume: Volume, _ extent: ByteExtent) -> Int32 {
        guard isObserved.load(ordering: .acquiring), let observer = observer.withLock({ $0 }) else { return 0 }
        return observer.willChange(volume, extent)
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
