// The device groups and copy groups of an array, and the rules of changing them: a value without the array. Both begin as
// the bench file has them; what administrators change is kept by the array.
//
// - A volume is in a group once, and a name is in a group once. A volume may be in several groups.
// - A group without volumes is not there: the first volume makes it, the last one takes it away.
// - A copy group has one row for each of its halves in this array, at most two.
// - A change is made as a whole or not at all.
//
// - Source: HP's XP7 RAID Manager user guide, "Device group function": names pair the volumes of two groups. What clients do
//   with the commands: OpenStack's driver (CIN), which also has one volume in several groups.

package import ReplicationCore

/// A change that an administrator wants.
package enum GroupChange: Hashable, Sendable {
    case add(DeviceGroup.Member, to: String)
    /// What has one of these numbers and that name.
    /// - Parameters:
    ///   - ldevs: nil for all.
    ///   - name: nil for all.
    case remove(ldevs: [LDEVNumber]?, name: String?, from: String)
    /// - Parameter deviceGroups: one, or both halves of local pairs.
    case addCopyGroup(String, deviceGroups: [String], mirror: UInt8?, journal: UInt8?)
    /// - Parameter deviceGroup: nil for both halves.
    case removeCopyGroup(String, deviceGroup: String?)
}

package struct GroupBook: Hashable, Sendable {
    /// Bytes of a group's or a volume's name.
    /// - Source: RAID Manager reference, section 1.2: dev_group and dev_name, which these names become.
    package static let longestName = 31
    /// Volumes in all groups together: as many as an array can have.
    private static let mostMembers = 65_536
    private static let mostCopyGroups = 16_384

    package private(set) var deviceGroups: [DeviceGroup]
    package private(set) var copyGroups: [CopyGroup]

    package init(deviceGroups: [DeviceGroup], copyGroups: [CopyGroup]) {
        self.deviceGroups = deviceGroups
        self.copyGroups = copyGroups
    }

    package init(_ plan: AdministrationPlan) {
        self.init(deviceGroups: plan.deviceGroups, copyGroups: plan.copyGroups)
    }

    /// The volumes that somebody must be allowed to change who wants this.
    package func ldevs(of change: GroupChange) -> [LDEVNumber] {
        switch change {
        case .add(let member, _): [member.ldev]
        case .remove(let ldevs, let name, let group): members(of: group).filter { $0.fits(ldevs, name) }.map(\.ldev)
        case .addCopyGroup(_, let deviceGroups, _, _): deviceGroups.flatMap { members(of: $0).map(\.ldev) }
        case .removeCopyGroup(let name, let deviceGroup):
            rows(of: name, deviceGroup).flatMap { members(of: $0.deviceGroup).map(\.ldev) }
        }
    }

    private func members(of group: String) -> [DeviceGroup.Member] {
        deviceGroups.first { $0.name == group }?.members ?? []
    }

    private func rows(of name: String, _ deviceGroup: String?) -> [CopyGroup] {
        copyGroups.filter { $0.fits(name, deviceGroup) }
    }

    /// - Returns: what stands against it; nothing is changed then.
    package mutating func make(_ change: GroupChange) -> AdministrationRefusal? {
        switch change {
        case .add(let member, let group): add(member, group)
        case .remove(let ldevs, let name, let group): remove(ldevs, name, group)
        case .addCopyGroup(let name, let deviceGroups, let mirror, let journal):
            addCopyGroup(name, deviceGroups, mirror, journal)
        case .removeCopyGroup(let name, let deviceGroup): removeCopyGroup(name, deviceGroup)
        }
    }

    private static func isName(_ text: String) -> Bool { (1...longestName).contains(text.utf8.count) }

    private mutating func add(_ member: DeviceGroup.Member, _ group: String) -> AdministrationRefusal? {
        guard Self.isName(group), Self.isName(member.name) else { return .groupNameWrong }
        guard deviceGroups.reduce(0, { $0 + $1.members.count }) < Self.mostMembers else { return .groupsFull }
        guard let place = deviceGroups.firstIndex(where: { $0.name == group }) else {
            deviceGroups.append(DeviceGroup(name: group, members: [member]))
            return nil
        }
        guard !deviceGroups[place].members.contains(where: { $0.ldev == member.ldev || $0.name == member.name })
        else { return .alreadyInGroup }
        deviceGroups[place].members.append(member)
        return nil
    }

    private mutating func remove(
        _ ldevs: [LDEVNumber]?, _ name: String?, _ group: String
    ) -> AdministrationRefusal? {
        guard let place = deviceGroups.firstIndex(where: { $0.name == group }) else { return .noSuchGroup }
        let rest = deviceGroups[place].members.filter { !$0.fits(ldevs, name) }
        guard rest.count < deviceGroups[place].members.count else { return .noSuchGroup }
        if rest.isEmpty { deviceGroups.remove(at: place) } else { deviceGroups[place].members = rest }
        return nil
    }

    private mutating func addCopyGroup(
        _ name: String, _ groups: [String], _ mirror: UInt8?, _ journal: UInt8?
    ) -> AdministrationRefusal? {
        guard Self.isName(name) else { return .groupNameWrong }
        guard !groups.isEmpty, groups.allSatisfy({ group in deviceGroups.contains { $0.name == group } }) else {
            return .noSuchGroup
        }
        let there = rows(of: name, nil).map(\.deviceGroup)
        guard there.count + groups.count <= 2, Set(there + groups).count == there.count + groups.count else {
            return .alreadyInGroup
        }
        guard copyGroups.count + groups.count <= Self.mostCopyGroups else { return .groupsFull }
        copyGroups += groups.map { CopyGroup(name: name, deviceGroup: $0, mirror: mirror, journal: journal) }
        return nil
    }

    private mutating func removeCopyGroup(_ name: String, _ deviceGroup: String?) -> AdministrationRefusal? {
        guard !rows(of: name, deviceGroup).isEmpty else { return .noSuchGroup }
        copyGroups.removeAll { $0.fits(name, deviceGroup) }
        return nil
    }
}

extension DeviceGroup.Member {
    fileprivate func fits(_ ldevs: [LDEVNumber]?, _ name: String?) -> Bool {
        (ldevs?.contains(ldev) ?? true) && (name.map { $0 == self.name } ?? true)
    }
}

extension CopyGroup {
    fileprivate func fits(_ name: String, _ deviceGroup: String?) -> Bool {
        self.name == name && (deviceGroup.map { $0 == self.deviceGroup } ?? true)
    }
}
