// The array's end of one link: frames in and out, sorted by group. Also the place where a group that does not exist
// here is answered for.

package import LinkTransport
internal import Logging
internal import Platform
package import ReplicationCore
internal import Synchronization
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// One end of a link with its far cache.
///
/// **Threads**: `LinkReceiver` calls come from the link's receive thread alone; `enqueue`, `send`, `flush` and `drop`
/// from anywhere, under a group's lock except `flush`.
@safe package final class LinkPort: LinkReceiver {
    package let name: String
    package let remoteName: String
    package let remoteSerial: ArraySerial
    package let link: Link
    private let cache: FarCache
    private unowned let controller: ArrayController
    private let logger: Logger
    private let isConnected = Atomic(false)
    private let scratch = Mutex(Scratch())
    /// When a frame was seen last for whose way over this link a host waits. Nanoseconds of the monotonic clock.
    let hostWaitedAt = Atomic<UInt64>(0)

    /// The receive thread's own.
    private struct Scratch {
        var unacknowledged: [ReplicationGroup] = []
        var answered: [ParkedWrite] = []
        /// In this batch: host writes answered here, and frames applied for a host that waits at the other array.
        var awaited = 0
        /// Among `unacknowledged` is a write for which a host waits at the other array.
        var isUrgent = false
        /// Frames and bytes applied since the last acknowledgement.
        var applied = 0
        var appliedBytes = 0

        mutating func forget() {
            unacknowledged.removeAll(keepingCapacity: true)
            isUrgent = false
            (applied, appliedBytes) = (0, 0)
        }

        var mayPutOff: Bool {
            !unacknowledged.isEmpty && !isUrgent && applied <= mostPutOff.frames && appliedBytes <= mostPutOff.bytes
        }
    }

    /// With no more writes than this on their way their hosts wait for each of them, and this thread had better be awake
    /// when the next one comes. With more, sleeping gathers them, and others have use for the processor.
    private static let mostAwaited = 2
    /// Nobody waits for the acknowledgement of an asynchronous write, and it costs both arrays as much as the write's own
    /// frame. So it is put off while frames come one after the other - the thread looks for the next one before it
    /// sleeps -, but not beyond this: the other array keeps a slot and a place in its ring for each of them.
    private static let mostPutOff = (frames: 32, bytes: 256 << 10)

    init(
        configuration: LinkConfiguration, remoteName: String, cachePath: String, controller: ArrayController,
        logger: Logger
    ) throws(SystemFailure) {
        name = configuration.name
        self.remoteName = remoteName
        remoteSerial = configuration.remoteSerial
        self.controller = controller
        self.logger = logger
        cache = try FarCache(path: cachePath, regionBytes: LinkConfiguration.smallestReceiveRegion)
        link = unsafe Link(configuration, receiveRegion: cache.region) { event in
            logger.notice("\(event)", metadata: ["link": "\(configuration.name)"])
        }
    }

    /// Finishes the frame that a killed process was applying. Call before `start`: the region is overwritten then.
    func redoUnfinished() {
        guard let frame = cache.unfinished() else { return }
        defer { cache.end() }
        // After a crash of the machine the note may be older than its region; every track is marked then anyway.
        guard controller.folder.memoryIsTrustworthy, let group = controller.group(frame.group),
            let volume = controller.volume(frame.ldev), frame.extent.end <= volume.byteCount
        else { return }
        let failure = group.redo(frame, on: volume)
        if failure != 0 {
            logger.error("an interrupted write could not be repeated on \(frame.ldev): \(systemErrorText(failure))")
        }
    }

    func start() throws(SystemFailure) { try link.start(receiver: self) }
    func stop() { link.stop() }

    /// Whether both sides of this connection have been told of it.
    var isOpen: Bool { isConnected.load(ordering: .acquiring) }

    // MARK: Out

    /// Queues frames that stay in place until they are acknowledged. // hot
    func enqueue(_ span: UnsafeRawBufferPointer) { _ = unsafe link.enqueue(span: span) }

    func send(
        _ kind: FrameKind, group: GroupIdentifier, epoch: Epoch = Epoch(0), sequence: SequenceNumber = .none,
        payload: [UInt8] = []
    ) {
        _ = link.enqueue(
            frame: FrameHeader(kind: kind, group: group, epoch: epoch, sequence: sequence), payload: payload)
    }

    func flush() { link.flush() }
    func flushSoon() { link.flushSoon() }
    func drop() { link.drop() }

    /// Whether no queued frame lies in a group's ring any more.
    var isDrained: Bool { link.isDrained }

    // MARK: In

    package func linkIsUp() {
        controller.linkCameUp(self) { isConnected.store(true, ordering: .releasing) }
        link.flush()
    }

    package func linkIsDown(_ reason: LinkLoss) {
        controller.linkWentDown(self) { isConnected.store(false, ordering: .releasing) }
        scratch.withLock { $0.forget() }
    }

    package func received(_ header: FrameHeader, payload: UnsafeRawBufferPointer) {
        switch header.kind {
        case .write, .zero, .copy, .transition, .void:
            unsafe apply(header, payload)
        case .acknowledgement:
            guard let group = group(header) else { return }
            scratch.withLock {
                $0.awaited += group.acknowledged(
                    through: header.sequence, epoch: header.epoch, answered: &$0.answered)
            }
        case .applyFailure:
            group(header)?.farSideFailed()
        case .control:
            guard let message = try? PeerMessage(decoding: unsafe [UInt8](payload)) else { return drop() }
            controller.received(message, for: header.group, over: self)
        case .heartbeat:
            break
        }
    }

    package func receivedBatch() -> Bool {
        let isExpectingMore = scratch.withLock { scratch in
            let awaited = scratch.awaited
            scratch.awaited = 0
            if scratch.mayPutOff { return true }
            acknowledge(&scratch)
            return (1...Self.mostAwaited).contains(awaited)
        }
        link.flush()
        return isExpectingMore
    }

    package func fellQuiet() {
        scratch.withLock { acknowledge(&$0) }
        link.flush()
    }

    private func acknowledge(_ scratch: inout Scratch) {
        for group in scratch.unacknowledged {
            let (delivered, epoch) = group.delivered
            send(.acknowledgement, group: group.id, epoch: epoch, sequence: delivered)
        }
        scratch.forget()
    }

    /// A host does not wait for copies that came behind its write.
    private func acknowledgeBeforeCopy() {
        let isUrgent = scratch.withLock { scratch in
            defer { if scratch.isUrgent { acknowledge(&scratch) } }
            return scratch.isUrgent
        }
        if isUrgent { link.flush() }
    }

    /// The group that a frame is about, if it belongs to this link. // hot
    private func group(_ header: FrameHeader) -> ReplicationGroup? {
        controller.group(header.group).flatMap { $0.link === self ? $0 : nil }
    }

    // hot
    private func apply(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) {
        guard let group = group(header) else { return }
        if header.kind == .copy { acknowledgeBeforeCopy() }
        switch unsafe group.apply(header, payload: payload, cache: cache, controller.volume) {
        case .applied:
            scratch.withLock { scratch in
                if group.isSynchronous, header.kind != .copy {
                    scratch.awaited += 1
                    scratch.isUrgent = true
                    hostWaits()
                }
                scratch.applied += 1
                scratch.appliedBytes += payload.count
                if !scratch.unacknowledged.contains(where: { $0 === group }) { scratch.unacknowledged.append(group) }
            }
        case .ignored: break
        case .failed(let code):
            logger.error(
                "a write of the primary could not be applied to \(header.ldev): \(systemErrorText(code))")
            send(.applyFailure, group: header.group, epoch: header.epoch, sequence: header.sequence)
        case .broken:
            logger.error("a frame was out of order or out of range; the connection is given up")
            drop()
        }
    }
}
