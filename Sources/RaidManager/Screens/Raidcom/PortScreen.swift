// `raidcom get port`: a row for each port of the array.
//
// - Source: a pasted listing (VSP, serial 211987, in the tests of a collector): heading and widths are reproduced byte for
//   byte. FAB, CONN and SSW are those of OpenStack's tests (CIN): scripts look for the ports with PtoP.

package import CommandDevice
package import ReplicationCore

package struct PortRow: Sendable {
    package var port: PortSnapshot
    package var serial: ArraySerial

    package init(port: PortSnapshot, serial: ArraySerial) {
        self.port = port
        self.serial = serial
    }
}

package enum PortScreen {
    package static var table: ScreenTable<PortRow> {
        ScreenTable(
            "raidcom get port",
            header: Fact(
                "PORT   TYPE  ATTR   SPD  LPID  FAB  CONN  SSW   SL   Serial#  WWN               PHY_PORT", .real,
                "2.16"),
            [
                Column("PORT", -6, .real, "2.16", glue: "") { $0.port.name },
                Column("TYPE", -5, .real, "2.16") { _ in "FIBRE" },
                Column("ATTR", -4, .real, "2.16") { _ in "TAR" },
                Column("SPD", -3, .real, "2.16", glue: "   ") { _ in "AUT" },
                Column("LPID", 6, .real, "2.16", glue: "") {
                    hexadecimal(UInt64($0.port.loopAddress), digits: 2)
                },
                Column("FAB", -3, .one, "2.16", glue: "  ") { _ in "Y" },
                Column("CONN", -4, .several, "2.16", glue: "  ") { _ in "PtoP" },
                Column("SSW", -3, .one, "2.16", glue: "  ") { _ in "Y" },
                Column("SL", 5, .real, "2.16", glue: "") { _ in "0" },
                Column("Serial#", 10, .real, "2.16", glue: "") { String($0.serial.value) },
                Column("WWN", -16, .real, "2.16", glue: "  ") {
                    hexadecimal($0.port.wwn, digits: 16).lowercased()
                },
                Column("PHY_PORT", 0, .real, "2.16", glue: "  ") { _ in nil },
            ])
    }

    /// Of `-port`: a row would have four fields.
    static var logins: Fact<String> { Fact("PORT   LOGIN_WWN         Serial#  -", .one, "2.16") }
}
