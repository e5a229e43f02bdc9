// Which disk of a host is which volume of its array: `etc/arraybench.devices` in the host's root folder. Commands read it
// to answer for `/dev/sdb` what a real host would ask the disk itself (INQUIRY). A line is
//
//   NAME KIND SERIAL LDEV PORT TID LUN        such as   /dev/sdb volume 30053 00:10 CL1-A 0 0
//
// KIND is `volume` or `command`. Names follow from the bench file alone: a volume keeps its name, attached or not.

internal import HostView
package import ReplicationCore

package struct DeviceTable: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case volume
        case command
    }

    package struct Entry: Hashable, Sendable {
        package var name: String
        package var kind: Kind
        package var serial: UInt64
        package var ldev: LDEVNumber
        package var port: String
        package var target: UInt16
        package var lun: UInt16
    }

    package private(set) var entries: [Entry] = []

    /// The volumes of the host's array in the order of the bench file, then its command device.
    package init(of host: HostDescription, in bench: BenchDescription) {
        guard let array = bench.array(named: host.array) else { return }
        for (index, ldev) in array.ldevs.enumerated() {
            entries.append(
                Entry(
                    name: DeviceNames.disk(index), kind: .volume, serial: array.serial, ldev: ldev.number,
                    port: ldev.port, target: ldev.target, lun: ldev.lun))
        }
        entries.append(Self.commandDevice(of: array))
    }

    /// A command device is an LDEV too: the number after the last, and the LUN after the last of the first port.
    private static func commandDevice(of array: ArrayDescription) -> Entry {
        let port = array.ldevs.first?.port ?? "CL1-A"
        let lun = array.ldevs.filter { $0.port == port }.map(\.lun).max().map { $0 &+ 1 } ?? 0
        let number = array.ldevs.map(\.number.value).max().map { $0 == .max ? 0 : $0 + 1 } ?? 0
        return Entry(
            name: DeviceNames.disk(array.ldevs.count), kind: .command, serial: array.serial, ldev: LDEVNumber(number),
            port: port, target: 0, lun: lun)
    }

    package var text: String {
        entries.map { "\($0.name) \($0.kind.rawValue) \($0.serial) \($0.ldev) \($0.port) \($0.target) \($0.lun)\n" }
            .joined()
    }
}
