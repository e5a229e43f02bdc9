// The arrays behind the command devices of HORCM_CMD. A device is opened for each request: every open file is a mailbox
// of its own, and an array that died and came back is found again without anybody noticing.

internal import CPlatform
internal import CommandDevice
internal import Glibc
internal import Platform
internal import RaidManager
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
    init(_ lines: [HorcmConfiguration.CommandDeviceLine], directory: String?) throws(StartFailure) {
        for line in lines {
            var paths: [String] = []
            for device in line.devices { paths.append(try Self.path(of: device, directory)) }
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

    private static func path(of device: CommandDeviceName, _ directory: String?) throws(StartFailure) -> String {
        switch device {
        case .file(let path): return path
        case .serial(let serial):
            guard let directory else {
                throw StartFailure(
                    "HORCM_CMD names array \(serial), but ARRAYBENCH_COMMAND_DEVICES is not set. "
                        + "Set it to the directory that holds the command devices by serial.")
            }
            return "\(directory)/\(serial)"
        }
    }

    private static func identify(_ paths: [String]) throws(StartFailure) -> (ArrayIdentity, String) {
        var reasons: [String] = []
        for path in paths {
            do throws(SystemFailure) {
                if case .identity(let identity) = try exchange(.identify, path) { return (identity, path) }
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
                return try Self.exchange(request, path)
            } catch {
                reason = error.description
                // Only a request that was not handed over may be tried elsewhere.
                if error.operation != "open" { break }
            }
        }
        throw HorcmFailure(.commandDeviceFailed, "Array \(serial): \(reason).")
    }

    /// One request through one mailbox; the read ends when the array has finished.
    private static func exchange(_ request: ArrayRequest, _ path: String) throws(SystemFailure) -> ArrayReply {
        // Never created: a missing device must not become a plain file.
        let file = unsafe arraybench_open(path, O_RDWR, 0)
        guard file >= 0 else { throw SystemFailure("open", path, -file) }
        defer { close(file) }
        let bytes = request.encoded()
        let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
        guard written == bytes.count else { throw SystemFailure("write to", path, written < 0 ? errno : EIO) }
        var buffer = [UInt8](repeating: 0, count: CommandDeviceWire.largestMessage)
        var count = -1
        repeat {
            count = unsafe pread(file, &buffer, CommandDeviceWire.largestMessage, 0)
        } while count < 0 && errno == EINTR
        guard count > 0 else { throw SystemFailure("read from", path, count < 0 ? errno : EIO) }
        do throws(WireError) {
            return try ArrayReply(decoding: Array(buffer.prefix(count)))
        } catch {
            throw SystemFailure("understand the answer of", path, EPROTO)
        }
    }
}
