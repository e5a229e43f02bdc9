// Reads horcmN.conf. A section is its keyword alone on a line; the lines below it are its records, fields separated by
// blanks. `#` starts a comment anywhere. The first fault ends the reading: it is named with its line and its remedy.
//
// - Source: RAID Manager reference, sections 1.2 to 1.7 (limits in 1.2).

internal import CommandDevice
internal import ReplicationCore

package struct ConfigurationParser {
    private let file: String
    private var section: Section?
    private var line = 0
    private var configuration = HorcmConfiguration()
    private var hasMonitor = false

    enum Section: String, CaseIterable {
        case monitor = "HORCM_MON"
        case command = "HORCM_CMD"
        case devices = "HORCM_DEV"
        case ldevs = "HORCM_LDEV"
        case partners = "HORCM_INST"
        case partnersWithPath = "HORCM_INSTP"
        case virtualCommand = "HORCM_VCMD"
        case ldevGroups = "HORCM_LDEVG"
        case queueMarker = "HORCM_CTQM"
        case allowed = "HORCM_ALLOW_INST"

        /// Known to RAID Manager, not to the bench.
        var isSupported: Bool {
            switch self {
            case .monitor, .command, .devices, .ldevs, .partners, .partnersWithPath: true
            case .virtualCommand, .ldevGroups, .queueMarker, .allowed: false
            }
        }
    }

    /// - Parameter file: the name for messages.
    package static func parse(_ text: String, file: String) throws(ConfigurationError) -> HorcmConfiguration {
        var parser = ConfigurationParser(file: file)
        for record in text.split(separator: "\n", omittingEmptySubsequences: false) {
            parser.line += 1
            try parser.take(record)
        }
        try parser.finish()
        return parser.configuration
    }

    private init(file: String) { self.file = file }

    private mutating func take(_ record: Substring) throws(ConfigurationError) {
        let data = record.prefix { $0 != "#" }
        let fields = data.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
        guard let first = fields.first else { return }
        if first.hasPrefix("HORCM_") { return try begin(first, alone: fields.count == 1) }
        guard let section else {
            throw fault("'\(first)' stands before any section", "Begin the section with its keyword, such as HORCM_MON")
        }
        switch section {
        case .monitor: try takeMonitor(fields)
        case .command: try takeCommandDevice(fields)
        case .devices: try takeDevice(fields)
        case .ldevs: try takeLDEV(fields)
        case .partners: try takePartner(fields, count: 3)
        case .partnersWithPath: try takePartner(fields, count: 4)
        case .virtualCommand, .ldevGroups, .queueMarker, .allowed:
            throw fault("\(section.rawValue) is not supported by the bench", "Remove the section")
        }
    }

    private mutating func begin(_ keyword: String, alone: Bool) throws(ConfigurationError) {
        guard let next = Section(rawValue: keyword) else {
            let known = Section.allCases.filter(\.isSupported).map(\.rawValue).joined(separator: ", ")
            throw fault("'\(keyword)' is no section", "Use one of \(known)")
        }
        guard alone else { throw fault("\(keyword) is not alone on its line", "Put its records on the lines below") }
        guard next.isSupported else {
            throw fault("\(keyword) is not supported by the bench", "Remove the section")
        }
        section = next
    }

    private mutating func takeMonitor(_ fields: [String]) throws(ConfigurationError) {
        guard !hasMonitor else { throw fault("HORCM_MON has a second record", "Keep one line") }
        guard fields.count == 4 else {
            throw fault(
                "HORCM_MON needs 4 fields, not \(fields.count)", "Give ip_address service poll(10ms) timeout(10ms)")
        }
        try limit(fields[0], to: 63, "ip_address")
        try limit(fields[1], to: 15, "service")
        hasMonitor = true
        configuration.monitor.address = fields[0]
        configuration.monitor.service = fields[1]
        configuration.monitor.poll = fields[2] == "-1" ? nil : try centiseconds(fields[2], "poll")
        configuration.monitor.timeout = try centiseconds(fields[3], "timeout")
    }

    private func centiseconds(_ text: String, _ name: String) throws(ConfigurationError) -> Span {
        guard let count = decimal(text, as: UInt32.self), count > 0 else {
            throw fault("\(name) '\(text)' is no number of 10 ms", "Give a number such as 1000, which is 10 s")
        }
        return .milliseconds(UInt64(count) * 10)
    }

    private mutating func takeCommandDevice(_ fields: [String]) throws(ConfigurationError) {
        var devices: [CommandDeviceName] = []
        for field in fields { devices.append(try commandDevice(field)) }
        guard configuration.commandDevices.count < 64 else {
            throw fault("HORCM_CMD has more than 64 lines", "Remove lines")
        }
        configuration.commandDevices.append(.init(devices: devices))
    }

    /// A file, or `\\.\CMD-<serial>[-<ldev>[-<port>[-<host group>]]][:<hint>]`.
    private func commandDevice(_ text: String) throws(ConfigurationError) -> CommandDeviceName {
        if text.hasPrefix("\\\\.\\IPCMD-") {
            throw fault(
                "'\(text)' is an out-of-band command device",
                "Use the array's command device file or \\\\.\\CMD-<serial>")
        }
        guard text.hasPrefix("\\\\.\\") else {
            guard text.hasPrefix("/") else {
                throw fault("'\(text)' names no command device", "Give an absolute path or \\\\.\\CMD-<serial>")
            }
            return .file(text)
        }
        guard text.hasPrefix("\\\\.\\CMD-") else {
            throw fault("'\(text)' names no command device", "Write \\\\.\\CMD-<serial>")
        }
        let digits = text.dropFirst(8).prefix { $0 != "-" && $0 != ":" }
        guard digits.utf8.count <= 12, let serial = decimal(digits, as: UInt64.self) else {
            throw fault("'\(text)' has no serial number after CMD-", "Write \\\\.\\CMD-<serial>, at most 12 digits")
        }
        return .serial(ArraySerial(serial))
    }

    private mutating func takeDevice(_ fields: [String]) throws(ConfigurationError) {
        guard (5...6).contains(fields.count) else {
            throw fault(
                "HORCM_DEV needs 5 or 6 fields, not \(fields.count)", "Give dev_group dev_name port# TargetID LU# [MU#]"
            )
        }
        let port = try port(fields[2])
        guard let target = decimal(fields[3], as: UInt16.self) else {
            throw fault("TargetID '\(fields[3])' is no number", "Give a decimal number")
        }
        guard let lun = decimal(fields[4], as: UInt16.self) else {
            throw fault("LU# '\(fields[4])' is no number", "Give a decimal number")
        }
        try add(fields, .path(VolumePath(port: port, target: target, lun: lun)), mirror: fields.dropFirst(5).first)
    }

    /// `CL<n>-<X>` with an optional `-<host group>`, in upper case.
    private func port(_ text: String) throws(ConfigurationError) -> String {
        try limit(text, to: 31, "port#")
        let parts = text.uppercased().split(separator: "-", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[0].hasPrefix("CL"),
            decimal(parts[0].dropFirst(2), as: UInt8.self) != nil,
            parts[1].utf8.count == 1, let letter = parts[1].utf8.first, (0x41...0x5A).contains(letter),
            parts.count == 2 || decimal(parts[2], as: UInt16.self) != nil
        else { throw fault("port# '\(text)' is no port", "Write it like CL1-A, or CL1-A-3 with a host group") }
        return text.uppercased()
    }

    private mutating func takeLDEV(_ fields: [String]) throws(ConfigurationError) {
        guard (4...5).contains(fields.count) else {
            throw fault(
                "HORCM_LDEV needs 4 or 5 fields, not \(fields.count)", "Give dev_group dev_name Serial# CU:LDEV [MU#]")
        }
        guard fields[2].utf8.count <= 12, let serial = decimal(fields[2], as: UInt64.self) else {
            throw fault("Serial# '\(fields[2])' is no serial number", "Give at most 12 digits")
        }
        guard let ldev = LDEVNumber(parsing: fields[3]) else {
            throw fault("'\(fields[3])' is no LDEV", "Write it like 02:40, 576 or 0x240")
        }
        try add(fields, .ldev(ArraySerial(serial), ldev), mirror: fields.dropFirst(4).first)
    }

    private mutating func add(
        _ fields: [String], _ location: HorcmConfiguration.Location, mirror: String?
    ) throws(ConfigurationError) {
        try limit(fields[0], to: 31, "dev_group")
        try limit(fields[1], to: 31, "dev_name")
        let mirror = mirror?.lowercased() ?? ""
        guard ["", "0", "1", "2", "h0", "h1", "h2", "h3"].contains(mirror) else {
            throw fault("MU# '\(mirror)' is no mirror", "Leave it out, or give 0 to 2 or h0 to h3")
        }
        if let twin = configuration.volumes.first(where: { $0.group == fields[0] && $0.name == fields[1] }) {
            throw fault(
                "'\(fields[1])' is in group '\(fields[0])' already (line \(twin.line))", "Give it another dev_name")
        }
        if let twin = configuration.volumes.first(where: { $0.location == location && $0.mirror == mirror }) {
            throw fault("the volume has a record already (line \(twin.line))", "Remove one of the two")
        }
        configuration.volumes.append(
            .init(group: fields[0], name: fields[1], location: location, mirror: mirror, line: line))
    }

    private mutating func takePartner(_ fields: [String], count: Int) throws(ConfigurationError) {
        guard fields.count == count else {
            throw fault(
                "\(count == 3 ? "HORCM_INST" : "HORCM_INSTP") needs \(count) fields, not \(fields.count)",
                "Give dev_group ip_address service" + (count == 4 ? " pathID" : ""))
        }
        try limit(fields[0], to: 31, "dev_group")
        try limit(fields[1], to: 63, "ip_address")
        try limit(fields[2], to: 15, "service")
        if count == 4 {
            guard let path = decimal(fields[3], as: UInt16.self), (1...255).contains(path) else {
                throw fault("pathID '\(fields[3])' is out of range", "Give a number from 1 to 255")
            }
        }
        configuration.partners.append(.init(group: fields[0], address: fields[1], service: fields[2]))
    }

    /// What no single line can show: groups without a partner, partners without a group.
    private func finish() throws(ConfigurationError) {
        guard !configuration.commandDevices.isEmpty else {
            throw whole("there is no HORCM_CMD record", "Name the array's command device under HORCM_CMD")
        }
        for group in configuration.groups where configuration.partners(of: group).isEmpty {
            throw whole("group '\(group)' has no partner", "Add a line for it under HORCM_INST")
        }
        for partner in configuration.partners where configuration.volumes(in: partner.group).isEmpty {
            throw whole(
                "HORCM_INST names group '\(partner.group)', which has no volume",
                "Add its volumes under HORCM_LDEV or HORCM_DEV, or remove the line")
        }
    }

    private func limit(_ text: String, to count: Int, _ name: String) throws(ConfigurationError) {
        guard text.utf8.count <= count else {
            throw fault("\(name) '\(text)' has \(text.utf8.count) characters", "Use at most \(count)")
        }
    }

    private func fault(_ cause: String, _ remedy: String) -> ConfigurationError {
        ConfigurationError(file: file, line: line, cause: cause, remedy: remedy)
    }

    private func whole(_ cause: String, _ remedy: String) -> ConfigurationError {
        ConfigurationError(file: file, line: nil, cause: cause, remedy: remedy)
    }
}
