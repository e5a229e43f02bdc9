// What a horcmN.conf says, as values. The file's grammar is in `ConfigurationParser`.
//
// - Source: RAID Manager reference, sections 1.2 to 1.7.

package import CommandDevice
package import ReplicationCore

package struct HorcmConfiguration: Hashable, Sendable {
    package var monitor = Monitor()
    /// One entry for each line of HORCM_CMD; the unit number is the order in which serials first appear.
    package var commandDevices: [CommandDeviceLine] = []
    /// HORCM_VCMD: the arrays that the instance works with, in the order of their unit numbers; empty: all of HORCM_CMD.
    package var virtualMachines: [ArraySerial] = []
    package var volumes: [VolumeLine] = []
    /// HORCM_LDEVG: groups whose volumes the array knows.
    package var arrayGroups: [ArrayGroupLine] = []
    package var partners: [PartnerLine] = []
    /// HORCM_ALLOW_INST: instances whose requests are answered, beside the partners; empty: everybody's.
    package var allowed: [InstanceAddress] = []
    /// HORCM_CTQM: the groups of its records.
    package var markedGroups: [String] = []

    package init() {}

    package struct Monitor: Hashable, Sendable {
        /// A host name or an address; `NONE` and `NONE6` mean any. nil: there is no HORCM_MON, and the host's name counts.
        package var address: String?
        /// A service name or a port number.
        package var service = "horcm"
        /// Between two looks at the volumes; nil: the monitor is off (-1).
        package var poll: Span? = .milliseconds(10_000)
        /// How long the partner may take to answer.
        package var timeout: Span = .milliseconds(30_000)
        package init() {}
    }

    /// The first is used; the others are its alternates.
    package struct CommandDeviceLine: Hashable, Sendable {
        package var devices: [CommandDeviceName]
        package init(devices: [CommandDeviceName]) { self.devices = devices }
    }

    package struct VolumeLine: Hashable, Sendable {
        package var group: String
        package var name: String
        package var location: Location
        /// `""`, `0` to `2`, or `h0` to `h3`.
        package var mirror: String
        /// The line of the file, for messages.
        package var line: Int

        package init(group: String, name: String, location: Location, mirror: String = "", line: Int = 0) {
            self.group = group
            self.name = name
            self.location = location
            self.mirror = mirror
            self.line = line
        }
    }

    package enum Location: Hashable, Sendable {
        /// HORCM_DEV: searched in all arrays of HORCM_CMD, the first that has the path.
        case path(VolumePath)
        /// HORCM_LDEV.
        case ldev(ArraySerial, LDEVNumber)
    }

    package struct ArrayGroupLine: Hashable, Sendable {
        /// The dev_group that its volumes form.
        package var group: String
        /// The device group of the array.
        package var arrayGroup: String
        package var serial: ArraySerial
        package var line: Int

        package init(group: String, arrayGroup: String, serial: ArraySerial, line: Int = 0) {
            self.group = group
            self.arrayGroup = arrayGroup
            self.serial = serial
            self.line = line
        }
    }

    package struct PartnerLine: Hashable, Sendable {
        package var group: String
        package var address: String
        package var service: String
        /// HORCM_INSTP: 1 to 255. A bench has one link between two arrays, so that it chooses nothing.
        package var path: UInt8?

        package init(group: String, address: String, service: String, path: UInt8? = nil) {
            self.group = group
            self.address = address
            self.service = service
            self.path = path
        }
    }

    /// Group names in the order of the file; groups that the array knows come last.
    package var groups: [String] {
        var seen: Set<String> = []
        return (volumes.map(\.group) + arrayGroups.map(\.group)).filter { seen.insert($0).inserted }
    }

    /// What the file says and an instance of the bench does nothing with, as sentences for its log.
    package var withoutEffect: [String] {
        var sentences: [String] = []
        if !markedGroups.isEmpty { sentences.append("HORCM_CTQM changes nothing: every write of a group is a marker.") }
        if partners.contains(where: { $0.path != nil }) {
            sentences.append("The path IDs of HORCM_INSTP change nothing: two arrays are joined by one link.")
        }
        return sentences
    }

    /// The instances whose requests are answered; nil: everybody's. Partners are among them even if they are not named
    /// there: the manuals have the section for users of a virtual command device, and a file that was written for those
    /// must not part its pairs.
    package var answered: [InstanceAddress]? {
        guard !allowed.isEmpty else { return nil }
        return allowed + partners.map { InstanceAddress(address: $0.address, service: $0.service) }
    }

    package func volumes(in group: String) -> [VolumeLine] { volumes.filter { $0.group == group } }
    package func partners(of group: String) -> [PartnerLine] { partners.filter { $0.group == group } }
}

/// How HORCM_CMD names a command device.
package enum CommandDeviceName: Hashable, Sendable {
    case file(String)
    /// Names of device files with `*` and `?`: the command devices among them.
    case pattern(String)
    /// `\\.\CMD-<serial>` with whatever follows: the array is found by its serial.
    case serial(ArraySerial)
    /// `\\.\IPCMD-<address>-<port>`: out of band, over the network.
    case network(InstanceAddress)
}

/// Where something listens, as a configuration file writes it.
package struct InstanceAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name or an address.
    package var address: String
    /// A service name or a port number.
    package var service: String

    package init(address: String, service: String) {
        self.address = address
        self.service = service
    }

    package var description: String { "\(address) \(service)" }
}
