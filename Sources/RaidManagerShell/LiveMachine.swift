// The machine that a command really runs on.

internal import CPlatform
package import CommandDevice
internal import Glibc
internal import Platform
package import RaidManager
package import ReplicationCore

/// Reads the host's device table and reaches arrays through their command devices.
///
/// **Threads**: one.
package final class LiveMachine: HostMachine {
    private let environment: InstanceEnvironment
    /// Instead of standard input.
    private let input: [String]?

    package init(_ environment: InstanceEnvironment, input: [String]? = nil) {
        self.environment = environment
        self.input = input
    }

    package var devices: HostDevices { DeviceTableFile.read(environment) }

    package func device(at path: String) -> HostDevice? {
        let devices = devices
        if let device = devices.device(path) { return device }
        guard let real = Self.realPath(path) else { return nil }
        if real != path, let device = devices.device(real) { return device }
        if let number = Self.deviceNumber(path),
            let device = devices.devices.first(where: { Self.deviceNumber($0.name) == number })
        {
            return device
        }
        return presented[real] ?? presented[path]
    }

    /// Volumes by the files that present them and the block devices over those, as the arrays tell it. Asked for once, and
    /// only when a path is in no table: outside of the host's own view of the machine the table's names lead nowhere.
    private lazy var presented: [String: HostDevice] = {
        var presented: [String: HostDevice] = [:]
        for command in devices.devices where command.kind == .command {
            for volume in (try? volumes(.all, on: command.serial)) ?? [] {
                let device = HostDevice(
                    name: devices.name(of: command.serial, volume.ldev) ?? volume.device, serial: command.serial,
                    ldev: volume.ldev, path: volume.path, file: volume.device)
                for file in [volume.device, volume.blockDevice].compactMap({ $0 }) { presented[file] = device }
            }
        }
        return presented
    }()

    package func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply {
        var reasons: [String] = []
        for path in devices.commandDevices(of: serial, linkedIn: environment.commandDeviceDirectory) {
            do throws(SystemFailure) {
                return try CommandDeviceChannel.exchange(request, path)
            } catch {
                reasons.append(error.description)
                // Only a request that was not handed over may be tried elsewhere.
                if error.operation != "open" { break }
            }
        }
        let reason = reasons.isEmpty ? "this host has no command device of it" : reasons.joined(separator: "; ")
        throw HorcmFailure(.commandDeviceFailed, "Array \(serial): \(reason).")
    }

    package func inputLines() -> [String] { input ?? SystemCalls.inputLines() }

    package func inputLine(_ prompt: String, isSecret: Bool) -> String? {
        guard input == nil else { return nil }
        return SystemCalls.inputLine(prompt, isSecret: isSecret)
    }

    package var client: AdministrationClient {
        AdministrationClient(host: SystemCalls.hostName, account: geteuid())
    }

    package func write(_ text: String, to name: String) throws(HorcmFailure) {
        do throws(SystemFailure) {
            try SystemCalls.write(text, to: name)
        } catch {
            throw HorcmFailure(.invalidArgument, "\(error).")
        }
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// nil for what is no device.
    private static func deviceNumber(_ path: String) -> UInt? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFBLK || status.st_mode & S_IFMT == S_IFCHR
        else { return nil }
        return UInt(status.st_rdev)
    }
}

/// The host's device table, `<root>/etc/arraybench.devices`. A host without one has no devices.
package enum DeviceTableFile {
    package static func read(_ environment: InstanceEnvironment) -> HostDevices {
        guard let bytes = try? SystemCalls.read(environment.deviceTableFile, limit: 16 << 20) else {
            return HostDevices()
        }
        return HostDevices(parsing: String(decoding: bytes, as: UTF8.self))
    }
}

/// The table for a daemon: it is read again only when it was replaced or written to.
/// **Threads**: any.
package final class DeviceTable: Sendable {
    private struct State {
        var stamp: [Int] = []
        var devices = HostDevices()
    }

    private let environment: InstanceEnvironment
    private let state = Monitor(State())

    package init(_ environment: InstanceEnvironment) { self.environment = environment }

    package var devices: HostDevices {
        let stamp = Self.stamp(of: environment.deviceTableFile)
        return state.withLock { state in
            if state.stamp != stamp {
                state.stamp = stamp
                state.devices = DeviceTableFile.read(environment)
            }
            return state.devices
        }
    }

    /// What changes with the file; empty if there is none.
    private static func stamp(of path: String) -> [Int] {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return [] }
        return [Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    }
}
