// The changes of status that nobody has asked for yet, oldest first.
//
// Kept true: there are never more than `countMaximum`. A change that finds the queue full pushes the oldest out, since the
// newest says more of how things are; how many were lost is counted, and the instance's log says so once for each time the
// queue fills up. The manuals do not say what the original does then.

package struct EventQueue: Sendable {
    /// All of them fit into one answer to a command, with the longest names.
    package static let countMaximum = 4096

    private var events: [StatusEvent] = []
    /// Since the instance began.
    package private(set) var lostCount: UInt64 = 0
    /// Whether the loss has been told and no change been taken since.
    private var isLossTold = false

    package init() {}

    package var count: Int { events.count }

    /// - Returns: whether changes are lost now that were not lost before: the log is to say it.
    package mutating func append(_ more: [StatusEvent]) -> Bool {
        events += more
        let surplus = events.count - Self.countMaximum
        guard surplus > 0 else { return false }
        events.removeFirst(surplus)
        lostCount += UInt64(surplus)
        defer { isLossTold = true }
        return !isLossTold
    }

    package func holds(_ filter: EventFilter) -> Bool { events.contains(where: filter.fits) }

    /// What fits, oldest first; nothing if nothing does.
    package mutating func take(_ order: EventOrder) -> [StatusEvent] {
        let fitting = events.indices.filter { order.filter.fits(events[$0]) }
        let reported = order.takesAll ? fitting : Array(fitting.prefix(1))
        let taken = reported.map { events[$0] }
        isLossTold = false
        switch order.clearing {
        case .nothing: return taken
        case .reported:
            let gone = Set(reported)
            events = events.indices.filter { !gone.contains($0) }.map { events[$0] }
        case .everything: events.removeAll { $0.mode == order.filter.mode }
        }
        return taken
    }
}
