// The machine that a command really runs on.

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

    package init(_ environment: InstanceEnvironment) { self.environment = environment }

    package var devices: HostDevices { DeviceTableFile.read(environment) }

    package func device(at path: String) -> HostDevice? {
        let devices = devices
        if let device = devices.device(path) { return device }
        guard let real = Self.realPath(path) else { return nil }
        if real != path, let device = devices.device(real) { return device }
        guard let number = Self.deviceNumber(path) else { return nil }
        return devices.devices.first { Self.deviceNumber($0.name) == number }
    }

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

    package func inputLines() -> [String] {
        var bytes: [UInt8] = []
        while let more = SystemCalls.readSome(0) { bytes += more }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
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
        guard let bytes = try? SystemCalls.read(environment.deviceTableFile) else { return HostDevices() }
        return HostDevices(parsing: String(decoding: bytes, as: UTF8.self))
    }
}
