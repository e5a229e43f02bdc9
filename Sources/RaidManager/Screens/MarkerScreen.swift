// pairsyncwait's row.
//
// - Source: RAID Manager reference, section 2.8: the order of the fields is sure, the blanks are as in its sample.

package import CommandDevice
internal import ReplicationCore

package enum MarkerScreen {
    package enum Status: String, Hashable, Sendable, CaseIterable {
        case noWait = "NOWAIT"
        case done = "DONE"
        case timedOut = "TIMEOUT"
        case broken = "BROKEN"
        case changed = "CHANGED"

        package init(_ outcome: MarkerOutcome) {
            switch outcome {
            case .reached: self = .done
            case .timedOut: self = .timedOut
            case .suspended: self = .broken
            case .changed: self = .changed
            }
        }

        package var exit: Int32 {
            switch self {
            case .noWait, .done: 0
            case .timedOut: 1
            case .broken: 2
            case .changed: 3
            }
        }
    }

    package struct Row: Hashable, Sendable {
        package var marker: QueueMarker
        package var status: Status
        package var group: GroupMarker

        package init(marker: QueueMarker, status: Status, group: GroupMarker) {
            self.marker = marker
            self.status = status
            self.group = group
        }

        /// Writes that the other array does not have yet.
        var waiting: UInt64 {
            group.newest.value > group.delivered.value ? group.newest.value - group.delivered.value : 0
        }
    }

    /// - Parameter showsWaiting: `-fq`.
    package static func table(showsWaiting: Bool) -> ScreenTable<Row> {
        let columns: [Column<Row>] = [
            Column("UnitID", 6, .one, "2.8", glue: "") { _ in "0" },
            Column("CTGID", 5, .one, "2.8") { String($0.group.consistencyGroup) },
            Column("Q-Marker", 10, .one, "2.8") { $0.marker.text },
            Column("Status", 6, .one, "2.8") { $0.status.rawValue },
        ]
        let number = Column<Row>("Q-Num", 5, .one, "2.8") { String($0.waiting) }
        return ScreenTable(
            showsWaiting ? "pairsyncwait -fq" : "pairsyncwait",
            header: Fact("UnitID CTGID Q-Marker   Status" + (showsWaiting ? " Q-Num" : ""), .one, "2.8"),
            columns + (showsWaiting ? [number] : []))
    }
}
