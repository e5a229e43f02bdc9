// What an array is told of its users, its groups of resources, and the groups that its volumes form: part of
// `arrays/<name>/configuration.json`.

internal import ReplicationCore

package struct UserConfiguration: Codable, Hashable, Sendable {
    package var name: String
    package var password: String

    package init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    /// The one that an array has if the bench file names none: the user that the vendor's arrays are delivered with.
    /// - Source: Hitachi VSP E series, Storage Advisor Embedded guide (MK-97HM85022), user authentication specifications.
    package static let standard = UserConfiguration(name: "maintenance", password: "raid-maintenance")
}

package struct AdministrationConfiguration: Codable, Hashable, Sendable {
    package struct Resource: Codable, Hashable, Sendable {
        package var name: String
        package var ldevs: [String]
    }
    package struct Member: Codable, Hashable, Sendable {
        package var name: String
        package var ldev: String
    }
    package struct DeviceGroup: Codable, Hashable, Sendable {
        package var name: String
        package var members: [Member]
    }
    package struct CopyGroup: Codable, Hashable, Sendable {
        package var name: String
        package var deviceGroup: String
        package var mirror: UInt8?
    }

    package var users: [UserConfiguration]
    /// Those from number 1 on.
    package var resources: [Resource]
    package var deviceGroups: [DeviceGroup]
    package var copyGroups: [CopyGroup]
}

extension BenchDescription {
    /// The groups of an array follow from the bench's: of group `oradb` the first host's array knows the device group
    /// `oradbP`, the second one's `oradbS`, and both the copy group `oradb`. A group within one array has both there.
    package func administration(of array: ArrayDescription) -> AdministrationConfiguration {
        var result = AdministrationConfiguration(
            users: array.users, resources: Self.resources(of: array), deviceGroups: [], copyGroups: [])
        for group in groups {
            let sides = [
                (group.hosts.0, "P", \PairDescription.ldevs.0), (group.hosts.1, "S", \PairDescription.ldevs.1),
            ]
            for (name, letter, ldev) in sides where host(named: name)?.array == array.name {
                let members = group.pairs.map {
                    AdministrationConfiguration.Member(name: $0.name, ldev: $0[keyPath: ldev].description)
                }
                result.deviceGroups.append(.init(name: group.name + letter, members: members))
                result.copyGroups.append(
                    .init(
                        name: group.name, deviceGroup: group.name + letter,
                        mirror: isLocal(group) ? group.mirror ?? 0 : nil))
            }
        }
        return result
    }

    /// In the order in which the array's LDEVs name them.
    private static func resources(of array: ArrayDescription) -> [AdministrationConfiguration.Resource] {
        var resources: [AdministrationConfiguration.Resource] = []
        for ldev in array.ldevs {
            guard let name = ldev.resource else { continue }
            if let index = resources.firstIndex(where: { $0.name == name }) {
                resources[index].ldevs.append(ldev.number.description)
            } else {
                resources.append(.init(name: name, ldevs: [ldev.number.description]))
            }
        }
        return resources
    }
}
