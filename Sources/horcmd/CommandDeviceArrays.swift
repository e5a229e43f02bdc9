// The arrays behind the command devices of HORCM_CMD. Which device of an array is in use is `CommandDeviceUnits`' to say;
// this file asks and notes who answered.

internal import CommandDevice
internal import Platform
internal import RaidManager
internal import RaidManagerShell
internal import ReplicationCore

/// **Threads**: any. What changes is in `units`; nothing is asked under its lock.
final class CommandDeviceArrays: ArrayPort {
    private typealias Attempt = CommandDeviceUnits.Attempt

    private let units: Monitor<CommandDeviceUnits>
    private let log: DaemonLog
    let identities: [ArrayIdentity]

    var commandDevices: [String] { units.withLock { $0.inUse } }

    /// Asks each array of HORCM_CMD for its identity.
    /// - Throws: `StartFailure` if one does not answer, is another than the file says, or is not there for HORCM_VCMD.
    init(
        _ configuration: HorcmConfiguration, _ environment: InstanceEnvironment, _ log: DaemonLog
    ) throws(StartFailure) {
        self.log = log
        let finder = CommandDeviceFinder(environment)
        var units = CommandDeviceUnits()
        var identities: [ArrayIdentity] = []
        for line in configuration.commandDevices {
            let devices = try finder.devices(of: line)
            let (identity, answered) = try Self.identify(devices)
            for case .serial(let serial) in line.devices where serial != identity.serial {
                throw StartFailure(
                    "HORCM_CMD names array \(serial), but its command device answers as \(identity.serial). "
                        + "Correct the serial, or the link in ARRAYBENCH_COMMAND_DEVICES.")
            }
            units.add(identity.serial, devices, answered: answered)
            if !identities.contains(where: { $0.serial == identity.serial }) { identities.append(identity) }
        }
        let chosen = try Self.chosen(configuration.virtualMachines, units.serials)
        units.keep(chosen)
        self.identities = chosen.compactMap { serial in identities.first { $0.serial == serial } }
        self.units = Monitor(units)
    }

    /// HORCM_VCMD: these arrays alone, in this order. An array of the bench has no virtual ones in it but itself.
    private static func chosen(
        _ virtual: [ArraySerial], _ found: [ArraySerial]
    ) throws(StartFailure) -> [ArraySerial] {
        guard !virtual.isEmpty else { return found }
        for serial in virtual where !found.contains(serial) {
            throw StartFailure(
                "HORCM_VCMD names the virtual array \(serial), which is in none of \(found). "
                    + "An array of the bench holds no other ones: give its own serial, or remove the section.")
        }
        return virtual
    }

    private static func identify(_ devices: [[String]]) throws(StartFailure) -> (ArrayIdentity, Attempt) {
        var reasons: [String] = []
        for (device, names) in devices.enumerated() {
            for name in names {
                switch ask(name) {
                case .success(let identity): return (identity, Attempt(device: device, name: name))
                case .failure(let failure): reasons.append(failure.reason)
                }
            }
        }
        throw StartFailure(
            "No command device answers: \(reasons.joined(separator: "; ")). Start the array, or correct HORCM_CMD.",
            .notConnected)
    }

    private struct NoAnswer: Error { var reason: String }

    private static func ask(_ name: String) -> Result<ArrayIdentity, NoAnswer> {
        do throws(SystemFailure) {
            guard case .identity(let identity) = try CommandDeviceChannel.exchange(.identify, name) else {
                return .failure(NoAnswer(reason: "\(name) is no command device"))
            }
            return .success(identity)
        } catch {
            let isOther = error.code == CommandDeviceChannel.notACommandDevice
            return .failure(NoAnswer(reason: isOther ? "\(name) is no command device" : error.description))
        }
    }

    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply {
        let attempts = units.withLock { $0.attempts(on: serial) }
        guard !attempts.isEmpty else { throw HorcmFailure(.noSuchLDEV) }
        var reason = ""
        for attempt in attempts {
            do throws(SystemFailure) {
                let reply = try CommandDeviceChannel.exchange(request, attempt.name)
                // What was in use when a long order began may not be any more when it ends.
                if attempt != attempts[0] { use(attempt, of: serial) }
                return reply
            } catch {
                reason = error.description
                // Only a request that was not handed over may be tried elsewhere.
                if error.operation != "open" { break }
            }
        }
        throw HorcmFailure(.commandDeviceFailed, "Array \(serial): \(reason).")
    }

    func switchCommandDevice(of unit: Int) throws(HorcmFailure) -> Replacement {
        let (alternates, before, serial) = try units.withLock { (units) throws(HorcmFailure) in
            (try units.alternates(of: unit), units.inUse[unit], units.serials[unit])
        }
        var reasons: [String] = []
        for alternate in alternates {
            switch Self.ask(alternate.name) {
            case .success(let identity) where identity.serial == serial:
                use(alternate, of: serial)
                return Replacement(before, alternate.name)
            case .success(let identity): reasons.append("\(alternate.name) answers as array \(identity.serial)")
            case .failure(let failure): reasons.append(failure.reason)
            }
        }
        throw HorcmFailure(.commandDeviceFailed, "No other command device answers: \(reasons.joined(separator: "; ")).")
    }

    private func use(_ attempt: Attempt, of serial: ArraySerial) {
        guard let replacement = units.withLock({ $0.use(attempt, of: serial) }) else { return }
        log.write(DaemonMessage.commandDeviceChanged.line("\(serial)", replacement.before, replacement.after))
    }
}
