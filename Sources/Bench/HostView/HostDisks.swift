// Which disk of a host is which volume of its array: `etc/arraybench.devices` in the host's root folder. Names follow from
// the bench file alone: a volume keeps its name, attached or not.

package import CommandDevice
internal import HostView
internal import ReplicationCore

package enum HostDisks {
    /// The volumes of the host's array in the order of the bench file, then its command devices: under the names that the
    /// host's own horcm<N>.conf has for them, or as the disk behind the last.
    package static func table(
        of host: HostDescription, in bench: BenchDescription, layout: BenchLayout
    ) -> HostDevices {
        guard let array = bench.array(named: host.array) else { return HostDevices() }
        var aliases: [CommandDeviceAlias] = []
        for alias in bench.hosts(onMachine: bench.machine(of: host)).flatMap(\.commandDevices)
        where alias.networkName == nil && !aliases.contains(where: { $0.name == alias.name }) {
            aliases.append(alias)
        }
        let taken = Set(aliases.map(\.name))
        let names = (0...(array.ldevs.count + taken.count)).lazy.map { DeviceNames.disk($0) }.filter {
            !taken.contains($0)
        }
        let volumes = zip(names, array.ldevs).map { name, ldev in
            HostDevice(
                name: name, kind: .volume, serial: ArraySerial(array.serial), ldev: ldev.number,
                path: VolumePath(port: ldev.port, target: ldev.target, lun: ldev.lun),
                file: layout.device(of: ldev.number.description, array: array.name))
        }
        var commands = aliases.compactMap { alias in
            bench.array(named: alias.array).map { commandDevice(of: $0, alias.name, layout) }
        }
        if !aliases.contains(where: { $0.array == array.name }), let next = names.dropFirst(array.ldevs.count).first {
            commands.append(commandDevice(of: array, next, layout))
        }
        return HostDevices(volumes + commands)
    }

    /// A command device is an LDEV too: the number after the last, and the LUN after the last of the first port.
    private static func commandDevice(of array: ArrayDescription, _ name: String, _ layout: BenchLayout) -> HostDevice {
        let port = array.ldevs.first?.port ?? "CL1-A"
        let lun = array.ldevs.filter { $0.port == port }.map(\.lun).max().map { $0 &+ 1 } ?? 0
        let number = array.ldevs.map(\.number.value).max().map { $0 &+ 1 } ?? 0
        return HostDevice(
            name: name, kind: .command, serial: ArraySerial(array.serial),
            ldev: LDEVNumber(number), path: VolumePath(port: port, target: 0, lun: lun),
            file: layout.commandDevice(of: array.name))
    }
}
