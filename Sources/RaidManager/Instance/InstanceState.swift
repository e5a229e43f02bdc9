// What changes in an instance while it runs. Its configuration does not: that is read once, at the start.

package import ReplicationCore

package struct InstanceState: Sendable {
    package var events = EventQueue()
    package var permissions = Permissions()
    /// The HORCM_INST line of a group that is asked first; groups that are not here begin with their first.
    private var partners: [String: Int] = [:]

    package init() {}

    /// The lines of a group in the order in which they are asked.
    package func inOrder(
        _ lines: [HorcmConfiguration.PartnerLine], of group: String
    ) -> [HorcmConfiguration.PartnerLine] {
        let first = partners[group] ?? 0
        return Array(lines.dropFirst(first) + lines.prefix(first))
    }

    /// Goes on to the next line of a group, and from the last one to the first.
    package mutating func changePartner(of group: String, among count: Int) {
        partners[group] = ((partners[group] ?? 0) + 1) % max(1, count)
    }
}

/// Where an instance keeps its state: behind a lock, since commands, partners and the monitor come at the same time.
package protocol InstanceMemory: Sendable {
    /// Runs `body` alone with the state.
    func change<Result>(_ body: (inout InstanceState) -> Result) -> Result
    /// Waits until something fits, but no longer than `span`.
    /// - Returns: whether something does.
    func awaitEvent(_ filter: EventFilter, for span: Span) -> Bool
}
