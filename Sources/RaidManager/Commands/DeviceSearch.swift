// From names of device files, as they come through a pipe, to volumes of arrays.

internal import CommandDevice
internal import ReplicationCore

enum DeviceFileNames {
    /// One or several names on a line; a name without a folder is below `/dev`.
    static func inText(_ text: String) -> [String] {
        text.split { $0 == " " || $0 == "\t" || $0 == "\n" }.map { $0.hasPrefix("/") ? String($0) : "/dev/\($0)" }
    }
}

extension HorcmSession {
    /// Lets the instance change the volumes behind these devices, as far as they are its own.
    func permit(_ devices: [HostDevice]) throws(HorcmFailure) {
        switch try ask(.control(.permit(devices.map { VolumeNumber($0.serial, $0.ldev) }))) {
        case .done: return
        case .failed(let failure): throw failure
        case .information, .volumes, .array, .isThere, .events, .replaced: throw HorcmFailure(.invalidReturnCode)
        }
    }
}

extension HostMachine {
    /// The device files that standard input names.
    func inputNames() -> [String] { inputLines().flatMap(DeviceFileNames.inText) }

    /// The devices among `names` that lead to an array, with what their arrays say of them. An array that does not answer
    /// says nothing: its devices are found all the same, as a host knows a disk from its inquiry.
    /// - Parameter units: serials in the order of HORCM_CMD.
    func find(_ names: [String], units: [ArraySerial] = []) -> [FoundDevice] {
        var found: [FoundDevice] = []
        for name in names {
            guard let device = device(at: name) else { continue }
            found.append(FoundDevice(name: name, device: device, unit: units.firstIndex(of: device.serial)))
        }
        var serials: [ArraySerial] = []
        for device in found where !serials.contains(device.device.serial) { serials.append(device.device.serial) }
        for serial in serials {
            let ldevs = found.filter { $0.device.serial == serial && $0.device.kind == .volume }.map(\.device.ldev)
            guard let volumes = try? volumes(.ldevs(ldevs), on: serial) else { continue }
            let byNumber = Dictionary(volumes.map { ($0.ldev, $0) }, uniquingKeysWith: { first, _ in first })
            for index in found.indices where found[index].device.serial == serial {
                found[index].snapshot = byNumber[found[index].device.ldev]
            }
        }
        return found
    }
}
