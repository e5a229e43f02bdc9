// A bench made from the owner's own horcm<N>.conf files, which stay as they are: the arrays that they name, with the volumes,
// ports and LUNs, a link between any two that have pairs, a host for each file, and the groups, whose two sides are found by
// dev_group and dev_name. What a file of RAID Manager does not say - sizes, and often serials and the numbers of LDEVs - is
// allotted. Nothing is built here: the result is a bench file like any other (`BenchFileText`).
//
// docs/from-horcm.md is the owner's page.

internal import CommandDevice
internal import RaidManager
internal import ReplicationCore

/// A file as it was named and read.
package struct HorcmSource: Hashable, Sendable {
    package var path: String
    package var text: String
    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    package static func read(_ path: String) throws(BenchFailure) -> String { try HostConfigurations.read(path) }
}

package struct HorcmImport: Sendable {
    package private(set) var description = BenchDescription()
    /// Things worth telling the owner: what was allotted, and what a bench cannot do.
    package private(set) var notes: [String] = []

    /// Bytes of a volume if nobody says otherwise: sparse, and enough for a small file system or database.
    package static let standardSize: UInt64 = 64 << 20

    /// - Parameter sizeBytes: of every volume; a multiple of 512.
    /// - Throws: the first thing that does not fit together, with its file and line.
    package init(
        _ sources: [HorcmSource], sizeBytes: UInt64 = Self.standardSize, clockRate: UInt32 = 1
    ) throws(BenchFailure) {
        description.clockRate = clockRate
        var files: [ImportedFile] = []
        for source in sources { files.append(try ImportedFile(source, at: files.count)) }
        ImportedFile.chooseNames(&files)
        notes += files.flatMap(\.notes)
        try ImportedArrays.chooseSerials(&files, &notes)
        var arrays = ImportedArrays(files, sizeBytes: sizeBytes)
        let groups = try ImportedGroups(files, &arrays)
        addHosts(files)
        description.arrays = arrays.descriptions { Self.arrayName($0, files) }
        notes += arrays.notes
        description.groups = groups.descriptions
        addLinks(groups)
        for file in files {
            let plan = try AddressPlan(
                of: file.host, in: description, files: Self.configurations(files), path: file.path)
            notes += plan.unknown.map { "\(file.path): nobody answers at \($0): it is in none of the files" }
        }
    }

    /// The bench file.
    package var text: String {
        BenchFileText.text(
            description,
            heading: [
                "Made by 'arraybench up --from-horcm' from"
            ] + description.hosts.compactMap(\.configuration).map { "  \($0)" })
    }

    private static func configurations(_ files: [ImportedFile]) -> [String: HorcmConfiguration] {
        Dictionary(uniqueKeysWithValues: files.map { ($0.host, $0.configuration) })
    }

    /// An array is called after its first host.
    private static func arrayName(_ serial: ArraySerial, _ files: [ImportedFile]) -> String {
        files.first { $0.array == serial }?.host ?? "array\(serial)"
    }

    private mutating func addHosts(_ files: [ImportedFile]) {
        for (index, file) in files.enumerated() {
            var aliases: [CommandDeviceAlias] = []
            for (line, serial) in zip(file.configuration.commandDevices, file.units) {
                for alias in line.devices.compactMap(\.alias) where !aliases.contains(where: { $0.name == alias }) {
                    aliases.append(CommandDeviceAlias(name: alias, array: Self.arrayName(serial, files)))
                }
            }
            let first = files[..<index].first { $0.isOnMachine(of: file) }
            description.hosts.append(
                HostDescription(
                    name: file.host, array: Self.arrayName(file.array, files), instance: file.instance, port: nil,
                    configuration: BenchLayout(root: file.path).root, beside: first?.host, commandDevices: aliases,
                    place: FilePlace(line: 1, column: 1)))
        }
    }

    /// One link between any two arrays with a group between them.
    private mutating func addLinks(_ groups: ImportedGroups) {
        for group in description.groups where !description.isLocal(group) {
            guard let first = description.host(named: group.hosts.0)?.array,
                let second = description.host(named: group.hosts.1)?.array,
                !description.links.contains(where: { $0.remote(of: first) == second })
            else { continue }
            description.links.append(
                LinkDescription(
                    name: "link\(description.links.count + 1)", between: (first, second), kind: .unix,
                    allowsRemote: false, place: FilePlace(line: 1, column: 1)))
        }
    }
}

extension CommandDeviceName {
    /// The name under which the bench must show an array's command device; nil for one that says its serial, and for a
    /// pattern, which finds whatever there is.
    var alias: String? {
        switch self {
        case .file(let path): path
        case .network(let place): #"\\.\IPCMD-"# + "\(place.address)-\(place.service)"
        case .serial, .pattern: nil
        }
    }
}

extension ConfigurationError {
    var failure: BenchFailure {
        BenchFailure("\(file)\(line.map { ":\($0)" } ?? ""): \(cause)", remedy: remedy)
    }
}
