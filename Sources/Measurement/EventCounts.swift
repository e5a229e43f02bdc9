// How often something happened in a process, as perf tells it, and how often that is for each write. Pure.

/// Counts by event.
package struct EventCounts: Hashable, Sendable {
    package private(set) var counts: [String: Double] = [:]

    package init(_ counts: [String: Double] = [:]) { self.counts = counts }

    /// Reads what `perf stat -x ;` wrote. Names lose what stands before their last colon, and `sys_enter_`.
    ///
    /// An event that never happened is `<not counted>`; one that the kernel cannot count is left out.
    /// - Source: perf-stat(1), "CSV FORMAT": value, unit, event, time counted, share of the time, …
    package init(perf text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let fields = line.split(separator: ";", omittingEmptySubsequences: false)
            guard fields.count > 2, let name = fields[2].split(separator: ":").last else { continue }
            let short = name.hasPrefix("sys_enter_") ? name.dropFirst("sys_enter_".count) : name
            if let value = Double(fields[0]) {
                counts[String(short)] = value
            } else if fields[0] == "<not counted>" {
                counts[String(short)] = 0
            }
        }
    }

    /// What `operations` cost each: less what the process does in as many `seconds` when nobody uses it, never below 0.
    /// - Parameter idle: events of one idle second.
    package func each(_ operations: Double, seconds: Double, idle: EventCounts) -> EventCounts {
        guard operations > 0 else { return EventCounts() }
        return EventCounts(
            Dictionary(
                uniqueKeysWithValues: counts.map { name, count in
                    (name, max(0, count - (idle.counts[name] ?? 0) * seconds) / operations)
                }))
    }

    /// The same number of events in each of `seconds`.
    package func perSecond(_ seconds: Double) -> EventCounts { each(seconds, seconds: 0, idle: EventCounts()) }
}

/// Counts for each write of several processes, the most frequent event first.
package struct EventTable: Sendable {
    private let title: String
    private let columns: [String]
    private let total: String
    /// Rounds by event and column.
    private var figures: [String: [String: [Double]]] = [:]

    /// Events that happen more rarely than once in 200 writes are no part of a write.
    package static let rarest = 0.005

    /// - Parameter total: the event that counts all others; its row is the first.
    package init(_ title: String, columns: [String], total: String) {
        self.title = title
        self.columns = columns
        self.total = total
    }

    package mutating func add(_ counts: EventCounts, to column: String) {
        for (event, count) in counts.counts { figures[event, default: [:]][column, default: []].append(count) }
    }

    package var table: ReportTable {
        var table = ReportTable(title, columns: columns)
        let medians = figures.mapValues { row in row.values.map { Series($0).median } }
        let events = figures.keys.filter { (medians[$0]?.max() ?? 0) >= Self.rarest || $0 == total }
            .sorted { one, other in
                if one == total || other == total { return one == total }
                let (first, second) = (medians[one]?.reduce(0, +) ?? 0, medians[other]?.reduce(0, +) ?? 0)
                return first == second ? one < other : first > second
            }
        for event in events {
            for column in columns {
                for value in figures[event]?[column] ?? [] {
                    table.add(value, column, to: event == total ? "all" : event)
                }
            }
        }
        return table
    }
}
