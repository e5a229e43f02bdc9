// Where the command devices are that HORCM_CMD names: device files, patterns, serials, network addresses.

internal import CommandDevice
internal import Glibc
internal import RaidManager
internal import RaidManagerShell

struct CommandDeviceFinder {
    private let devices: HostDevices
    private let directory: String?

    init(_ environment: InstanceEnvironment) {
        devices = DeviceTableFile.read(environment)
        directory = environment.commandDeviceDirectory
    }

    /// The devices of one line, each with all ways to it, the first named first. An alternate that leads nowhere, or where
    /// another one leads, is left out.
    /// - Throws: why no name of the line leads anywhere.
    func devices(of line: HorcmConfiguration.CommandDeviceLine) throws(StartFailure) -> [[String]] {
        var devices: [[String]] = []
        var failure: StartFailure?
        for device in line.devices {
            do throws(StartFailure) {
                let paths = try self.paths(of: device)
                if !devices.contains(paths) { devices.append(paths) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure, devices.isEmpty { throw failure }
        return devices
    }

    private func paths(of device: CommandDeviceName) throws(StartFailure) -> [String] {
        switch device {
        case .file(let path):
            guard let device = devices.device(path), device.kind == .command else { return [path] }
            // The name leads nowhere outside of the host's own view of the machine.
            return [path] + devices.commandDevices(of: device.serial, linkedIn: directory).filter { $0 != path }
        case .pattern(let pattern):
            guard let found = devices.commandDevice(like: pattern) else {
                throw StartFailure(
                    "HORCM_CMD's '\(pattern)' fits no command device of this host. "
                        + "'inqraid -CM -CLI' shows those that there are.")
            }
            return [found.name]
                + devices.commandDevices(of: found.serial, linkedIn: directory).filter { $0 != found.name }
        case .serial(let serial):
            let paths = devices.commandDevices(of: serial, linkedIn: directory)
            guard !paths.isEmpty else {
                throw StartFailure(
                    "HORCM_CMD names array \(serial), but ARRAYBENCH_COMMAND_DEVICES is not set. "
                        + "Set it to the directory that holds the command devices by serial.")
            }
            return paths
        case .network(let place): return [try path(of: place)]
        }
    }

    /// An array's service processor takes commands over the network; a bench says by a link which array an address is.
    private func path(of place: InstanceAddress) throws(StartFailure) -> String {
        let name = "IPCMD-\(place.address)-\(place.service)"
        if let path = directory.map({ "\($0)/\(name)" }), unsafe access(path, F_OK) == 0 { return path }
        throw StartFailure(
            "HORCM_CMD names \\\\.\\\(name), and no array of the bench has that address. "
                + "Name it under 'command-devices' of a host in the bench file, or link its command device as \(directory ?? "$ARRAYBENCH_COMMAND_DEVICES")/\(name)."
        )
    }
}
