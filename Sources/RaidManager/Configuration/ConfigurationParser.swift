// Reads horcmN.conf. A section is its keyword alone on a line; the lines below it are its records, fields separated by
// blanks. `#` starts a comment anywhere. The first fault ends the reading: it is named with its line and its remedy.
// The records of each section are in `ConfigurationParser+Records` and `ConfigurationParser+CommandDevices`.
//
// - Source: RAID Manager reference, sections 1.2 to 1.7 (limits in 1.2).

internal import CommandDevice
internal import ReplicationCore

package struct ConfigurationParser {
    private let file: String
    private var section: Section?
    /// 1 is the first line.
    var line = 0
    var configuration = HorcmConfiguration()
    var hasMonitor = false
    /// Lines where names and volumes stand, so that a file of thousands is read in one pass.
    var lineOfName: [Name: Int] = [:]
    var lineOfVolume: [Place: Int] = [:]
    var lineOfGroup: [String: Int] = [:]
    private(set) var lineOfPartner: [(group: String, line: Int)] = []
    private var lineOfMarker: [(group: String, line: Int)] = []

    struct Name: Hashable {
        var group: String
        var name: String
    }
    struct Place: Hashable {
        var location: HorcmConfiguration.Location
        var mirror: String
    }

    enum Section: String, CaseIterable {
        case monitor = "HORCM_MON"
        case command = "HORCM_CMD"
        case virtualCommand = "HORCM_VCMD"
        case devices = "HORCM_DEV"
        case ldevs = "HORCM_LDEV"
        case ldevGroups = "HORCM_LDEVG"
        case partners = "HORCM_INST"
        case partnersWithPath = "HORCM_INSTP"
        case queueMarker = "HORCM_CTQM"
        case allowed = "HORCM_ALLOW_INST"
    }

    /// - Parameter file: the name for messages.
    package static func parse(_ text: String, file: String) throws(ConfigurationError) -> HorcmConfiguration {
        var parser = ConfigurationParser(file: file)
        // By bytes: a line may end as on Windows, which Swift takes for one character.
        for record in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            parser.line += 1
            try parser.take(record)
        }
        try parser.finish()
        return parser.configuration
    }

    private init(file: String) { self.file = file }

    private mutating func take(_ record: Substring.UTF8View) throws(ConfigurationError) {
        let data = record.prefix { $0 != UInt8(ascii: "#") }
        let fields = data.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            .map { String(Substring($0)) }
        guard let first = fields.first else { return }
        if first.hasPrefix("HORCM_") { return try begin(first, alone: fields.count == 1) }
        guard let section else {
            throw fault("'\(first)' stands before any section", "Begin the section with its keyword, such as HORCM_MON")
        }
        switch section {
        case .monitor: try takeMonitor(fields)
        case .command: try takeCommandDevice(fields)
        case .virtualCommand: try takeVirtualMachine(fields)
        case .devices: try takeDevice(fields)
        case .ldevs: try takeLDEV(fields)
        case .ldevGroups: try takeArrayGroup(fields)
        case .partners: try takePartner(fields, hasPath: false)
        case .partnersWithPath: try takePartner(fields, hasPath: true)
        case .queueMarker:
            try limit(fields[0], to: 31, "dev_group")
            configuration.markedGroups.append(fields[0])
            lineOfMarker.append((fields[0], line))
        case .allowed: try takeAllowed(fields)
        }
    }

    private mutating func begin(_ keyword: String, alone: Bool) throws(ConfigurationError) {
        guard let next = Section(rawValue: keyword) else {
            let known = Section.allCases.map(\.rawValue).joined(separator: ", ")
            throw fault("'\(keyword)' is no section", "Use one of \(known)")
        }
        guard alone else { throw fault("\(keyword) is not alone on its line", "Put its records on the lines below") }
        section = next
    }

    mutating func notePartner(of group: String) { lineOfPartner.append((group, line)) }

    /// What no single line can show: groups without a partner, partners without a group.
    private mutating func finish() throws(ConfigurationError) {
        guard !configuration.commandDevices.isEmpty else {
            throw fault("there is no HORCM_CMD record", "Name the array's command device under HORCM_CMD", at: nil)
        }
        let reached = Set(configuration.partners.map(\.group))
        for group in configuration.groups where !reached.contains(group) {
            throw fault("group '\(group)' has no partner", "Add a line for it under HORCM_INST", at: lineOfGroup[group])
        }
        for (group, line) in lineOfPartner where lineOfGroup[group] == nil {
            throw fault(
                "HORCM_INST names group '\(group)', which has no volume",
                "Add its volumes under HORCM_LDEV or HORCM_DEV, or remove the line", at: line)
        }
        for (group, line) in lineOfMarker where lineOfGroup[group] == nil {
            throw fault("HORCM_CTQM names group '\(group)', which has no volume", "Remove the line", at: line)
        }
    }

    func limit(_ text: String, to count: Int, _ name: String) throws(ConfigurationError) {
        guard text.utf8.count <= count else {
            throw fault("\(name) '\(text)' has \(text.utf8.count) characters", "Use at most \(count)")
        }
    }

    func fault(_ cause: String, _ remedy: String) -> ConfigurationError { fault(cause, remedy, at: line) }

    private func fault(_ cause: String, _ remedy: String, at line: Int?) -> ConfigurationError {
        ConfigurationError(file: file, line: line, cause: cause, remedy: remedy)
    }
}
