// The bench's words for an array's users and groups, turned into the array's.

internal import Bench
internal import CommandDevice
internal import ReplicationCore

extension AdministrationConfiguration {
    func plan() throws -> AdministrationPlan {
        AdministrationPlan(
            users: users.map { AdministrationUser(name: $0.name, password: $0.password) },
            resources: try resources.map {
                AdministrationPlan.Resource(name: $0.name, ldevs: try $0.ldevs.map(ldevNumber))
            },
            deviceGroups: try deviceGroups.map { group in
                CommandDevice.DeviceGroup(
                    name: group.name,
                    members: try group.members.map {
                        CommandDevice.DeviceGroup.Member(name: $0.name, ldev: try ldevNumber($0.ldev))
                    })
            },
            copyGroups: copyGroups.map {
                CommandDevice.CopyGroup(name: $0.name, deviceGroup: $0.deviceGroup, mirror: $0.mirror)
            })
    }
}

/// - Throws: a sentence if the text is no LDEV number.
func ldevNumber(_ text: String) throws(BenchFailure) -> LDEVNumber {
    guard let number = LDEVNumber(parsing: text) else {
        throw BenchFailure("'\(text)' is no LDEV number", remedy: "write it as CU:LDEV, such as 00:12")
    }
    return number
}
