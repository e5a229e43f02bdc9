// The state of the instance, behind one lock.

internal import Platform
internal import RaidManager
internal import ReplicationCore

/// **Threads**: any. Whoever changes the state wakes those that wait for it.
final class SharedMemory: InstanceMemory {
    private let state = Monitor(InstanceState())

    func change<Result>(_ body: (inout InstanceState) -> Result) -> Result {
        defer { state.wakeAll() }
        return state.withLock { body(&$0) }
    }

    func awaitEvent(_ filter: EventFilter, for span: Span) -> Bool {
        state.wait(until: monotonicNanoseconds() + span.nanoseconds) { state in
            state.events.holds(filter) ? true : nil
        } ?? false
    }

    /// Keeps changes for pairmon.
    /// - Returns: what the log is to say of it.
    func append(_ events: [StatusEvent]) -> DaemonLine? {
        guard !events.isEmpty else { return nil }
        return change { state in
            guard state.events.append(events) else { return nil }
            return DaemonMessage.eventsLost.line("\(state.events.lostCount)")
        }
    }
}
