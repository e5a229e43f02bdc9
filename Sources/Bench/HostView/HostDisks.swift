// Which disk of a host is which volume of its array: `etc/arraybench.devices` in the host's root folder. Names follow from
// the bench file alone: a volume keeps its name, attached or not.

package import CommandDevice
internal import HostView
internal import ReplicationCore

package enum HostDisks {
    /// The volumes of the host's array in the order of the bench file, then its command device.
    package static func table(
        of host: HostDescription, in bench: BenchDescription, layout: BenchLayout
    ) -> HostDevices {
        guard let array = bench.array(named: host.array) else { return HostDevices() }
        let volumes = array.ldevs.enumerated().map { index, ldev in
            HostDevice(
                name: DeviceNames.disk(index), kind: .volume, serial: ArraySerial(array.serial), ldev: ldev.number,
                path: VolumePath(port: ldev.port, target: ldev.target, lun: ldev.lun),
                file: layout.device(of: ldev.number.description, array: array.name))
        }
        return HostDevices(volumes + [commandDevice(of: array, layout)])
    }

    /// A command device is an LDEV too: the number after the last, and the LUN after the last of the first port.
    private static func commandDevice(of array: ArrayDescription, _ layout: BenchLayout) -> HostDevice {
        let port = array.ldevs.first?.port ?? "CL1-A"
        let lun = array.ldevs.filter { $0.port == port }.map(\.lun).max().map { $0 &+ 1 } ?? 0
        let number = array.ldevs.map(\.number.value).max().map { $0 &+ 1 } ?? 0
        return HostDevice(
            name: DeviceNames.disk(array.ldevs.count), kind: .command, serial: ArraySerial(array.serial),
            ldev: LDEVNumber(number), path: VolumePath(port: port, target: 0, lun: lun),
            file: layout.commandDevice(of: array.name))
    }
}
