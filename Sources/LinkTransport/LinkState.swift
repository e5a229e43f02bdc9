// What the threads of one link share, and the rules of who may send when. Arithmetic only: the system calls are made
// by `Link`, outside the lock.
//
// Invariants: at most one thread has `isSending`; the descriptor is closed only when nobody has it and `guests` is 0;
// the queue is emptied only then too, so no thread is in a system call with a span when the owner hears `linkIsDown`.

internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// The shared state of a link.
///
/// **Threads**: under the lock of `Link.shared`.
struct LinkState {
    /// A connection that passed its handshake and waits for the receive thread.
    struct Candidate: Sendable {
        var descriptor: Int32
        var machine: LinkMachine
    }

    var isStopping = false
    var candidate: Candidate?

    /// The connection in use; nil = none.
    var descriptor: Int32?
    /// Why the connection is being given up. Set once per connection; from then on nothing is queued or sent.
    var loss: LinkLoss?
    /// A thread is between two `sendmsg` calls of one run.
    var isSending = false
    /// The run goes on in the sender thread, which inherits `isSending`.
    var isHandedOver = false
    /// Threads that are in another system call with the descriptor.
    var guests = 0

    let queue = OutboundQueue()
    var pace = LinkPace(interval: .seconds(1), at: Moment(nanoseconds: 0))
    var framesQueuedNow: UInt64 = 0
    /// Until when the sender thread sleeps; 0 = it is awake.
    var senderSleepsUntil: UInt64 = 0
    /// The sender thread has something to look at.
    var senderIsWanted = false
    var rounds = SenderRounds()
    /// Connections that ended inside a black hole: their end must not reach the far side before it is healed.
    var buried: [Int32] = []
    var statistics = LinkStatistics()
    /// What was logged about attempts last: a row of equal ones is told once.
    var toldAttempt: LinkEvent?

    var isUp: Bool { descriptor != nil && loss == nil }
    var mayConnect: Bool { !isStopping && queue.impairment.allowsConnection }
    /// No thread uses the descriptor or the queued spans.
    var isQuiet: Bool { !isSending && guests == 0 }

    /// A connection begins.
    mutating func establish(_ descriptor: Int32, heartbeatInterval: Span, now: UInt64) {
        precondition(self.descriptor == nil && queue.isEmpty, "the connection before was not taken down")
        rounds = SenderRounds()
        self.descriptor = descriptor
        loss = nil
        framesQueuedNow = 0
        pace = LinkPace(interval: heartbeatInterval, at: Moment(nanoseconds: now))
        statistics.connections += 1
        toldAttempt = nil
        senderIsWanted = true
    }

    /// The connection is to end. Returns the descriptor to wake its reader with, the first time only; the caller
    /// is counted as a guest until `leave`.
    mutating func fail(_ reason: LinkLoss) -> Int32? {
        guard let descriptor, loss == nil else { return nil }
        loss = reason
        senderIsWanted = true
        guests += 1
        return descriptor
    }

    mutating func leave() { guests -= 1 }

    /// The connection ends here, if it is quiet: the queue is emptied and the caller gets the descriptor's fate, true
    /// if it is buried until the black hole is healed. Nil = not quiet yet.
    mutating func end() -> Bool? {
        guard isQuiet, let descriptor else { return nil }
        queue.removeAll()
        self.descriptor = nil
        // A stopping sender thread waits for this.
        senderIsWanted = true
        // Into a black hole not even the end of the connection may leave.
        guard queue.impairment.isBlackHole, !isStopping else { return false }
        buried.append(descriptor)
        return true
    }

    /// A newly proven connection. The far side has one connection only: that it makes a new one says that the old
    /// one is dead. Returns what to reset, and whose reader to wake (the caller becomes its guest).
    mutating func offer(_ candidate: Candidate) -> (superfluous: Int32?, replaced: Int32?) {
        guard mayConnect else { return (candidate.descriptor, nil) }
        let older = self.candidate?.descriptor
        self.candidate = candidate
        return (older, fail(.replaced))
    }

