// `raidcom get ldev`: lines `KEY : value` for each LDEV, blocks apart by an empty line; or rows (`-key front_end`).
//
// - Source: pasted (NB, XP7): order and spelling of the lines, those of an LDEV that is not defined, "Serial#" with two
//   blanks. Lines that say of disks and pools what the bench does not have are left out. The rows are a client's (CIN).

package import CommandDevice
package import ReplicationCore

package struct LDEVRow: Sendable {
    package var ldev: LDEVNumber
    package var serial: ArraySerial
    /// nil: not defined.
    package var volume: VolumeSnapshot?
    package var label: String?
    /// The number of the group of resources.
    package var resource: UInt16

    package init(
        ldev: LDEVNumber, serial: ArraySerial, volume: VolumeSnapshot?, label: String? = nil, resource: UInt16 = 0
    ) {
        self.ldev = ldev
        self.serial = serial
        self.volume = volume
        self.label = label
        self.resource = resource
    }

    /// As `-check_status` compares it.
    var status: String { volume == nil ? LDEVScreen.notDefined : "NML" }

    /// `CL1-A-0 0 1A-G00`: port with host group, LUN, name of the host group; none for a journal.
    fileprivate var ports: [(port: String, lun: String, group: String)] {
        guard let volume, !volume.isJournal else { return [] }
        let parts = volume.path.port.split(separator: "-")
        let number = parts.count > 2 ? String(parts[2]) : "0"
        let name = parts.count > 1 ? "\(parts[0].dropFirst(2))\(parts[1])-G\(padded(number))" : "-"
        let port = parts.count > 2 ? volume.path.port : volume.path.port + "-0"
        return [(port, String(volume.path.lun), name)]
    }

    /// How many ports, and which; without a port no blank follows.
    fileprivate var portWords: String {
        let words = ports.map { "\($0.port):\($0.lun):\($0.group)" }.joined(separator: " ")
        return words.isEmpty ? "0" : "\(String(ports.count).left(5)) \(words)"
    }

    private func padded(_ number: String) -> String { number.utf8.count < 2 ? "0" + number : number }

    /// What the volume is: of the size that its owner chose, with remote pairs, with local ones, a journal.
    fileprivate var attributes: [String] {
        guard let volume else { return [] }
        return ["CVS"] + (volume.pair == nil ? [] : ["HORC"]) + (volume.localPairs.isEmpty ? [] : ["MRCF"])
            + (volume.isJournal ? ["JNL"] : [])
    }
}

package enum LDEVScreen {
    static let notDefined = "NOT DEFINED"

    package static func blocks(_ rows: [LDEVRow], isHexadecimal: Bool) -> [String] {
        rows.enumerated().flatMap { index, row in
            (index == 0 ? [] : [""]) + block(row, isHexadecimal: isHexadecimal)
        }
    }

    static func block(_ row: LDEVRow, isHexadecimal: Bool) -> [String] {
        let number = row.ldev.digits(isHexadecimal: isHexadecimal)
        let head = ["Serial#  : \(row.serial)", "LDEV : \(number)"]
        guard let volume = row.volume else {
            return head + ["SL : -", "CL : -", "VOL_TYPE : \(notDefined)"] + tail(row)
        }
        let ports = row.ports.map { "\($0.port) \($0.lun) \($0.group)" }
        return head + [
            "SL : 0", "CL : 0", "VOL_TYPE : \(volume.emulation)-CVS",
            "VOL_Capacity(BLK) : \(volume.byteCount / 512)", "NUM_PORT : \(ports.count)", line("PORTs", ports),
            "F_POOLID : NONE", line("VOL_ATTR", row.attributes), line("LDEV_NAMING", row.label.map { [$0] } ?? []),
            "STS : NML", "OPE_TYPE : NONE", "OPE_RATE : 100", "MP# : 0",
        ] + tail(row)
    }

    private static func tail(_ row: LDEVRow) -> [String] {
        let subsystem = row.volume?.subsystem ?? 4 + row.ldev.value >> 8
        return ["SSID : \(hexadecimal(UInt64(subsystem), digits: 4))", "RSGID : \(row.resource)"]
    }

    /// A key without values ends with its colon.
    private static func line(_ key: String, _ values: [String]) -> String {
        ([key] + values).joined(separator: " : ") + (values.isEmpty ? " :" : "")
    }

    static func frontEnd(isHexadecimal: Bool) -> ScreenTable<LDEVRow> {
        ScreenTable(
            "raidcom get ldev -key front_end",
            header: Fact(
                " Serial# LDEV# SL CL VOL_TYPE    VOL_Cap(BLK) PID ATTRIBUTE Ports PORT_No:LU#:GRPNAME", .one, "2.16"),
            [
                Column("Serial#", 7, .one, "2.16") { String($0.serial.value) },
                Column("LDEV#", 5, .one, "2.16") { $0.ldev.digits(isHexadecimal: isHexadecimal) },
                Column("SL", 2, .one, "2.16") { $0.volume.map { _ in "0" } },
                Column("CL", 2, .one, "2.16") { $0.volume.map { _ in "0" } },
                Column("VOL_TYPE", -11, .one, "2.16") { $0.volume.map { "\($0.emulation)-CVS" } ?? notDefined },
                Column("VOL_Cap(BLK)", 12, .one, "2.16") { $0.volume.map { String($0.byteCount / 512) } },
                Column("PID", 3, .one, "2.16") { _ in nil },
                Column("ATTRIBUTE", -9, .one, "2.16") { row in
                    row.volume.map { _ in row.attributes.joined(separator: ":") }
                },
                Column("Ports PORT_No:LU#:GRPNAME", 0, .one, "2.16") { row in
                    row.volume.map { _ in row.portWords }
                },
            ])
    }

    /// The lines of a block, each with its mark.
    static var facts: [FactLine] {
        let lines: [(key: String, certainty: Certainty)] = [
            ("Serial#  : ", .real), ("LDEV : ", .real), ("SL : ", .real), ("CL : ", .real), ("VOL_TYPE : ", .real),
            ("VOL_TYPE : NOT DEFINED", .real), ("VOL_Capacity(BLK) : ", .real), ("NUM_PORT : ", .real),
            ("PORTs : ", .real), ("F_POOLID : NONE", .real), ("VOL_ATTR : CVS : HORC : MRCF : JNL", .several),
            ("LDEV_NAMING : ", .real), ("STS : NML", .real), ("OPE_TYPE : NONE", .real), ("OPE_RATE : 100", .real),
            ("MP# : ", .real), ("SSID : ", .real), ("RSGID : ", .real),
        ]
        return lines.map { FactLine("line of raidcom get ldev", $0.key, $0.certainty, "2.16") }
            + frontEnd(isHexadecimal: false).facts
    }
}
