// The device groups that arrays keep, as a host knows them: `<root>/etc/arraybench.groups`, written by the bench, read at an
// instance's start. HORCM_LDEVG names them instead of volumes.
//
//   # serial ldev_group dev_name ldev
//   30053 oradb dev1 00:10
//
// - Source: RAID Manager reference, section 1.6. That the volumes of two groups belong together by their names, in the order
//   of their numbers, is known of the manuals.

package import ReplicationCore

package struct ArrayGroups: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var serial: ArraySerial
        package var group: String
        package var name: String
        package var ldev: LDEVNumber

        package init(serial: ArraySerial, group: String, name: String, ldev: LDEVNumber) {
            self.serial = serial
            self.group = group
            self.name = name
            self.ldev = ldev
        }
    }

    package var members: [Member]

    package init(_ members: [Member] = []) { self.members = members }

    /// Reads the file. Lines that say nothing, comments among them, are left out.
    package init(parsing text: String) {
        members = text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 4, let serial = decimal(fields[0], as: UInt64.self),
                let ldev = LDEVNumber(parsing: fields[3])
            else { return nil }
            return Member(
                serial: ArraySerial(serial), group: String(fields[1]), name: String(fields[2]), ldev: ldev)
        }
    }

    package var text: String {
        "# serial ldev_group dev_name ldev\n"
            + members.map { "\($0.serial) \($0.group) \($0.name) \($0.ldev)\n" }.joined()
    }

    /// The configuration with the volumes of its HORCM_LDEVG lines.
    /// - Parameter file: the configuration's name, for messages.
    /// - Throws: if an array has no group of that name.
    package func resolving(
        _ configuration: HorcmConfiguration, file: String
    ) throws(ConfigurationError) -> HorcmConfiguration {
        var resolved = configuration
        for line in configuration.arrayGroups {
            let found = members.filter { $0.serial == line.serial && $0.group == line.arrayGroup }
            guard !found.isEmpty else {
                throw ConfigurationError(
                    file: file, line: line.line,
                    cause: "array \(line.serial) has no device group '\(line.arrayGroup)'",
                    remedy: "Name a group of the bench file, or write its volumes under HORCM_LDEV")
            }
            resolved.volumes += found.sorted { $0.ldev < $1.ldev }.map {
                .init(group: line.group, name: $0.name, location: .ldev($0.serial, $0.ldev), line: line.line)
            }
        }
        return resolved
    }
}
