// What guards refuse, as raidvchkdsp shows it for a group and raidvchkscan for a port: E enabled, D disabled, for inquiry,
// capacity, read, write and becoming a secondary; then the same for what may be changed now; then the days for which it may
// not be.
//
// - Source: RAID Manager reference, section 2.15. The row reproduces the pasted one byte for byte.

internal import CommandDevice
internal import ReplicationCore

struct GuardRow: Sendable {
    var report: VolumeReport
    var guarded: GuardSnapshot
}

struct ScannedGuard: Sendable {
    var scanned: ScannedVolume
    var guarded: GuardSnapshot
}

enum GuardScreen {
    /// - Parameter isHexadecimal: `-fx`
    static func group(isHexadecimal: Bool) -> ScreenTable<GuardRow> {
        ScreenTable(
            "raidvchkdsp -v gflag",
            header: Fact(
                "Group   PairVol  Port#   TID  LU  Seq# LDEV#  GI-C-R-W-S  PI-C-R-W-S  R-Time", .real, "2.15"),
            [
                Column("Group", -7, .real, "2.15", glue: "") { $0.report.group },
                Column("PairVol", -8, .real, "2.15") { $0.report.name },
                Column("Port#", -8, .real, "2.15") { $0.report.path?.port },
                Column("TID", 3, .real, "2.15", glue: "") { $0.report.path.map { String($0.target) } },
                Column("LU", 5, .real, "2.15", glue: "") { $0.report.path.map { String($0.lun) } },
                Column("Seq#", 7, .real, "2.15", glue: "") { String($0.report.serial.value) },
                Column("LDEV#", 6, .real, "2.15", glue: "") { $0.guarded.ldev.digits(isHexadecimal: isHexadecimal) },
                Column("GI-C-R-W-S", 9, .real, "2.15", glue: "  ") {
                    letters(GuardFlags.all.subtracting($0.guarded.flags))
                },
                Column("PI-C-R-W-S", 9, .real, "2.15", glue: "   ") { letters($0.guarded.changeable) },
                Column("R-Time", 8, .real, "2.15", glue: "") { String($0.guarded.retentionDays) },
            ])
    }

    static func port(isHexadecimal: Bool) -> ScreenTable<ScannedGuard> {
        let columns: [Column<ScannedGuard>] = [
            Column("PORT#", -7, .known, "2.15", glue: "") { $0.scanned.snapshot.path.port },
            Column("ALPA", 4, .known, "2.15") { $0.scanned.loopAddress },
            Column("C", 2, .known, "2.15") { $0.scanned.loopGroup },
            Column("TID#", 4, .known, "2.15") { String($0.scanned.snapshot.path.target) },
            Column("LU#", 5, .known, "2.15") { String($0.scanned.snapshot.path.lun) },
            Column("Seq#", 7, .known, "2.15") { String($0.scanned.serial.value) },
            Column("Num", 4, .known, "2.15") { _ in "1" },
            Column("LDEV#", 6, .known, "2.15") { $0.guarded.ldev.digits(isHexadecimal: isHexadecimal) },
            Column("GI-C-R-W-S", 10, .known, "2.15", glue: "  ") {
                letters(GuardFlags.all.subtracting($0.guarded.flags))
            },
            Column("PI-C-R-W-S", 10, .known, "2.15", glue: "  ") { letters($0.guarded.changeable) },
            Column("R-Time", 7, .known, "2.15") { String($0.guarded.retentionDays) },
        ]
        let titles = columns.map(\.heading).joined()
        return ScreenTable(
            "raidvchkscan -v gflag", header: Fact(titles.replacingFirst("ALPA  C", with: "/ALPA/C"), .known, "2.15"),
            columns)
    }

    private static func letters(_ enabled: GuardFlags) -> String {
        [GuardFlags.inquiry, .capacity, .read, .write, .secondary].map { enabled.contains($0) ? "E" : "D" }
            .joined(separator: " ")
    }

    static var facts: [FactLine] { group(isHexadecimal: false).facts + port(isHexadecimal: false).facts }
}
