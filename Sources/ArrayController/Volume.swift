// One LDEV: its backing file, the order of its overlapping writes, and its place in a replication group if it has one.
// This is the front half of a host write: range, then membership, then the group or the file (design, section 3).

package import CommandDevice
internal import Evidence
package import FuseDevice
internal import Platform
package import ReplicationCore
internal import Synchronization
package import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// Where a volume stands in its group.
struct Membership: Sendable {
    let group: ReplicationGroup
    let pair: Int
}

/// A logical device of the array.
///
/// **Threads**: host calls come from the FUSE workers, copies from the copy thread, applied frames from a link's
/// receive thread. `ranges` is held over the local write of whoever writes or copies; `membership` is read only
/// while a range is held, so that `quiesce` sees every write that was admitted under an older membership end.
package final class Volume: FuseFile {
    package let ldev: LDEVNumber
    package let path: VolumePath
    package let file: VolumeFile
    package let name: String
    package let devicePath: String
    private let ledger: LedgerRing?
    private let ranges = Monitor(RangeOrder())
    private let membership = Mutex<Membership?>(nil)
    private let attachedBlockDevice = Mutex<String?>(nil)
    let hooks = VolumeHooks()

    package var byteCount: UInt64 { file.byteCount }

    package init(
        ldev: LDEVNumber, path: VolumePath, file: VolumeFile, name: String, devicePath: String,
        ledger: LedgerRing? = nil
    ) {
        self.ledger = ledger
        self.ldev = ldev
        self.path = path
        self.file = file
        self.name = name
        self.devicePath = devicePath
    }

    // MARK: Host calls

    /// A guarded volume gives its hosts no answer to an inquiry, or tells them no size. A file cannot do that: it lets
    /// nobody open it any more.
    package func open(handle: UInt64) -> Int32 {
        guard hooks.refuses([.inquiry, .capacity]) else { return 0 }
        hooks.noteRefusal(of: [.inquiry, .capacity])
        return hooks.refuses(.inquiry) ? ENXIO : EIO
    }

    package func read(
        handle: UInt64, offset: UInt64, count: Int, scratch: UnsafeMutableRawBufferPointer,
        request: consuming FuseRequest
    ) {
        guard !hooks.refuses(.read) else {
            hooks.noteRefusal(of: .read)
            return request.reply(failing: EIO)
        }
        hooks.countRead(count)
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[0..<count])
        let failure = unsafe file.read(into: target, at: offset)
        if failure == 0 {
            unsafe request.reply(bytes: UnsafeRawBufferPointer(target))
        } else {
            request.reply(failing: failure)
        }
    }

    package func write(
        handle: UInt64, offset: UInt64, bytes: UnsafeRawBufferPointer, options: FuseWriteOptions,
        request: consuming FuseRequest
    ) {
        let extent = ByteExtent(offset: offset, count: UInt64(bytes.count))
        unsafe hostWrite(
            HostWrite(extent: extent, content: .bytes(bytes), isDurable: options.contains(.durable)), request)
    }

    package func discard(offset: UInt64, count: UInt64, zeroing: Bool, request: consuming FuseRequest) {
        let extent = ByteExtent(offset: offset, count: count)
        hostWrite(HostWrite(extent: extent, content: .zero(keepsBlocks: zeroing), isDurable: false), request)
    }

    package func flushToDisk(handle: UInt64, dataOnly: Bool, request: consuming FuseRequest) {
        let place = ledger?.append(LedgerEntry(.flush, ldev: ldev), at: monotonicNanoseconds())
        let failure = file.synchronise()
        if let place { ledger?.willAnswer(place, succeeded: failure == 0) }
        if failure == 0 { request.reply() } else { request.reply(failing: failure) }
        if let place { ledger?.didAnswer(place, succeeded: failure == 0) }
    }

    // hot
    private func hostWrite(_ write: HostWrite, _ request: consuming FuseRequest) {
        let token = acquire(write.extent)
        guard !hooks.refusesWrites else {
            release(token)
            hooks.noteRefusal(of: .write)
            request.reply(failing: EIO)
            return
        }
        hooks.countWrite(write.payloadBytes)
        if let member = membership.withLock({ $0 }) {
            member.group.write(write, to: self, pair: member.pair, range: token, request)
            return
        }
        let place = ledger?.reserve(pieces: write.pieceCount) ?? .none
        _ = ledger?.fill(place, write, LedgerEntry(write.ledgerKind, ldev: ldev), at: monotonicNanoseconds())
        let failure = put(write)
        ledger?.stamp(place, .local, at: monotonicNanoseconds())
        release(token)
        ledger?.willAnswer(place, succeeded: failure == 0)
        write.answer(request, failure: failure)
        ledger?.didAnswer(place, succeeded: failure == 0)
    }

    // MARK: For the group, the copy thread and the receive thread

    /// Puts a write on the backing file, whether a host's, a stream's or a copy's: the only place where bytes of a volume
    /// change. The caller holds its range. Returns 0 or an errno. // hot
    func put(_ write: HostWrite) -> Int32 {
        guard hooks.isWatched else { return putUnwatched(write) }
        let admitted = hooks.admit(write.extent)
        defer { admitted.end() }
        return putUnwatched(write)
    }

    /// Puts a write on the file past the local pairs: for who has told them. // hot
    func putUnwatched(_ write: HostWrite) -> Int32 {
        let failure: Int32
        switch write.content {
        case .bytes(let bytes): failure = unsafe file.write(bytes, at: write.extent.offset)
        case .zero(let keepsBlocks): failure = file.zero(write.extent, keepsBlocks: keepsBlocks)
        }
        return failure == 0 && write.isDurable ? file.synchronise() : failure
    }

    /// Waits until nobody who came before writes or copies a byte of `extent`, then holds it. // hot
    func acquire(_ extent: ByteExtent) -> UInt32 {
        var place: UInt32?
        return ranges.wait { order in
            let token = place ?? order.enter(extent)
            place = token
            return order.isGranted(token) ? token : nil
        }!
    }

    /// Waits until every write that was under way has reached the backing file, and holds new ones up.
    func acquireAll() -> UInt32 { acquire(ByteExtent(offset: 0, count: byteCount)) }

    // hot
    func release(_ token: UInt32) {
        ranges.withLock { $0.release(token) }
        ranges.wakeAll()
    }

    /// Waits until every write that was under way has reached the backing file.
    func quiesce() { release(acquireAll()) }

    func join(_ group: ReplicationGroup, pair: Int) {
        membership.withLock { $0 = Membership(group: group, pair: pair) }
    }

    func leave(_ group: ReplicationGroup) {
        membership.withLock { if $0?.group === group { $0 = nil } }
    }

    var member: Membership? { membership.withLock { $0 } }

    package var blockDevice: String? {
        get { attachedBlockDevice.withLock { $0 } }
        set { attachedBlockDevice.withLock { $0 = newValue } }
    }

    /// SSIDs are given from here on, one for each control unit of 256 devices. The first one is the number that most
    /// arrays are delivered with; the rest is ours.
    private static let firstSubsystem: UInt16 = 4

    var snapshot: VolumeSnapshot {
        VolumeSnapshot(
            ldev: ldev, byteCount: byteCount, path: path, device: devicePath, blockDevice: blockDevice,
            pair: member.flatMap { $0.group.snapshot(ofPair: $0.pair) }, localPairs: hooks.localSnapshots,
            guards: hooks.guards, guardErrors: hooks.guardErrorCount,
            subsystem: Self.firstSubsystem + ldev.value >> 8)
    }
}
