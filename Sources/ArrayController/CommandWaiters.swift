// Operators' requests that wait for their end.

internal import Platform
internal import ReplicationCore

/// Hands out tokens and lets threads wait for what became of them.
///
/// **Threads**: any.
final class CommandWaiters: Sendable {
    private struct State: Sendable {
        var next: UInt64 = 1
        var results: [CommandToken: Refusal?] = [:]
        var abandoned: Set<CommandToken> = []
    }
    private let state = Monitor(State())

    func makeToken() -> CommandToken {
        state.withLock { state in
            defer { state.next += 1 }
            return CommandToken(state.next)
        }
    }

    func finish(_ token: CommandToken, _ refusal: Refusal?) {
        state.withLock { state in
            if state.abandoned.remove(token) == nil { state.results[token] = .some(refusal) }
        }
        state.wakeAll()
    }

    /// Waits for the end of `token`; `.timedOut` at the deadline, though it may still end later.
    func wait(for token: CommandToken, deadline: UInt64?) -> Refusal? {
        let result = state.wait(until: deadline) { state in state.results.removeValue(forKey: token) }
        if let result { return result }
        return state.withLock { state in
            // It may have ended between the deadline and here.
            if let result = state.results.removeValue(forKey: token) { return result }
            state.abandoned.insert(token)
            return .timedOut
        }
    }
}
