// What a command can ask its instance, and an instance its partner. Commands hold the logic; an instance only looks
// volumes up, passes requests to its array and to its partner, and refuses what does not concern its own volumes.

package import CommandDevice
package import ReplicationCore

package indirect enum InstanceRequest: Hashable, Sendable {
    case information
    /// Volumes of the target from the given place on; a reply carries at most `InstanceReply.volumesPerPage`.
    case volumes(VolumeTarget, from: UInt32)
    /// To be done by the array of that serial, whose volumes must be in this instance's configuration.
    case perform(ArraySerial, ArrayRequest)
    /// To be answered by the group's partner.
    case relay(group: String, InstanceRequest)
    /// Waits until the monitor has seen a change that fits, but no longer than the span: whoever waits longer asks again.
    /// Nothing is taken, so that a command that was interrupted takes nothing with it.
    case awaitEvent(EventFilter, Span)
    case takeEvents(EventOrder)
    case control(InstanceControl)
    case shutDown
}

package enum InstanceReply: Hashable, Sendable {
    /// So many fit into one datagram even with the longest names and paths.
    package static let volumesPerPage = 64

    case information(InstanceInformation)
    /// `next`: where to go on asking; nil at the end.
    case volumes([VolumeReport], next: UInt32?)
    case array(ArrayReply)
    /// Whether an awaited change is there.
    case isThere(Bool)
    case events([StatusEvent])
    case replaced(Replacement)
    case done
    case failed(HorcmFailure)
}

package struct InstanceInformation: Hashable, Sendable {
    package struct Group: Hashable, Sendable {
        package var name: String
        package var mirror: String
        package var address: String
        package var service: String

        package init(name: String, mirror: String, address: String, service: String) {
            self.name = name
            self.mirror = mirror
            self.address = address
            self.service = service
        }
    }

    /// nil: the instance without a number.
    package var instance: UInt16?
    package var host: String
    package var address: String
    package var service: String
    package var version: String
    /// In the order of their unit numbers.
    package var arrays: [ArrayIdentity]
    /// The command device in use for each array.
    package var commandDevices: [String]
    package var groups: [Group]
    /// Whether the instance is in protection mode.
    package var isProtected: Bool

    package init(
        instance: UInt16?, host: String, address: String, service: String, version: String = ProductVersion.query,
        arrays: [ArrayIdentity], commandDevices: [String], groups: [Group], isProtected: Bool = false
    ) {
        self.instance = instance
        self.host = host
        self.address = address
        self.service = service
        self.version = version
        self.arrays = arrays
        self.commandDevices = commandDevices
        self.groups = groups
        self.isProtected = isProtected
    }
}

/// What the bench says of its own RAID Manager.
package enum ProductVersion {
    package static let model = "RAID-Manager/Linux/x64"
    /// As `-h` prints it; clients read the second word of its line.
    package static let help = "01-39-03/03"
    /// As raidqry prints it.
    package static let query = "01-39-03-03"
}
