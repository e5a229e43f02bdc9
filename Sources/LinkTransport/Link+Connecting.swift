// The connecting side: tries, for ever, until the link is stopped; then receives on the same thread.

internal import CPlatform
internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

extension Link {
    private static let shortestRetry: UInt64 = 50_000_000
    private static let longestRetry: UInt64 = 500_000_000

    /// The receive thread of a connecting link.
    func runConnecting(to address: LinkAddress, _ receiver: any LinkReceiver) {
        var retry = Self.shortestRetry
        while waitForPermission() {
            switch attempt(address) {
            case .success(let candidate):
                retry = Self.shortestRetry
                serve(candidate, receiver)
            case .failure(let failure):
                if let event = failure.event { logAttempt(event) }
            }
            guard !pause(retry) else { return }
            retry = min(retry * 2, Self.longestRetry)
        }
    }

    /// Waits while the impairment allows no connection. Returns false when the link stops.
    private func waitForPermission() -> Bool {
        shared.wait { state -> Bool? in
            if state.isStopping { return false }
            return state.mayConnect ? true : nil
        } ?? false
    }

    /// Waits before the next attempt. Returns true when the link stops.
    private func pause(_ nanoseconds: UInt64) -> Bool {
        shared.wait(until: monotonicNanoseconds() + nanoseconds) { $0.isStopping ? true : nil } ?? false
    }

    /// Why an attempt failed; no event when it was given up on purpose.
    private struct AttemptFailure: Error {
        var event: LinkEvent?
    }

    private func attempt(_ address: LinkAddress) -> Result<LinkState.Candidate, AttemptFailure> {
        doorbell.silence()
        let deadline = monotonicNanoseconds() + configuration.handshakeLimit.nanoseconds
        let descriptor: Int32
        do throws(SystemFailure) {
            descriptor = try Sockets.connect(to: address)
        } catch {
            return .failure(AttemptFailure(event: .unreachable(address, errno: error.code)))
        }
        guard waitFor(descriptor, Int32(POLLOUT), until: deadline) else {
            close(descriptor)
            let isOver = monotonicNanoseconds() >= deadline
            return .failure(AttemptFailure(event: isOver ? .unreachable(address, errno: ETIMEDOUT) : nil))
        }
        let code = Sockets.pendingError(descriptor)
        guard code == 0 else {
            close(descriptor)
            return .failure(AttemptFailure(event: .unreachable(address, errno: code)))
        }
        Sockets.setBlocking(descriptor, true)
        return shakeHands(HandshakeExchange(descriptor: descriptor, machine: makeMachine(.connects), proof: proof))
    }

    private func shakeHands(_ exchange: HandshakeExchange) -> Result<LinkState.Candidate, AttemptFailure> {
        var progress = exchange.begin()
        while true {
            switch progress {
            case .pending:
                let isReadable = waitFor(
                    exchange.descriptor, Int32(POLLIN), until: monotonicNanoseconds() + 50_000_000)
                if isReadable {
                    progress = exchange.readable()
                } else {
                    progress = shared.withLock({ $0.mayConnect }) ? exchange.tick() : exchange.refuse(.impaired)
                }
            case .established(let descriptor, let machine):
                return .success(LinkState.Candidate(descriptor: descriptor, machine: machine))
            case .refused(let refusal): return .failure(AttemptFailure(event: .refused(refusal)))
            case .refusedByPeer(let refusal): return .failure(AttemptFailure(event: .refusedByPeer(refusal)))
            }
        }
    }

    /// Waits for an event; false after the time or when the link stops or is impaired meanwhile.
    private func waitFor(_ descriptor: Int32, _ events: Int32, until deadline: UInt64) -> Bool {
        while shared.withLock({ $0.mayConnect }) {
            let now = monotonicNanoseconds()
            guard now < deadline else { return false }
            let milliseconds = Int32(min((deadline - now) / 1_000_000 + 1, 60_000))
            let ready = Sockets.wait(
                [(descriptor, events), (doorbell.descriptor, Int32(POLLIN))], milliseconds: milliseconds)
            if ready.contains(0) { return true }
            if ready.contains(1) { doorbell.silence() }
        }
        return false
    }

    func makeMachine(_ role: LinkMachine.Role) -> LinkMachine {
        LinkMachine(
            role: role, localSerial: configuration.localSerial, remoteSerial: configuration.remoteSerial,
            handshakeLimit: configuration.handshakeLimit, silenceLimit: configuration.timers.heartbeatTimeout)
    }
}
