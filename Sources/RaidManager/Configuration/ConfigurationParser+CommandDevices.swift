// HORCM_CMD and HORCM_VCMD: how command devices are named. A line is one array; what stands behind the first name on it are
// alternates.
//
// - Source: RAID Manager reference, section 1.4. HORCM_VCMD, one serial a line, is in files of real life; what it does is known
//   of the manuals: the instance works with these (virtual) arrays alone, and numbers its units by them.

internal import CommandDevice
internal import ReplicationCore

extension ConfigurationParser {
    mutating func takeCommandDevice(_ fields: [String]) throws(ConfigurationError) {
        var devices: [CommandDeviceName] = []
        for field in fields {
            try limit(field, to: 63, "dev_name")
            devices.append(try commandDevice(field))
        }
        guard configuration.commandDevices.count < 64 else {
            throw fault("HORCM_CMD has more than 64 lines", "Remove lines")
        }
        configuration.commandDevices.append(.init(devices: devices))
    }

    private func commandDevice(_ text: String) throws(ConfigurationError) -> CommandDeviceName {
        guard text.hasPrefix(#"\\.\"#) else {
            guard text.hasPrefix("/") else {
                throw fault("'\(text)' names no command device", #"Give an absolute path or \\.\CMD-<serial>"#)
            }
            return text.contains("*") || text.contains("?") ? .pattern(text) : .file(text)
        }
        let name = text.dropFirst(4)
        if name.hasPrefix("CMD-") { return .serial(try virtualName(name.dropFirst(4), text)) }
        if name.hasPrefix("IPCMD-") { return .network(try networkName(name.dropFirst(6), text)) }
        throw fault("'\(text)' names no command device", #"Write \\.\CMD-<serial>"#)
    }

    /// `<serial>[-<ldev>[-<port>[-<host group>]]][:<hint>]`. The serial decides: LDEV, port and hint tell a real host which of
    /// several ways to take, and an array of the bench has one. They are checked all the same.
    private func virtualName(_ name: Substring, _ text: String) throws(ConfigurationError) -> ArraySerial {
        let halves = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2, !halves[1].hasPrefix("/") {
            throw fault(
                "'\(halves[1])' in '\(text)' is no place for device files", "Write it like :/dev/rdsk/ or :/dev/sd")
        }
        let parts = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard let digits = parts.first, digits.utf8.count <= 12, let serial = decimal(digits, as: UInt64.self) else {
            throw fault(
                "'\(text)' has no serial number after CMD-", #"Write \\.\CMD-<serial>, at most 12 digits"#)
        }
        if parts.count > 1, decimal(parts[1], as: UInt16.self) == nil {
            throw fault("'\(parts[1])' in '\(text)' is no LDEV", "Give its decimal number, or leave it out")
        }
        if parts.count > 2, VolumePath.port(parsing: parts.dropFirst(2).joined(separator: "-")) == nil {
            throw fault(
                "'\(parts.dropFirst(2).joined(separator: "-"))' in '\(text)' is no port",
                "Write it like CL1-A, or CL1-A-3 with a host group, or leave it out")
        }
        return ArraySerial(serial)
    }

    /// `<address>-<port>`; an address may hold dashes and colons of its own.
    private func networkName(_ name: Substring, _ text: String) throws(ConfigurationError) -> InstanceAddress {
        guard let dash = name.lastIndex(of: "-"), dash > name.startIndex,
            case let port = String(name[name.index(after: dash)...]), let number = decimal(port, as: UInt16.self),
            number > 0
        else {
            throw fault("'\(text)' has no address and port after IPCMD-", #"Write \\.\IPCMD-192.0.2.1-31001"#)
        }
        return InstanceAddress(address: String(name[..<dash]), service: port)
    }

    mutating func takeVirtualMachine(_ fields: [String]) throws(ConfigurationError) {
        guard fields.count == 1 else {
            throw fault("HORCM_VCMD needs 1 field, not \(fields.count)", "Give a serial number, one on each line")
        }
        let serial = try serial(fields[0])
        guard !configuration.virtualMachines.contains(serial) else {
            throw fault("HORCM_VCMD names \(serial) twice", "Remove one of the two")
        }
        configuration.virtualMachines.append(serial)
    }
}
