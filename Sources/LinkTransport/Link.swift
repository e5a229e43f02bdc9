// One link of an array: a connection to the far array that is made, authenticated, watched, impaired, lost and made
// again, for as long as the link runs.
//
// Bytes leave in the order of `enqueue`. Whoever flushes first sends for everybody ("combining"): under the lock one
// thread lists up to 64 spans and marks itself as the sender, calls `sendmsg` without the lock, and looks again; the
// others return at once. What the socket does not take, what is not due yet, and heartbeats are the sender thread's.
//
// Invariants: no lock is held across a system call; `linkIsDown` comes exactly once per `linkIsUp`, after the last
// system call with a queued span; nothing without the shared key gets past the handshake.

internal import CPlatform
package import Platform
package import ReplicationCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// A replication link of an array.
///
/// **Threads**: `enqueue`, `flush`, `impairment`, `isUp` and `statistics` from any thread, also from within the
/// receiver's calls; `enqueue` under the caller's own lock, `flush` with no lock held. `start` and `stop` from the
/// owner's thread, once each, never from within the receiver. Own threads: one that connects and receives (or only
/// receives, when listening), one that sends, one that accepts (listening side only). `shared` is the one lock.
@safe package final class Link: @unchecked Sendable {
    package let configuration: LinkConfiguration
    let log: @Sendable (LinkEvent) -> Void
    let proof: HandshakeProof
    let shared = Monitor(LinkState())
    let doorbell = Doorbell()
    /// Where `sendmsg` finds its spans. Belongs to the thread that has `isSending` (or holds the lock to claim it).
    private let vectors: UnsafeMutableBufferPointer<iovec>
    /// Where frames arrive; the receive thread's alone.
    let receiveRegion: UnsafeMutableRawBufferPointer
    private let ownsRegion: Bool
    let framesReceived = Atomic<UInt64>(0)
    let bytesReceived = Atomic<UInt64>(0)
    let heartbeatsReceived = Atomic<UInt64>(0)
    private let life = Mutex(Life())

    private struct Life {
        var threads: [NamedThread] = []
        var listener: Sockets.Listener?
    }

    /// - Parameters:
    ///   - receiveRegion: where frames arrive, at least `LinkConfiguration.smallestReceiveRegion` bytes that outlive
    ///     the link (an owner maps NVRAM there); nil = `receiveRegionBytes` of the link's own.
    ///   - log: called from the link's threads with what an operator may want to read.
    package init(
        _ configuration: LinkConfiguration, receiveRegion: UnsafeMutableRawBufferPointer?,
        log: @escaping @Sendable (LinkEvent) -> Void = { _ in }
    ) {
        precondition(configuration.localSerial != configuration.remoteSerial, "an array has no link to itself")
        self.configuration = configuration
        self.log = log
        proof = HandshakeProof(key: configuration.key)
        unsafe vectors = .allocate(capacity: 64)
        unsafe ownsRegion = receiveRegion == nil
        let region =
            unsafe receiveRegion
            ?? .allocate(
                byteCount: max(configuration.receiveRegionBytes, LinkConfiguration.smallestReceiveRegion),
                alignment: 4096)
        unsafe self.receiveRegion = region
        precondition(region.count >= LinkConfiguration.smallestReceiveRegion, "the largest frame must fit")
    }

    /// A link with a receive region of its own.
    package convenience init(
        _ configuration: LinkConfiguration, log: @escaping @Sendable (LinkEvent) -> Void = { _ in }
    ) {
        unsafe self.init(configuration, receiveRegion: nil, log: log)
    }

    deinit {
        unsafe vectors.deallocate()
        if ownsRegion { unsafe receiveRegion.deallocate() }
    }

    // MARK: life

    /// Binds the listening socket and starts the threads. `receiver` is kept until `stop`.
    /// - Throws: `SystemFailure`: the address is in use, the socket's folder is missing or another user's.
    package func start(receiver: any LinkReceiver) throws(SystemFailure) {
        let name = configuration.name
        var threads: [NamedThread] = []
        var listener: Sockets.Listener?
        switch configuration.end {
        case .listens(let address):
            let bound = try Sockets.listen(on: address)
            listener = bound
            log(.listening(bound.address))
            threads.append(NamedThread("accept \(name)") { self.runAccepting(bound.descriptor) })
            threads.append(NamedThread("link \(name)") { self.runReceiving(receiver) })
        case .connects(let address):
            threads.append(NamedThread("link \(name)") { self.runConnecting(to: address, receiver) })
        }
        threads.append(NamedThread("send \(name)") { self.runSending() })
        life.withLock { life in
            precondition(life.threads.isEmpty, "a link is started once")
            life = Life(threads: threads, listener: listener)
        }
    }

    /// Ends the connection (`linkIsDown(.stopped)` if it was up), joins all threads, removes the Unix socket.
    package func stop() {
        shared.withLock { state in
            state.isStopping = true
            state.senderIsWanted = true
        }
        fail(.stopped)
        shared.wakeAll()
        doorbell.ring()
        let ended = life.withLock { life in
            defer { life = Life() }
            return life
        }
        for thread in ended.threads { thread.join() }
        if let listener = ended.listener {
            Sockets.remove(listener)
            close(listener.descriptor)
        }
        exhume()
    }

    /// Where the link listens, with the port the system chose if the configuration says 0; nil when not listening.
    package var listeningAddress: LinkAddress? { life.withLock { $0.listener?.address } }

    /// Whether an authenticated connection takes frames.
    package var isUp: Bool { shared.withLock { $0.isUp } }

    /// Whether nothing is queued: no thread is in a system call with a span of its owner either.
    package var isDrained: Bool { shared.withLock { $0.queue.isEmpty } }

    package var statistics: LinkStatistics {
        var statistics = shared.withLock { $0.statistics }
        statistics.framesReceived = framesReceived.load(ordering: .relaxed)
        statistics.bytesReceived = bytesReceived.load(ordering: .relaxed)
        statistics.heartbeatsReceived = heartbeatsReceived.load(ordering: .relaxed)
        return statistics
    }

    /// What is done to the sending direction, also to what is queued already.
    package var impairment: Impairment {
        get { shared.withLock { $0.queue.impairment } }
        set {
            shared.withLock { state in
                state.queue.impair(newValue, now: monotonicNanoseconds())
                state.senderIsWanted = true
            }
            if newValue.isCut { fail(.cut) }
            if !newValue.isBlackHole { exhume() }
            shared.wakeAll()
            doorbell.ring()
        }
    }

    /// Closes connections that ended inside a black hole: now the far side may know.
    private func exhume() {
        let buried = shared.withLock { state in
            defer { state.buried = [] }
            return state.buried
        }
        for descriptor in buried { Sockets.reset(descriptor) }
    }

    /// Begins to end the connection; the receive thread does the rest. Only the first reason counts.
    func fail(_ reason: LinkLoss) {
        guard let descriptor = shared.withLock({ $0.fail(reason) }) else { return }
        wakeReader(descriptor)
    }

    /// Wakes the receive thread out of its read. The caller is a guest of the descriptor, and leaves.
    func wakeReader(_ descriptor: Int32) {
        Sockets.stopReading(descriptor)
        shared.withLock { $0.leave() }
        shared.wakeAll()
    }

    /// Logs an attempt to connect that came to nothing, unless the one before came to the same.
    func logAttempt(_ event: LinkEvent) {
        let isNew = shared.withLock { state in
            defer { state.toldAttempt = event }
            return state.toldAttempt != event
        }
        if isNew { log(event) }
    }

    // MARK: sending

    /// Queues bytes that stay valid and unchanged until the far side acknowledged them or `linkIsDown` was called.
    /// Arithmetic only.
    /// - Parameter frames: how many whole frames the span holds, for the statistics.
    /// - Returns: false when the link is down: nothing was queued. // hot
    @discardableResult
    package func enqueue(span: UnsafeRawBufferPointer, frames: Int = 1) -> Bool {
        shared.withLock { state in
            guard state.isUp else { return false }
            unsafe state.queue.append(borrowed: span)
            state.countQueued(frames)
            return true
        }
    }

    /// Queues a frame of which the link makes its own copy; fills in its lengths and checksums.
    /// - Returns: false when the link is down: nothing was queued. // hot
    @discardableResult
    package func enqueue(frame header: FrameHeader, payload: [UInt8] = []) -> Bool {
        shared.withLock { state in
            guard state.isUp else { return false }
            state.queue.append(header, payload: payload)
            state.countQueued(1)
            return true
        }
    }

    /// Sends what is queued, unless another thread is at it: then that one does. Does not wait: what the socket does
    /// not take now is the sender thread's. Call with no lock held. // hot
    package func flush() { carryOut(shared.withLock { unsafe $0.claim(vectors) }) }

    /// The same for what nobody waits for: it leaves within about 500 us, and where such frames come one after the other the
    /// caller is spared sending them. // hot
    package func flushSoon() { carryOut(shared.withLock { unsafe $0.claimSoon(vectors) }) }

    /// Does what a claim allows its thread. // hot
    @inline(__always)
    private func carryOut(_ claim: LinkState.Claim) {
        switch claim {
        case .none: break
        case .wakeSender: shared.wakeAll()
        case .send(let descriptor, let count): transmit(descriptor, count, isSender: false)
        }
    }

    /// How often a flushing thread sends for the others before the sender thread takes over.
    private static let longestRun = 16

    /// Sends until nothing may leave any more. The caller has `isSending`, which is given back or handed over.
    private func transmit(_ descriptor: Int32, _ first: Int, isSender: Bool) {
        var count = first
        var round = 0
        while count > 0 {
            var taken = 0
            switch unsafe Sockets.send(descriptor, UnsafeMutableBufferPointer(rebasing: vectors[0..<count])) {
            case .bytes(let bytes): taken = bytes
            case .full:
                guard isSender else { return handOver() }
                Sockets.waitForRoom(descriptor)
            case .failed(let code):
                fail(code == EPIPE || code == ECONNRESET ? .closedByPeer : .failed(code))
            }
            round += 1
            if round >= Self.longestRun, !isSender {
                shared.withLock { $0.consumeOnly(taken) }
                return handOver()
            }
            let (next, mustWake) = shared.withLock { state in
                let next = unsafe state.sent(taken, next: vectors)
                return (next, next == 0 && state.senderIsWanted)
            }
            if mustWake { shared.wakeAll() }
            count = next
        }
    }

    private func handOver() {
        shared.withLock { $0.handOver() }
        shared.wakeAll()
    }

    /// The sender thread.
    private func runSending() {
        arraybench_set_timer_slack(1000)
        while true {
            switch shared.withLock({ unsafe $0.senderStep(vectors) }) {
            case .stop: return
            case .released: shared.wakeAll()
            case .send(let descriptor, let count): transmit(descriptor, count, isSender: true)
            case .sleep(let deadline):
                _ = shared.wait(until: deadline) { $0.senderIsWanted ? true : nil }
            }
        }
    }
}
