// `raidcom get resource`: a row for each group of resources.
//
// - Source: pasted (NB): header and rows are reproduced byte for byte; `-key opt` from a listing in a collector's source.

package import CommandDevice
package import ReplicationCore

package struct ResourceRow: Sendable {
    package var resource: ResourceSnapshot
    package var serial: ArraySerial

    package init(resource: ResourceSnapshot, serial: ArraySerial) {
        self.resource = resource
        self.serial = serial
    }
}

package enum ResourceScreen {
    package static var locks: ScreenTable<ResourceRow> {
        ScreenTable(
            "raidcom get resource",
            header: Fact(
                "RS_GROUP            RGID   stat      Lock_owner     Lock_host      Serial#", .real, "2.16"),
            [
                Column("RS_GROUP", -19, .real, "2.16", glue: "") { $0.resource.name },
                Column("RGID", 4, .real, "2.16") { String($0.resource.number) },
                Column("stat", -9, .real, "2.16", glue: "   ") { $0.resource.owner == nil ? "Unlocked" : "Locked" },
                Column("Lock_owner", -14, .real, "2.16") { $0.resource.owner?.user },
                Column("Lock_host", -14, .real, "2.16") { $0.resource.owner?.client.host },
                Column("Serial#", 7, .real, "2.16") { String($0.serial.value) },
            ])
    }

    /// No volume of the bench has a virtual identity, and so none has a virtual model.
    static var identity: ScreenTable<ResourceRow> {
        ScreenTable(
            "raidcom get resource -key opt",
            header: Fact("RS_GROUP            RGID   V_Serial#  V_ID   V_IF    Serial#", .real, "2.16"),
            [
                Column("RS_GROUP", -19, .real, "2.16", glue: "") { $0.resource.name },
                Column("RGID", 4, .real, "2.16") { String($0.resource.number) },
                Column("V_Serial#", 9, .real, "2.16", glue: "   ") { String($0.serial.value) },
                Column("V_ID", -6, .one, "2.16", glue: "  ") { _ in nil },
                Column("V_IF", -7, .real, "2.16") { _ in "Y" },
                Column("Serial#", 7, .real, "2.16") { String($0.serial.value) },
            ])
    }
}
