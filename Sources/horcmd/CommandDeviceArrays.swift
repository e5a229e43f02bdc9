// The arrays behind the command devices of HORCM_CMD, each with the device that answered and its alternates.

internal import CommandDevice
internal import Platform
internal import RaidManager
internal import RaidManagerShell
internal import ReplicationCore

/// **Threads**: any; it holds nothing that changes.
struct CommandDeviceArrays: ArrayPort {
    private struct Unit {
        var serial: ArraySerial
        /// The device that answered at the start, then its alternates.
        var paths: [String]
    }

    private var units: [Unit] = []
    private(set) var identities: [ArrayIdentity] = []
    var devices: [String] { units.map { $0.paths[0] } }

    /// Asks each array of HORCM_CMD for its identity.
    /// - Throws: `StartFailure` if one does not answer or is another than the file says.
    init(_ lines: [HorcmConfiguration.CommandDeviceLine], _ environment: InstanceEnvironment) throws(StartFailure) {
        let devices = DeviceTableFile.read(environment)
        for line in lines {
            var paths: [String] = []
            for device in line.devices {
                paths += try Self.paths(of: device, devices, environment.commandDeviceDirectory)
            }
            let (identity, path) = try Self.identify(paths)
            for case .serial(let serial) in line.devices where serial != identity.serial {
                throw StartFailure(
                    "HORCM_CMD names array \(serial), but its command device answers as \(identity.serial). "
                        + "Correct the serial, or the link in ARRAYBENCH_COMMAND_DEVICES.")
            }
            let ordered = [path] + paths.filter { $0 != path }
            if let known = units.firstIndex(where: { $0.serial == identity.serial }) {
                units[known].paths += ordered
            } else {
                units.append(Unit(serial: identity.serial, paths: ordered))
                identities.append(identity)
            }
        }
    }

    private static func paths(
        of device: CommandDeviceName, _ devices: HostDevices, _ directory: String?
    ) throws(StartFailure) -> [String] {
        switch device {
        case .file(let path):
            guard let device = devices.device(path), device.kind == .command else { return [path] }
            // The name leads nowhere outside of the host's own view of the machine.
            return [path] + devices.commandDevices(of: device.serial, linkedIn: directory).filter { $0 != path }
        case .serial(let serial):
            let paths = devices.commandDevices(of: serial, linkedIn: directory)
            guard !paths.isEmpty else {
                throw StartFailure(
                    "HORCM_CMD names array \(serial), but ARRAYBENCH_COMMAND_DEVICES is not set. "
                        + "Set it to the directory that holds the command devices by serial.")
            }
            return paths
        }
    }

    private static func identify(_ paths: [String]) throws(StartFailure) -> (ArrayIdentity, String) {
        var reasons: [String] = []
        for path in paths {
            do throws(SystemFailure) {
                if case .identity(let identity) = try CommandDeviceChannel.exchange(.identify, path) {
                    return (identity, path)
                }
                reasons.append("\(path) is no command device")
            } catch {
                reasons.append(error.description)
            }
        }
        throw StartFailure(
            "No command device answers: \(reasons.joined(separator: "; ")). Start the array, or correct HORCM_CMD.")
    }

    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply {
        guard let unit = units.first(where: { $0.serial == serial }) else { throw HorcmFailure(.noSuchLDEV) }
        var reason = ""
        for path in unit.paths {
            do throws(SystemFailure) {
                return try CommandDeviceChannel.exchange(request, path)
            } catch {
                reason = error.description
                // Only a request that was not handed over may be tried elsewhere.
                if error.operation != "open" { break }
            }
        }
        throw HorcmFailure(.commandDeviceFailed, "Array \(serial): \(reason).")
    }
}
