// What a horcmN.conf says, as values. The file's grammar is in `ConfigurationParser`.
//
// - Source: RAID Manager reference, sections 1.2 to 1.7.

package import CommandDevice
package import ReplicationCore

package struct HorcmConfiguration: Hashable, Sendable {
    package var monitor = Monitor()
    /// One entry for each line of HORCM_CMD; the unit number is the order in which serials first appear.
    package var commandDevices: [CommandDeviceLine] = []
    package var volumes: [VolumeLine] = []
    package var partners: [PartnerLine] = []

    package init() {}

    package struct Monitor: Hashable, Sendable {
        /// A host name or an address; `NONE` means any.
        package var address = "NONE"
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

    package struct PartnerLine: Hashable, Sendable {
        package var group: String
        package var address: String
        package var service: String

        package init(group: String, address: String, service: String) {
            self.group = group
            self.address = address
            self.service = service
        }
    }

    /// Group names in the order of the file.
    package var groups: [String] {
        var seen: Set<String> = []
        return volumes.map(\.group).filter { seen.insert($0).inserted }
    }

    package func volumes(in group: String) -> [VolumeLine] { volumes.filter { $0.group == group } }
    package func partners(of group: String) -> [PartnerLine] { partners.filter { $0.group == group } }
}

/// How HORCM_CMD names a command device.
package enum CommandDeviceName: Hashable, Sendable {
    case file(String)
    /// `\\.\CMD-<serial>` with whatever follows: the array is found by its serial.
    case serial(ArraySerial)
}
