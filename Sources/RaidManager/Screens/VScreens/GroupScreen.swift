// `-v ctg`: consistency groups, one row each; of pairdisplay and of raidvchkscan.
//
// - Source: RAID Manager reference, section 3.8: the heading is known of the manuals; the widths are ours, since clients
//   split at blanks.

package import CommandDevice
package import ReplicationCore

package enum GroupScreen {
    package struct Row: Hashable, Sendable {
        package var group: GroupSnapshot
        package var serial: ArraySerial

        package init(_ group: GroupSnapshot, in serial: ArraySerial) {
            self.group = group
            self.serial = serial
        }
    }

    package static var table: ScreenTable<Row> {
        ScreenTable(
            "-v ctg",
            header: Fact("CTG P/S   Status AP U(%) Q-Marker QM-Cnt SF(%)  Seq# IFC OT/s CT/m RT/m", .known, "3.8"),
            [
                Column("CTG", 3, .ours, "3.8", glue: "") { String($0.group.number) },
                Column("P/S", -5, .ours, "3.8") { $0.group.role == .primary ? "P-VOL" : "S-VOL" },
                Column("Status", -6, .ours, "3.8") { word($0.group).rawValue },
                Column("AP", 2, .ours, "3.8") { String($0.group.activePaths) },
                Column("U(%)", 4, .ours, "3.8") { String($0.group.sideFilePercent) },
                Column("Q-Marker", 8, .ours, "3.8") { asynchronous($0) { Marker.short($0.marker) } },
                Column("QM-Cnt", 6, .ours, "3.8") { asynchronous($0) { String($0.waiting) } },
                Column("SF(%)", 5, .ours, "3.8") { row in
                    row.group.journal == nil ? asynchronous(row) { String($0.sideFilePercent) } : nil
                },
                Column("Seq#", 5, .ours, "3.8") { String($0.serial.value) },
                Column("IFC", -3, .ours, "3.8") { asynchronous($0) { $0.timers.sideFileSeconds == 0 ? "NO" : "YES" } },
                Column("OT/s", 4, .ours, "3.8") { $0.group.timers.sideFileSeconds.map { String($0) } },
                Column("CT/m", 4, .ours, "3.8") { $0.group.timers.copyPendingMinutes.map { String($0) } },
                Column("RT/m", 4, .ours, "3.8") { $0.group.timers.remoteReadyMinutes.map { String($0) } },
            ])
    }

    /// What synchronous groups have no value for.
    private static func asynchronous(_ row: Row, _ text: (GroupSnapshot) -> String) -> String? {
        row.group.mode == .asynchronous ? text(row.group) : nil
    }

    /// The word of the pair that is worst off.
    private static func word(_ group: GroupSnapshot) -> PairWord {
        switch group.status {
        case .copying: .copy
        case .paired: group.isAboveHighWater ? .pful : .pair
        case .suspended(.byOperator): group.role == .primary ? .psus : .ssus
        case .suspended(.byFault): .psue
        case .suspended(.sideFileFull): .pfus
        case .takenOver: group.role == .primary ? .psus : .ssws
        }
    }
}
