// `raidcom get command_status`: one row, of the session that asks, or of one of its requests.
//
// - Source: RAID Manager reference, section 2.16: header and row are reproduced byte for byte; those of a request from a
//   listing in a client's source (HIR). What stands there after an error follows from the names of the columns.

package import CommandDevice
package import ReplicationCore

package struct CommandStatusRow: Sendable {
    package var status: CommandStatus
    package var serial: ArraySerial

    package init(status: CommandStatus, serial: ArraySerial) {
        self.status = status
        self.serial = serial
    }
}

package struct RequestStatusRow: Sendable {
    package var status: RequestStatus
    package var serial: ArraySerial

    package init(status: RequestStatus, serial: ArraySerial) {
        self.status = status
        self.serial = serial
    }
}

package enum CommandStatusScreen {
    package static var table: ScreenTable<CommandStatusRow> {
        ScreenTable(
            "raidcom get command_status",
            header: Fact("HANDLE   SSB1    SSB2    ERR_CNT        Serial#     Description", .several, "2.16"),
            [
                Column("HANDLE", -4, .several, "2.16", glue: "") {
                    hexadecimal(UInt64($0.status.handle), digits: 4).lowercased()
                },
                Column("SSB1", 9, .several, "2.16", glue: "") { $0.status.firstFailure?.senseOrNone.first },
                Column("SSB2", 8, .several, "2.16", glue: "") { $0.status.firstFailure?.senseOrNone.second },
                Column("ERR_CNT", 11, .several, "2.16", glue: "") { String($0.status.failureCount) },
                Column("Serial#", 15, .several, "2.16", glue: "") { String($0.serial.value) },
                Column("Description", 0, .inferred, "2.16", glue: "     ") { $0.status.firstFailure?.cause.value },
            ])
    }

    /// R is `-` of a request that is over, as every one of an array of the bench is.
    package static var requests: ScreenTable<RequestStatusRow> {
        ScreenTable(
            "raidcom get command_status -request_id",
            header: Fact("REQID    R SSB1    SSB2    Serial#      ID  Description", .real, "2.16"),
            [
                Column("REQID", -8, .real, "2.16", glue: "") {
                    hexadecimal(UInt64($0.status.number), digits: 8).lowercased()
                },
                Column("R", -1, .real, "2.16") { _ in nil },
                Column("SSB1", -4, .real, "2.16", glue: "    ") { $0.status.failure?.senseOrNone.first },
                Column("SSB2", -4, .real, "2.16", glue: "    ") { $0.status.failure?.senseOrNone.second },
                Column("Serial#", 8, .real, "2.16", glue: "") { String($0.serial.value) },
                Column("ID", 8, .real, "2.16", glue: "") { String($0.status.ldev.value) },
                Column("Description", 0, .inferred, "2.16", glue: "  ") { $0.status.failure?.cause.value },
            ])
    }
}

extension AdministrationRefusal {
    /// In lower case, as the handle is.
    fileprivate var senseOrNone: (first: String, second: String) {
        sense.map { ($0.first.lowercased(), $0.second.lowercased()) } ?? ("-", "-")
    }
}
