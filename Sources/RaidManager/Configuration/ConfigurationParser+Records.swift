// The records of horcmN.conf, all but command devices: how many fields they have and what may stand in each.
//
// - Source: RAID Manager reference, sections 1.2 (limits), 1.3 and 1.5 to 1.7. HORCM_ALLOW_INST is known of the manuals and was
//   not found again; of HORCM_CTQM no source tells the fields, and only the first is looked at, a dev_group.

internal import CommandDevice
internal import ReplicationCore

extension ConfigurationParser {
    mutating func takeMonitor(_ fields: [String]) throws(ConfigurationError) {
        guard !hasMonitor else { throw fault("HORCM_MON has a second record", "Keep one line") }
        guard fields.count == 4 else {
            throw fault(
                "HORCM_MON needs 4 fields, not \(fields.count)", "Give ip_address service poll(10ms) timeout(10ms)")
        }
        let own = try address(fields[0], fields[1])
        hasMonitor = true
        configuration.monitor.address = own.address
        configuration.monitor.service = own.service
        configuration.monitor.poll = fields[2] == "-1" ? nil : try centiseconds(fields[2], "poll")
        configuration.monitor.timeout = try centiseconds(fields[3], "timeout")
    }

    private func centiseconds(_ text: String, _ name: String) throws(ConfigurationError) -> Span {
        guard let count = decimal(text, as: UInt32.self), count > 0 else {
            throw fault("\(name) '\(text)' is no number of 10 ms", "Give a number such as 1000, which is 10 s")
        }
        return .milliseconds(UInt64(count) * 10)
    }

    mutating func takeDevice(_ fields: [String]) throws(ConfigurationError) {
        guard (5...6).contains(fields.count) else {
            throw fault(
                "HORCM_DEV needs 5 or 6 fields, not \(fields.count)", "Give dev_group dev_name port# TargetID LU# [MU#]"
            )
        }
        try limit(fields[2], to: 31, "port#")
        guard let port = VolumePath.port(parsing: fields[2]) else {
            throw fault("port# '\(fields[2])' is no port", "Write it like CL1-A, or CL1-A-3 with a host group")
        }
        let path = VolumePath(
            port: port, target: try number(fields[3], "TargetID"), lun: try number(fields[4], "LU#"))
        try add(fields, .path(path), mirror: fields.dropFirst(5).first)
    }

    private func number(_ text: String, _ name: String) throws(ConfigurationError) -> UInt16 {
        try limit(text, to: 7, name)
        guard let number = decimal(text, as: UInt16.self) else {
            throw fault("\(name) '\(text)' is no number", "Give a decimal number")
        }
        return number
    }

    mutating func takeLDEV(_ fields: [String]) throws(ConfigurationError) {
        guard (4...5).contains(fields.count) else {
            throw fault(
                "HORCM_LDEV needs 4 or 5 fields, not \(fields.count)", "Give dev_group dev_name Serial# CU:LDEV [MU#]")
        }
        let serial = try serial(fields[2])
        try limit(fields[3], to: 6, "CU:LDEV")
        guard !fields[3].contains("+"), let ldev = LDEVNumber(parsing: fields[3]) else {
            throw fault("'\(fields[3])' is no LDEV", "Write it like 02:40, 576 or 0x240")
        }
        try add(fields, .ldev(serial, ldev), mirror: fields.dropFirst(4).first)
    }

    func serial(_ text: String) throws(ConfigurationError) -> ArraySerial {
        guard text.utf8.count <= 12, let serial = decimal(text, as: UInt64.self) else {
            throw fault("Serial# '\(text)' is no serial number", "Give at most 12 digits")
        }
        return ArraySerial(serial)
    }

    private mutating func add(
        _ fields: [String], _ location: HorcmConfiguration.Location, mirror: String?
    ) throws(ConfigurationError) {
        let (group, name) = (fields[0], fields[1])
        try limit(group, to: 31, "dev_group")
        try limit(name, to: 31, "dev_name")
        let mirror = mirror?.lowercased() ?? ""
        guard ["", "0", "1", "2", "h0", "h1", "h2", "h3"].contains(mirror) else {
            throw fault("MU# '\(mirror)' is no mirror", "Leave it out, or give 0 to 2 or h0 to h3")
        }
        if let twin = configuration.arrayGroups.first(where: { $0.group == group }) {
            throw fault(
                "group '\(group)' is a group of the array already (line \(twin.line))", "Give one of them another name")
        }
        if let twin = lineOfName.updateValue(line, forKey: Name(group: group, name: name)) {
            throw fault("'\(name)' is in group '\(group)' already (line \(twin))", "Give it another dev_name")
        }
        // Both mean the one mirror of a remote copy; the digit 0 may be a local copy's as well.
        let place = Place(location: location, mirror: mirror == "h0" ? "" : mirror)
        if let twin = lineOfVolume.updateValue(line, forKey: place) {
            throw fault("the volume has a record already (line \(twin))", "Remove one of the two")
        }
        if lineOfGroup[group] == nil { lineOfGroup[group] = line }
        configuration.volumes.append(
            .init(group: group, name: name, location: location, mirror: mirror, line: line))
    }

    mutating func takeArrayGroup(_ fields: [String]) throws(ConfigurationError) {
        guard fields.count == 3 else {
            throw fault("HORCM_LDEVG needs 3 fields, not \(fields.count)", "Give Copy_group ldev_group Serial#")
        }
        let (group, arrayGroup) = (fields[0], fields[1])
        try limit(group, to: 31, "Copy_group")
        try limit(arrayGroup, to: 31, "ldev_group")
        let serial = try serial(fields[2])
        if let twin = lineOfGroup.updateValue(line, forKey: group) {
            throw fault("group '\(group)' is there already (line \(twin))", "Give one of them another name")
        }
        configuration.arrayGroups.append(.init(group: group, arrayGroup: arrayGroup, serial: serial, line: line))
    }

    mutating func takePartner(_ fields: [String], hasPath: Bool) throws(ConfigurationError) {
        let count = hasPath ? 4 : 3
        guard fields.count == count else {
            throw fault(
                "\(hasPath ? "HORCM_INSTP" : "HORCM_INST") needs \(count) fields, not \(fields.count)",
                "Give dev_group ip_address service" + (hasPath ? " pathID" : ""))
        }
        try limit(fields[0], to: 31, "dev_group")
        let partner = try address(fields[1], fields[2])
        var path: UInt8?
        if hasPath {
            guard let number = decimal(fields[3], as: UInt8.self), number > 0 else {
                throw fault("pathID '\(fields[3])' is out of range", "Give a number from 1 to 255")
            }
            path = number
        }
        notePartner(of: fields[0])
        configuration.partners.append(
            .init(group: fields[0], address: partner.address, service: partner.service, path: path))
    }

    mutating func takeAllowed(_ fields: [String]) throws(ConfigurationError) {
        guard fields.count == 2 else {
            throw fault("HORCM_ALLOW_INST needs 2 fields, not \(fields.count)", "Give ip_address service")
        }
        configuration.allowed.append(try address(fields[0], fields[1]))
    }

    private func address(_ address: String, _ service: String) throws(ConfigurationError) -> InstanceAddress {
        try limit(address, to: 63, "ip_address")
        try limit(service, to: 15, "service")
        return InstanceAddress(address: address, service: service)
    }
}
