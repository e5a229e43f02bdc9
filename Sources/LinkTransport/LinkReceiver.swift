// What a link tells its owner: frames and the connection's life through `LinkReceiver`, everything else worth a line
// in a log as `LinkEvent`.

package import ReplicationCore

/// The owner of a link, as the link sees it.
///
/// **Threads**: all calls come from the link's receive thread, one at a time, with no lock of the link held; the
/// link's own `enqueue` and `flush` may be called from within. A slow receiver holds up everything that arrives.
/// The calls of one connection are `linkIsUp`, then any number of `received`, `receivedBatch` and `fellQuiet`, then `linkIsDown`.
package protocol LinkReceiver: AnyObject, Sendable {
    /// An authenticated connection is there, and `enqueue` takes frames since a moment ago.
    func linkIsUp()
    /// The connection of the last `linkIsUp` is gone. The link holds no queued span any more and no thread is in a
    /// system call with one: their memory may be reused.
    func linkIsDown(_ reason: LinkLoss)
    /// One frame whose header and payload checksums are right; never a heartbeat.
    /// - Parameter payload: lies in the receive region and is valid during the call only.
    func received(_ header: FrameHeader, payload: UnsafeRawBufferPointer)
    /// Everything that one read brought was handed over: a good moment to acknowledge what somebody waits for.
    /// - Returns: whether more is expected within microseconds, so that looking for it is better than sleeping until it
    ///   comes. `fellQuiet` follows if it does not.
    func receivedBatch() -> Bool
    /// The thread looked for more, found nothing, and is about to sleep: what was put off is due.
    func fellQuiet()
}

/// Something about a link that an operator may want to read.
package enum LinkEvent: Hashable, Sendable, CustomStringConvertible {
    case listening(LinkAddress)
    case connected(LinkAddress)
    case lost(LinkLoss)
    /// An attempt to connect met an error of the system. This and the following are told once for a row of equal ones.
    case unreachable(LinkAddress, errno: Int32)
    /// This side refused what it found at the other end.
    case refused(LinkRefusal)
    /// The other side refused this one.
    case refusedByPeer(LinkRefusal)
    /// Connections cannot be accepted at the moment.
    case acceptFailed(errno: Int32)

    package var description: String {
        switch self {
        case .listening(let address): "listening on \(address)"
        case .connected(let address): "connected over \(address)"
        case .lost(let loss): "connection lost: \(loss)"
        case .unreachable(let address, let code): "cannot connect to \(address): errno \(code); trying again"
        case .refused(let refusal): "handshake refused here: \(refusal)"
        case .refusedByPeer(let refusal): "handshake refused by the other side: \(refusal)"
        case .acceptFailed(let code): "cannot accept a connection: errno \(code); trying again"
        }
    }
}

/// Counters of a link since it was made.
package struct LinkStatistics: Hashable, Sendable {
    /// Frames and bytes handed to the socket's queue; frames of `enqueue(span:)` count as its caller says.
    package var framesQueued: UInt64 = 0
    package var bytesSent: UInt64 = 0
    package var framesReceived: UInt64 = 0
    package var bytesReceived: UInt64 = 0
    package var heartbeatsSent: UInt64 = 0
    package var heartbeatsReceived: UInt64 = 0
    /// How often a connection was established.
    package var connections: UInt64 = 0
    package init() {}
}
