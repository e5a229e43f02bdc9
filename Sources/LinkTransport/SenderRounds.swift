// When frames leave for which nobody waits. The first of them leaves at once, by the thread that queued it. Where they come
// one after the other the sender thread goes its rounds: it looks every 500 us and takes what has come. Then the threads that
// answer hosts are spared the system call - on two processors it stands between a host's answer and the host -, and several
// frames share one.

internal import ReplicationCore

/// The rounds of a link's sender thread.
///
/// **Threads**: part of the link's state, used under its lock.
struct SenderRounds {
    /// How long a frame waits at most for the next round, in nanoseconds.
    private static let interval: UInt64 = 500_000
    /// Two requests within this time are a row, in nanoseconds.
    private static let row: UInt64 = 200_000
    /// So many rounds in which nothing was found are the last.
    private static let mostInVain = 4

    private var lastRequest: UInt64 = 0
    private var isGoing = false
    private var inVain = 0

    enum Answer {
        /// Send it yourself.
        case now
        /// The sender thread finds it on its round.
        case nextRound
        /// The same, but wake it first.
        case beginRounds
    }

    /// Something was queued. // hot
    mutating func request(at now: UInt64) -> Answer {
        if isGoing { return .nextRound }
        let isRow = now < lastRequest + Self.row
        lastRequest = now
        guard isRow else { return .now }
        isGoing = true
        inVain = 0
        return .beginRounds
    }

    /// The sender thread looked, on its round or for another reason.
    mutating func look(found: Bool) {
        guard isGoing else { return }
        inVain = found ? 0 : inVain + 1
        if inVain > Self.mostInVain { isGoing = false }
    }

    /// When it looks again; nil: when it is wanted.
    func nextLook(after now: UInt64) -> UInt64? { isGoing ? now + Self.interval : nil }
}
