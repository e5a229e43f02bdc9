// What an array knows of its administration from the start: users, groups of resources, groups of volumes.

package import ReplicationCore

package struct AdministrationUser: Hashable, Sendable {
    package var name: String
    package var password: String

    package init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    /// The one that an array has if nobody says otherwise.
    /// - Source: Hitachi VSP E series, Storage Advisor Embedded guide (MK-97HM85022), user authentication specifications.
    package static let standard = AdministrationUser(name: "maintenance", password: "raid-maintenance")
}

/// Volumes of one array that belong together under a name, each with a name of its own.
package struct DeviceGroup: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var name: String
        package var ldev: LDEVNumber

        package init(name: String, ldev: LDEVNumber) {
            self.name = name
            self.ldev = ldev
        }
    }

    package var name: String
    package var members: [Member]

    package init(name: String, members: [Member]) {
        self.name = name
        self.members = members
    }
}

/// One half of a group of pairs: the volumes of a device group.
package struct CopyGroup: Hashable, Sendable {
    package var name: String
    package var deviceGroup: String
    /// The mirror unit of local pairs; nil for remote ones.
    package var mirror: UInt8?
    package var journal: UInt8?

    package init(name: String, deviceGroup: String, mirror: UInt8? = nil, journal: UInt8? = nil) {
        self.name = name
        self.deviceGroup = deviceGroup
        self.mirror = mirror
        self.journal = journal
    }
}

package struct AdministrationPlan: Hashable, Sendable {
    package struct Resource: Hashable, Sendable {
        package var name: String
        package var ldevs: [LDEVNumber]

        package init(name: String, ldevs: [LDEVNumber]) {
            self.name = name
            self.ldevs = ldevs
        }
    }

    package var users: [AdministrationUser]
    /// Those from number 1 on. Number 0 is always there and holds what is in no other.
    package var resources: [Resource]
    package var deviceGroups: [DeviceGroup]
    package var copyGroups: [CopyGroup]

    package init(
        users: [AdministrationUser] = [.standard], resources: [Resource] = [], deviceGroups: [DeviceGroup] = [],
        copyGroups: [CopyGroup] = []
    ) {
        self.users = users
        self.resources = resources
        self.deviceGroups = deviceGroups
        self.copyGroups = copyGroups
    }
}

extension DeviceGroup {
    func write(to w: inout WireWriter) {
        w.write(name)
        w.write(each: members) {
            $0.write($1.name)
            $0.write($1.ldev.value)
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            name: try r.readText(),
            members: try r.readEach { (r) throws(WireError) in
                Member(name: try r.readText(), ldev: LDEVNumber(try r.read()))
            })
    }
}

extension CopyGroup {
    func write(to w: inout WireWriter) {
        w.write(name)
        w.write(deviceGroup)
        w.write(optional: mirror) { $0.write($1) }
        w.write(optional: journal) { $0.write($1) }
    }
    init(from r: inout WireReader) throws(WireError) {
        func number(_ r: inout WireReader) throws(WireError) -> UInt8? {
            try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) }
        }
        self.init(
            name: try r.readText(), deviceGroup: try r.readText(), mirror: try number(&r), journal: try number(&r))
    }
}