    mutating func countQueued(_ frames: Int) {
        framesQueuedNow += UInt64(frames)
        statistics.framesQueued += UInt64(frames)
    }

    // MARK: sending

    /// What a thread that wants to send may do.
    enum Claim {
        case none
        /// Nothing may leave now and the sender thread sleeps too long.
        case wakeSender
        /// Send these many vectors to this socket; `isSending` is this thread's.
        case send(Int32, Int)
    }

    private var clock: UInt64 { queue.needsClock ? monotonicNanoseconds() : 0 }

    /// Any thread asks to send. // hot
    mutating func claim(_ vectors: UnsafeMutableBufferPointer<iovec>) -> Claim {
        guard let descriptor, loss == nil, !isSending else { return .none }
        let count = unsafe queue.prepare(vectors, now: clock)
        guard count == 0 else {
            isSending = true
            return .send(descriptor, count)
        }
        guard let due = queue.nextDue(), due < senderSleepsUntil else { return .none }
        senderIsWanted = true
        return .wakeSender
    }

    /// A thread that has queued what nobody waits for asks for it to be sent soon. // hot
    mutating func claimSoon(_ vectors: UnsafeMutableBufferPointer<iovec>) -> Claim {
        switch rounds.request(at: monotonicNanoseconds()) {
        case .now: return unsafe claim(vectors)
        case .nextRound: return .none
        case .beginRounds:
            senderIsWanted = true
            return .wakeSender
        }
    }

    /// The socket took `count` bytes: what the same thread sends next. 0 = `isSending` was given back. // hot
    mutating func sent(_ count: Int, next vectors: UnsafeMutableBufferPointer<iovec>) -> Int {
        consumeOnly(count)
        let next = loss == nil ? unsafe queue.prepare(vectors, now: clock) : 0
        if next == 0 {
            isSending = false
            // The sender thread must know when the rest is due.
            if !queue.isEmpty || loss != nil { senderIsWanted = true }
        }
        return next
    }

    /// The socket took `count` bytes, and this thread stops here.
    mutating func consumeOnly(_ count: Int) {
        queue.consume(count)
        statistics.bytesSent += UInt64(count)
    }

    /// The calling thread stops; the sender thread goes on with `isSending` set.
    mutating func handOver() {
        isHandedOver = true
        senderIsWanted = true
    }

    /// What the sender thread does next.
    enum SenderStep {
        case stop
        case send(Int32, Int)
        /// Nothing to send, but the vectors' claim was given up by a loss: tell whoever waits for quiet.
        case released
        /// Until then, or until wanted; nil = until wanted.
        case sleep(UInt64?)
    }

    mutating func senderStep(_ vectors: UnsafeMutableBufferPointer<iovec>) -> SenderStep {
        senderIsWanted = false
        senderSleepsUntil = 0
        let inherits = isHandedOver
        isHandedOver = false
        guard let descriptor, loss == nil else {
            if inherits {
                isSending = false
                return .released
            }
            // While a connection is being taken down, a run may still be handed over.
            if isStopping && self.descriptor == nil { return .stop }
            senderSleepsUntil = .max
            return .sleep(nil)
        }
        let now = monotonicNanoseconds()
        if pace.tick(framesQueued: framesQueuedNow, at: Moment(nanoseconds: now)) { queueHeartbeat() }
        if inherits || !isSending {
            let count = unsafe queue.prepare(vectors, now: now)
            isSending = count > 0
            rounds.look(found: count > 0)
            if count > 0 { return .send(descriptor, count) }
        }
        let due = isSending ? nil : queue.nextDue()
        senderSleepsUntil = min(due ?? .max, pace.nextCheck.nanoseconds, rounds.nextLook(after: now) ?? .max)
        return .sleep(senderSleepsUntil)
    }

    private mutating func queueHeartbeat() {
        queue.append(FrameHeader(kind: .heartbeat), payload: [])
        countQueued(1)
        statistics.heartbeatsSent += 1
    }
}
