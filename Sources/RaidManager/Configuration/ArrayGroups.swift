// The device groups of arrays, which HORCM_LDEVG names instead of volumes. An instance asks its arrays for them at its start.
//
// - Source: RAID Manager reference, section 1.6. That the volumes of two groups belong together by their names, in the order
//   of their numbers, is known of the manuals.

package import CommandDevice
package import ReplicationCore

package struct ArrayGroups: Sendable {
    private let groups: [ArraySerial: [DeviceGroup]]
    private let copyGroups: [ArraySerial: [CopyGroup]]

    /// - Parameter copyGroups: they say which mirror a group means, where it is a copy group of the array at all.
    package init(_ groups: [ArraySerial: [DeviceGroup]], copyGroups: [ArraySerial: [CopyGroup]] = [:]) {
        self.groups = groups
        self.copyGroups = copyGroups
    }

    /// The configuration with the volumes of its HORCM_LDEVG lines.
    /// - Parameter file: the configuration's name, for messages.
    /// - Throws: if an array is not there, or has no group of that name.
    package func resolving(
        _ configuration: HorcmConfiguration, file: String
    ) throws(ConfigurationError) -> HorcmConfiguration {
        var resolved = configuration
        for line in configuration.arrayGroups {
            guard let known = groups[line.serial] else {
                throw ConfigurationError(
                    file: file, line: line.line, cause: "array \(line.serial) is not reached by HORCM_CMD",
                    remedy: "Add its command device under HORCM_CMD")
            }
            guard let group = known.first(where: { $0.name == line.arrayGroup }) else {
                throw ConfigurationError(
                    file: file, line: line.line,
                    cause: "array \(line.serial) has no device group '\(line.arrayGroup)'",
                    remedy: "'raidcom get device_grp' shows those that it has")
            }
            let half = copyGroups[line.serial]?.first {
                $0.name == line.group && $0.deviceGroup == line.arrayGroup
            }
            let mirror = half?.mirror.map { String($0) } ?? ""
            resolved.volumes += group.members.sorted { $0.ldev < $1.ldev }.map {
                .init(
                    group: line.group, name: $0.name, location: .ldev(line.serial, $0.ldev), mirror: mirror,
                    line: line.line)
            }
        }
        return resolved
    }
}
