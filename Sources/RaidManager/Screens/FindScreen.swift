// raidscan -find: which volume each device file of the host leads to, which group it is in, and the lines of a
// configuration file for it.
//
// - Source: RAID Manager reference, sections 1.11, 2.11 and 3.10.

internal import CommandDevice
internal import ReplicationCore

/// A device file as the host named it, and the volume behind it.
struct FoundDevice: Sendable {
    /// As it was asked for.
    var name: String
    var device: HostDevice
    /// The number of the array's unit in HORCM_CMD; nil if the instance does not reach it.
    var unit: Int?
    /// nil for a command device, and for a volume whose array does not answer.
    var snapshot: VolumeSnapshot?

    var product: String {
        let isCommandDevice = device.kind == .command
        return snapshot?.product(isCommandDevice: isCommandDevice) ?? (isCommandDevice ? "OPEN-V-CM" : "OPEN-V")
    }
}

/// A volume of the configuration beside the device that leads to it.
struct VerifiedDevice: Sendable {
    var found: FoundDevice
    /// nil: in no group.
    var report: VolumeReport?
    /// The mirror that was asked for, `-` for a remote copy.
    var mirror: String
}

enum FindScreen {
    /// - Parameter isHexadecimal: `-fx`, in upper case here.
    static func devices(isHexadecimal: Bool) -> ScreenTable<FoundDevice> {
        ScreenTable(
            "raidscan -find",
            header: Fact(
                "DEVICE_FILE         UID  S/F PORT   TARG  LUN    SERIAL  LDEV  PRODUCT_ID", .real, "3.10"),
            [
                Column("DEVICE_FILE", -19, .real, "3.10", glue: "") { $0.name },
                Column("UID", 3, .real, "3.10") { $0.unit.map(String.init) },
                Column("S/F", 4, .real, "3.10", glue: "") { _ in "F" },
                Column("PORT", -7, .real, "3.10", glue: "  ") { $0.device.path.port },
                Column("TARG", 4, .real, "3.10", glue: "") { String($0.device.path.target) },
                Column("LUN", 5, .real, "3.10", glue: "") { String($0.device.path.lun) },
                Column("SERIAL", 10, .real, "3.10", glue: "") { String($0.device.serial.value) },
                Column("LDEV", 6, .real, "3.10", glue: "") { found in
                    isHexadecimal
                        ? hexadecimal(UInt64(found.device.ldev.value), digits: 1) : String(found.device.ldev.value)
                },
                Column("PRODUCT_ID", 0, .real, "3.10", glue: "  ") { $0.product },
            ])
    }

    /// - Parameter showsFile: `-fd`: the device file of the configuration instead of its path.
    static func verified(isHexadecimal: Bool, showsFile: Bool) -> ScreenTable<VerifiedDevice> {
        let file: [Column<VerifiedDevice>] = [
            Column("Device_File", -18, .known, "3.10") { $0.report?.deviceFile?.withoutDeviceFolder }
        ]
        let path: [Column<VerifiedDevice>] = [
            Column("PORT", -7, .known, "3.10") { $0.report?.path?.port },
            Column("TARG", 4, .known, "3.10") { $0.report?.path.map { String($0.target) } },
            Column("LUN", 4, .known, "3.10") { $0.report?.path.map { String($0.lun) } },
        ]
        let columns: [Column<VerifiedDevice>] =
            [
                Column("DEVICE_FILE", -18, .known, "3.10", glue: "") { $0.found.name },
                Column("Group", -15, .known, "3.10") { $0.report?.group },
                Column("PairVol", -15, .known, "3.10") { $0.report?.name },
            ] + (showsFile ? file : path) + [
                Column("M", -3, .known, "3.10") { $0.mirror },
                Column("SERIAL", 7, .known, "3.10") { String($0.found.device.serial.value) },
                Column("LDEV", 6, .known, "3.10") { $0.found.device.ldev.digits(isHexadecimal: isHexadecimal) },
            ]
        return ScreenTable(
            "raidscan -find verify" + (showsFile ? " -fd" : ""),
            header: Fact(columns.map(\.heading).joined(), .known, "3.10"), columns)
    }

    /// The lines of HORCM_DEV for devices, each below a comment that says what it is. What cannot stand there is a comment
    /// alone.
    /// - Source: RAID Manager reference, section 1.11; the layout of the comments is known of the manuals.
    static func configuration(_ found: [FoundDevice], group: String, mirror: String) -> [String] {
        var lines = ["HORCM_DEV", "#dev_group        dev_name        port#   TargetID        LU#     MU#"]
        var number = 0
        for device in found {
            let volume = device.device
            let subject =
                "\(device.name)   SER = \(volume.serial) LDEV = \(volume.ldev.value) [ \(device.product) ]"
            guard device.unit != nil else {
                lines.append("# ERROR [NO CMDDEV] \(subject)")
                continue
            }
            guard volume.kind == .volume else {
                lines.append("# ERROR [CMDDEV] \(subject)")
                continue
            }
            lines.append("# \(subject)")
            let name = "\(group)_\(String(repeating: "0", count: max(0, 3 - String(number).utf8.count)))\(number)"
            let path = volume.path
            let line =
                "\(group.left(17)) \(name.left(15)) \(path.port.left(7)) \(String(path.target).left(15)) "
                + "\(String(path.lun).left(7)) \(mirror)"
            lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
            number += 1
        }
        return number == 0 ? [] : lines
    }

    static var facts: [FactLine] {
        devices(isHexadecimal: false).facts + verified(isHexadecimal: false, showsFile: false).facts
            + verified(isHexadecimal: false, showsFile: true).facts
    }
}
