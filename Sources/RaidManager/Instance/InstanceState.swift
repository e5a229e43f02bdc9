// What changes in an instance while it runs. Its configuration does not: that is read once, at the start.

package import ReplicationCore

package struct InstanceState: Sendable {
    package var events = EventQueue()

    package init() {}
}

/// Where an instance keeps its state: behind a lock, since commands, partners and the monitor come at the same time.
package protocol InstanceMemory: Sendable {
    /// Runs `body` alone with the state.
    func change<Result>(_ body: (inout InstanceState) -> Result) -> Result
    /// Waits until something fits, but no longer than `span`.
    /// - Returns: whether something does.
    func awaitEvent(_ filter: EventFilter, for span: Span) -> Bool
}
