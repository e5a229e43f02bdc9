// A configuration that is asked often: the lines of a group, of a name, of a volume's number are found without looking
// through the others. The order of the file is kept everywhere.

package import CommandDevice
package import ReplicationCore

package struct IndexedConfiguration: Sendable {
    package typealias VolumeLine = HorcmConfiguration.VolumeLine

    package let whole: HorcmConfiguration
    /// Names in the order of the file.
    package let groups: [String]
    private let byGroup: [String: [VolumeLine]]
    private let firstByName: [String: VolumeLine]
    private let byNumber: [Number: [VolumeLine]]
    /// The lines that name a port, a target and a LUN: which volumes they mean is only known to an array.
    private let byPath: [VolumePath: [VolumeLine]]
    private let partnersByGroup: [String: [HorcmConfiguration.PartnerLine]]

    private struct Number: Hashable, Sendable {
        var serial: ArraySerial
        var ldev: LDEVNumber
    }

    package init(_ whole: HorcmConfiguration) {
        self.whole = whole
        groups = whole.groups
        byGroup = Dictionary(grouping: whole.volumes, by: \.group)
        firstByName = Dictionary(whole.volumes.map { ($0.name, $0) }) { first, _ in first }
        var numbered: [Number: [VolumeLine]] = [:]
        for line in whole.volumes {
            guard case .ldev(let serial, let ldev) = line.location else { continue }
            numbered[Number(serial: serial, ldev: ldev), default: []].append(line)
        }
        byNumber = numbered
        var placed: [VolumePath: [VolumeLine]] = [:]
        for line in whole.volumes {
            if let path = line.path { placed[path, default: []].append(line) }
        }
        byPath = placed
        partnersByGroup = Dictionary(grouping: whole.partners, by: \.group)
    }

    package func volumes(in group: String) -> [VolumeLine] { byGroup[group] ?? [] }

    /// - Parameter group: nil for the first group that has a volume of that name.
    package func volume(named name: String, in group: String?) -> VolumeLine? {
        guard let group else { return firstByName[name] }
        return byGroup[group]?.first { $0.name == name }
    }

    /// The lines that give this very number. A volume has one for each mirror at most.
    package func volumes(_ serial: ArraySerial, _ ldev: LDEVNumber) -> [VolumeLine] {
        byNumber[Number(serial: serial, ldev: ldev)] ?? []
    }

    /// The lines that give this path, and whether any line gives one.
    package func volumes(at path: VolumePath) -> [VolumeLine] { byPath[path] ?? [] }
    package var hasPaths: Bool { !byPath.isEmpty }

    package func partners(of group: String) -> [HorcmConfiguration.PartnerLine] { partnersByGroup[group] ?? [] }
}

extension HorcmConfiguration.VolumeLine {
    /// nil for a line with a path.
    var serial: ArraySerial? {
        switch location {
        case .ldev(let serial, _): serial
        case .path: nil
        }
    }

    /// nil for a line with a number.
    var path: VolumePath? {
        switch location {
        case .path(let path): path
        case .ldev: nil
        }
    }

    func ldev(on serial: ArraySerial) -> LDEVNumber? {
        switch location {
        case .ldev(serial, let ldev): ldev
        case .ldev, .path: nil
        }
    }

    /// The digit of the mirror; 0 where there is none.
    package var mirrorNumber: UInt8 { mirror.last.flatMap { decimal(String($0), as: UInt8.self) } ?? 0 }
}
