// inqraid: what an inquiry of each device file tells.
//
// - Source: RAID Manager reference, section 2.13; the text form and the lines for HORCM_CMD are known of the manuals.

internal import CommandDevice
internal import ReplicationCore

/// A device file, and what is behind it if that is a volume of an array that answers.
struct InquiredDevice: Sendable {
    var name: String
    /// nil: no device of an array.
    var found: FoundDevice?
}

enum InquiryScreen {
    /// - Parameter isHexadecimal: `-fx`
    static func commandLine(isHexadecimal: Bool) -> ScreenTable<InquiredDevice> {
        ScreenTable(
            "inqraid -CLI",
            header: Fact(
                "DEVICE_FILE     PORT    SERIAL  LDEV CTG  H/M/12  SSID R:Group PRODUCT_ID", .known, "2.13"),
            [
                Column("DEVICE_FILE", -15, .known, "2.13", glue: "") { $0.name.withoutDeviceFolder },
                Column("PORT", -7, .known, "2.13") { $0.found?.device.path.port },
                Column("SERIAL", 6, .known, "2.13") { $0.found.map { String($0.device.serial.value) } },
                Column("LDEV", 5, .known, "2.13") { $0.found?.device.ldev.digits(isHexadecimal: isHexadecimal) },
                Column("CTG", 3, .known, "2.13") { $0.found?.snapshot?.pair?.consistencyGroup.map { String($0) } },
                Column("H/M/12", 7, .known, "2.13") { $0.found?.snapshot?.roles },
                Column("SSID", 4, .known, "2.13", glue: "  ") { inquired in
                    inquired.found?.snapshot.map { hexadecimal(UInt64($0.subsystem), digits: 4) }
                },
                Column("R:Group", 7, .known, "2.13") { inquired in
                    inquired.found?.snapshot.map { "\($0.parityGroup.level):\($0.parityGroup.number)" }
                },
                Column("PRODUCT_ID", 0, .known, "2.13") { $0.found?.product },
            ])
    }

    /// Two or three lines for a device; one for what is no device of an array.
    static func text(_ inquired: InquiredDevice) -> [String] {
        guard let found = inquired.found else { return ["\(inquired.name) -> NO ANSWER"] }
        let device = found.device
        let start =
            "\(inquired.name) -> [SQ] \(device.path.port) Ser = \(String(device.serial.value).right(7)) "
            + "LDEV =\(String(device.ldev.value).right(5)) [HITACHI ] [\(found.product.left(16))]"
        guard let volume = found.snapshot else { return [start] }
        func word(_ role: Role?) -> String {
            switch role {
            case .primary: "P-VOL"
            case .secondary: "S-VOL"
            case nil: "SMPL "
            }
        }
        let local = (0...2).map { mirror in
            "MU#\(mirror) = \(word(volume.localPair(UInt8(mirror))?.role))"
        }
        let indent = String(repeating: " ", count: inquired.name.utf8.count + 9)
        let group = volume.pair?.consistencyGroup.map { " CTGID = \($0)" } ?? ""
        return [
            start, "\(indent)HORC = \(word(volume.pair?.role)) HOMRCF[\(local.joined(separator: " "))]",
            "\(indent)RAID\(volume.parityGroup.level)[Group \(volume.parityGroup.number)] "
                + "SSID = 0x\(hexadecimal(UInt64(volume.subsystem), digits: 4))\(group)",
        ]
    }

    /// HORCM_CMD for a configuration file: a comment and a line for each array, a device of it and its alternates.
    static func commandDevices(_ devices: [FoundDevice]) -> [String] {
        var serials: [ArraySerial] = []
        for device in devices where !serials.contains(device.device.serial) { serials.append(device.device.serial) }
        var lines = ["HORCM_CMD", "#dev_name               dev_name                dev_name"]
        for (unit, serial) in serials.enumerated() {
            lines.append("#UnitID \(unit) (Serial# \(serial))")
            let names = devices.filter { $0.device.serial == serial }.map(\.name)
            lines.append((names.dropLast().map { $0.left(23) } + names.suffix(1)).joined(separator: " "))
        }
        return lines
    }

    static var facts: [FactLine] {
        commandLine(isHexadecimal: false).facts + [
            FactLine("screen inqraid", "<device> -> [SQ] … HORC = … HOMRCF[…] RAID5[…]", .known, "2.13"),
            FactLine("screen inqraid -CM", "#UnitID 0 (Serial# <serial>)", .known, "1.11"),
        ]
    }
}
