// The journals and the consistency groups of an array, for raidvchkscan.
//
// - Source: RAID Manager reference, sections 3.8 and 6.2.

internal import CommandDevice
internal import ReplicationCore

struct JournalRow: Sendable {
    var serial: ArraySerial
    var journal: JournalSnapshot
}

struct GroupRow: Sendable {
    var serial: ArraySerial
    var group: GroupSnapshot
}

enum JournalScreen {
    /// `-v jnl`
    static var journals: ScreenTable<JournalRow> {
        ScreenTable(
            "raidvchkscan -v jnl",
            header: Fact(
                "JID MU CTG JNLS AP U(%)   Q-Marker   Q-CNT  D-SZ(BLK)  Seq#  Num LDEV#", .several, "3.8"),
            [
                Column("JID", 3, .several, "3.8", glue: "") { padded($0.journal.number) },
                Column("MU", 2, .several, "3.8") { $0.journal.group.map { _ in "0" } },
                Column("CTG", 3, .several, "3.8") { $0.journal.group.map { String($0.number) } },
                Column("JNLS", -4, .several, "3.8") { $0.journal.group.map(state) ?? "SMPL" },
                Column("AP", 2, .several, "3.8") { $0.journal.group.map { String($0.activePaths) } },
                Column("U(%)", 4, .several, "3.8") { String($0.journal.usedPercent) },
                Column("Q-Marker", 10, .several, "3.8") { $0.journal.group.map { marker($0.marker, digits: 8) } },
                Column("Q-CNT", 7, .several, "3.8") { $0.journal.group.map { String($0.waiting) } },
                Column("D-SZ(BLK)", 10, .several, "3.8") { String($0.journal.byteCount / 512) },
                Column("Seq#", 6, .several, "3.8") { String($0.serial.value) },
                Column("Num", 3, .several, "3.8") { String($0.journal.ldevs.count) },
                Column("LDEV#", 5, .several, "3.8") { $0.journal.ldevs.first.map { String($0.value) } },
            ])
    }

    /// `-v ctg`
    static var groups: ScreenTable<GroupRow> {
        ScreenTable(
            "raidvchkscan -v ctg",
            header: Fact(
                "CTG P/S   Status AP U(%)   Q-Marker QM-Cnt SF(%)  Seq# IFC OT/s CT/m RT/m", .known, "3.8"),
            [
                Column("CTG", 3, .known, "3.8", glue: "") { padded($0.group.number) },
                Column("P/S", -5, .known, "3.8") {
                    ($0.group.role == .primary ? VolumeAttribute.primary : .secondary).rawValue
                },
                Column("Status", -6, .known, "3.8") { status($0.group) },
                Column("AP", 2, .known, "3.8") { String($0.group.activePaths) },
                Column("U(%)", 4, .known, "3.8") { String($0.group.sideFilePercent) },
                Column("Q-Marker", 10, .known, "3.8") { marker($0.group.marker, digits: 8) },
                Column("QM-Cnt", 6, .known, "3.8") { String($0.group.waiting) },
                Column("SF(%)", 5, .known, "3.8") { String($0.group.sideFilePercent) },
                Column("Seq#", 5, .known, "3.8") { String($0.serial.value) },
                Column("IFC", -3, .known, "3.8") { $0.group.timers.sideFileSeconds == 0 ? "OFF" : "ON" },
                Column("OT/s", 4, .known, "3.8") { $0.group.timers.sideFileSeconds.map { String($0) } },
                Column("CT/m", 4, .known, "3.8") { $0.group.timers.copyPendingMinutes.map { String($0) } },
                Column("RT/m", 4, .known, "3.8") { $0.group.timers.remoteReadyMinutes.map { String($0) } },
            ])
    }

    static var facts: [FactLine] { journals.facts + groups.facts }

    private static func padded(_ number: UInt8) -> String {
        let text = String(number)
        return String(repeating: "0", count: 3 - text.utf8.count) + text
    }

    private static func marker(_ marker: SequenceNumber, digits: Int) -> String {
        hexadecimal(marker.value & 0xFFFF_FFFF, digits: digits).lowercased()
    }

    private static func status(_ group: GroupSnapshot) -> String {
        switch group.status {
        case .copying: "COPY"
        case .paired: "PAIR"
        case .suspended(.byOperator): group.role == .primary ? "PSUS" : "SSUS"
        case .suspended(.byFault): "PSUE"
        case .suspended(.sideFileFull): group.role == .primary ? "PSUS" : "SSUS"
        case .takenOver: group.role == .primary ? "PSUS" : "SSUS"
        }
    }

    /// - Source: RAID Manager reference, section 6.2.
    private static func state(_ group: GroupSnapshot) -> String {
        let side = group.role == .primary ? "P" : "S"
        switch group.status {
        case .copying, .paired: return side + (group.isAboveHighWater ? "JNF" : "JNN")
        case .suspended(.byOperator), .takenOver: return side + "JSN"
        case .suspended(.sideFileFull): return side + "JSF"
        case .suspended(.byFault): return side + "JSE"
        }
    }
}
