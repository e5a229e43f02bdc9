// The listening side's acceptor: takes every connection, lets each prove itself by its deadline, hands the one that
// does to the receive thread. Strangers are few and short-lived here: they never reach the established connection.

internal import CPlatform
internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

extension Link {
    /// Handshakes at a time. One more pushes out the oldest: a legitimate one takes a millisecond.
    private static let mostPending = 16

    /// The accept thread.
    func runAccepting(_ listener: Int32) {
        var pending: [HandshakeExchange] = []
        while !shared.withLock({ $0.isStopping }) {
            let wanted = [(listener, Int32(POLLIN)), (doorbell.descriptor, Int32(POLLIN))]
            let ready = Sockets.wait(
                wanted + pending.map { ($0.descriptor, Int32(POLLIN)) }, milliseconds: pending.isEmpty ? -1 : 50)
            if ready.contains(1) { doorbell.silence() }
            var kept: [HandshakeExchange] = []
            for (index, exchange) in pending.enumerated()
            where isPending(ready.contains(index + 2) ? exchange.readable() : exchange.tick()) {
                kept.append(exchange)
            }
            pending = kept
            if ready.contains(0) { accept(listener, &pending) }
        }
        for exchange in pending { _ = exchange.refuse(.impaired) }
    }

    private func accept(_ listener: Int32, _ pending: inout [HandshakeExchange]) {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else {
            // The connection may be gone again. Without descriptors, wait for some instead of spinning.
            if errno != EAGAIN && errno != ECONNABORTED && errno != EINTR {
                logAttempt(.acceptFailed(errno: errno))
                sleepNanoseconds(50_000_000)
            }
            return
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        if pending.count == Self.mostPending { _ = isPending(pending.removeFirst().refuse(.tooSlow)) }
        let exchange = HandshakeExchange(descriptor: descriptor, machine: makeMachine(.listens), proof: proof)
        let mayConnect = shared.withLock { $0.mayConnect }
        if isPending(mayConnect ? exchange.begin() : exchange.refuse(.impaired)) { pending.append(exchange) }
    }

    /// Acts on what became of a handshake. Returns whether it goes on.
    private func isPending(_ progress: HandshakeExchange.Progress) -> Bool {
        switch progress {
        case .pending: return true
        case .established(let descriptor, let machine):
            handToReceiver(LinkState.Candidate(descriptor: descriptor, machine: machine))
        case .refused(let refusal): logAttempt(.refused(refusal))
        case .refusedByPeer(let refusal): logAttempt(.refusedByPeer(refusal))
        }
        return false
    }

    private func handToReceiver(_ candidate: LinkState.Candidate) {
        // One step under the lock: the reader of the new connection must not be taken for the old one's.
        let (superfluous, replaced) = shared.withLock { $0.offer(candidate) }
        if let superfluous { Sockets.reset(superfluous) }
        if let replaced { wakeReader(replaced) }
        shared.wakeAll()
    }
}
