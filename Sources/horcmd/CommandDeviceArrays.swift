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
    /// - Throws: `StartFailure` if one does not answer, is another than the file says, or is not there for HORCM_VCMD.
    init(_ configuration: HorcmConfiguration, _ environment: InstanceEnvironment) throws(StartFailure) {
        let finder = CommandDeviceFinder(environment)
        for line in configuration.commandDevices {
            let paths = try finder.paths(of: line)
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
        try choose(configuration.virtualMachines)
    }

    /// HORCM_VCMD: these arrays alone, in this order. An array of the bench has no virtual ones in it but itself.
    private mutating func choose(_ serials: [ArraySerial]) throws(StartFailure) {
        guard !serials.isEmpty else { return }
        var chosen: (units: [Unit], identities: [ArrayIdentity]) = ([], [])
        for serial in serials {
            guard let place = units.firstIndex(where: { $0.serial == serial }) else {
                throw StartFailure(
                    "HORCM_VCMD names the virtual array \(serial), which is in none of \(units.map(\.serial)). "
                        + "An array of the bench holds no other ones: give its own serial, or remove the section.")
            }
            chosen.units.append(units[place])
            chosen.identities.append(identities[place])
        }
        (units, identities) = chosen
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
