// `raidcom get copy_grp` and `get device_grp`: groups of pairs and groups of volumes as the array knows them.
//
// - Source: RAID Manager reference, section 2.16: the headers; the rows are those of a client's tests (CIN).

internal import CommandDevice
internal import ReplicationCore

struct CopyGroupRow: Sendable {
    var group: CopyGroup
    var serial: ArraySerial
}

struct DeviceGroupRow: Sendable {
    var group: DeviceGroup
    var serial: ArraySerial
}

struct DeviceRow: Sendable {
    var group: String
    var member: DeviceGroup.Member
    var serial: ArraySerial
}

enum GroupsScreen {
    /// Remote pairs have no mirror here: in HORC mode a file without MU# means them.
    static var copyGroups: ScreenTable<CopyGroupRow> {
        ScreenTable(
            "raidcom get copy_grp",
            header: Fact("COPY_GROUP        LDEV_GROUP        MU# JID#  Serial#", .several, "2.16"),
            [
                Column("COPY_GROUP", -17, .several, "2.16", glue: "") { $0.group.name },
                Column("LDEV_GROUP", -17, .several, "2.16") { $0.group.deviceGroup },
                Column("MU#", 3, .several, "2.16") { $0.group.mirror.map { String($0) } },
                Column("JID#", 4, .several, "2.16") { $0.group.journal.map { String($0) } },
                Column("Serial#", 0, .several, "2.16", glue: "  ") { String($0.serial.value) },
            ])
    }

    static var deviceGroups: ScreenTable<DeviceGroupRow> {
        ScreenTable(
            "raidcom get device_grp", header: Fact("LDEV_GROUP        Serial#", .known, "2.16"),
            [
                Column("LDEV_GROUP", -17, .known, "2.16", glue: "") { $0.group.name },
                Column("Serial#", 7, .known, "2.16") { String($0.serial.value) },
            ])
    }

    static func devices(isHexadecimal: Bool) -> ScreenTable<DeviceRow> {
        ScreenTable(
            "raidcom get device_grp -device_grp_name",
            header: Fact("LDEV_GROUP      LDEV_NAME        LDEV#    Serial#", .several, "2.16"),
            [
                Column("LDEV_GROUP", -15, .several, "2.16", glue: "") { $0.group },
                Column("LDEV_NAME", -16, .several, "2.16") { $0.member.name },
                Column("LDEV#", 5, .several, "2.16") { $0.member.ldev.digits(isHexadecimal: isHexadecimal) },
                Column("Serial#", 0, .several, "2.16", glue: "    ") { String($0.serial.value) },
            ])
    }

    static var facts: [FactLine] {
        copyGroups.facts + deviceGroups.facts + devices(isHexadecimal: false).facts
    }
}
