// `-v jnl` and `-v jnlt`: an array's journals, one row each; of pairdisplay and of raidvchkscan.
//
// - Source: RAID Manager reference, section 3.8: the widths reproduce its rows byte for byte.

package import CommandDevice
package import ReplicationCore

package enum JournalScreen {
    package struct Row: Hashable, Sendable {
        package var journal: JournalSnapshot
        package var serial: ArraySerial

        package init(_ journal: JournalSnapshot, in serial: ArraySerial) {
            self.journal = journal
            self.serial = serial
        }

        var word: JournalWord { JournalWord(journal.group) }
    }

    private static let heading = "JID MU CTG JNLS AP U(%)   Q-Marker   Q-CNT  D-SZ(BLK)  Seq#  Num LDEV#"

    package static var table: ScreenTable<Row> {
        ScreenTable("-v jnl", header: Fact(heading, .several, "3.8"), columns)
    }

    /// With the timers of the group.
    package static var timerTable: ScreenTable<Row> {
        ScreenTable("-v jnlt", header: Fact(heading + " DOW PBW APW", .known, "3.8"), columns + timers)
    }

    private static var columns: [Column<Row>] {
        [
            Column("JID", 3, .several, "3.8", glue: "") { paddedNumber($0.journal.number) },
            Column("MU", 2, .several, "3.8") { $0.journal.group.map { _ in "0" } },
            Column("CTG", 3, .several, "3.8") { $0.journal.group.map { String($0.number) } },
            Column("JNLS", -4, .several, "3.8") { $0.word.rawValue },
            Column("AP", 2, .several, "3.8") { $0.journal.group.map { String($0.activePaths) } },
            Column("U(%)", 4, .several, "3.8") { row in row.journal.group.map { _ in String(row.journal.usedPercent) }
            },
            Column("Q-Marker", 10, .several, "3.8") { row in
                row.word.hasMarker ? row.journal.group.map { Marker.short($0.marker) } : nil
            },
            Column("Q-CNT", 7, .several, "3.8") { row in
                row.word.hasMarker ? row.journal.group.map { String($0.waiting) } : nil
            },
            Column("D-SZ(BLK)", 10, .several, "3.8") { String($0.journal.byteCount / 512) },
            Column("Seq#", 6, .several, "3.8") { String($0.serial.value) },
            Column("Num", 3, .several, "3.8") { String($0.journal.ldevs.count) },
            Column("LDEV#", 5, .several, "3.8") { $0.journal.ldevs.first.map { String($0.value) } },
        ]
    }

    /// Data overflow watch and path watch, in seconds. The bench watches no single path.
    private static var timers: [Column<Row>] {
        [
            Column("DOW", 3, .known, "3.8") { $0.journal.group?.timers.sideFileSeconds.map { String($0) } },
            Column("PBW", 3, .known, "3.8") {
                $0.journal.group?.timers.remoteReadyMinutes.map { String(UInt16($0) * 60) }
            },
            Column("APW", 3, .known, "3.8") { _ in nil },
        ]
    }

    private static func paddedNumber(_ number: UInt8) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    }
}

/// How the place in a group's order is written.
/// - Source: RAID Manager reference, sections 2.8 and 3.8.
package enum Marker {
    /// `43216fde`
    package static func short(_ marker: SequenceNumber) -> String {
        hexadecimal(marker.value & 0xFFFF_FFFF, digits: 8).lowercased()
    }
}
