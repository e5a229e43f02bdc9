// How the commands that look at an array instead of a group say which array, and which of its volumes.

internal import CommandDevice
internal import ReplicationCore

/// `-s <seq#>` and `-u <unit>`.
struct UnitChoice: Sendable {
    var serial: ArraySerial?
    var unit: Int?

    /// The arrays that are meant: one, or without a choice all.
    /// - Parameter units: those of HORCM_CMD, in its order.
    /// - Throws: EX_ENOUNT
    func serials(_ units: [ArraySerial]) throws(HorcmFailure) -> [ArraySerial] {
        if let serial {
            guard units.contains(serial) else {
                throw HorcmFailure(.unitNotConnected, "The instance does not reach array \(serial).")
            }
            return [serial]
        }
        guard let unit else { return units }
        guard units.indices.contains(unit) else {
            throw HorcmFailure(.unitNotConnected, "HORCM_CMD has no unit \(unit).")
        }
        return [units[unit]]
    }
}

/// `-p <port> -t <targ> -l <lun>`; what is not given fits everything.
struct PathChoice: Sendable {
    var port: String?
    var target: UInt16?
    var lun: UInt16?

    func fits(_ path: VolumePath) -> Bool {
        if let port, path.port.uppercased() != port.uppercased() { return false }
        if let target, path.target != target { return false }
        if let lun, path.lun != lun { return false }
        return true
    }
}

extension VolumePath {
    /// Whether the path is at that port, in whatever host group.
    func isAt(_ name: String) -> Bool { port == name || port.hasPrefix(name + "-") }
}

extension HorcmSession {
    /// Asks one of the instance's arrays.
    func array(_ request: ArrayRequest, _ serial: ArraySerial) throws(HorcmFailure) -> ArrayReply {
        switch try ask(.perform(serial, request)) {
        case .array(let reply): return reply
        case .failed(let failure): throw failure
        case .information, .volumes, .isThere, .events, .replaced, .done: throw HorcmFailure(.invalidReturnCode)
        }
    }

    func inventory(_ question: InventoryQuestion, _ serial: ArraySerial) throws(HorcmFailure) -> InventoryAnswer {
        switch try array(.inventory(question), serial) {
        case .inventory(let answer): return answer
        case .refused(let refusal, let ldev): throw HorcmFailure(refusal, from: serial, ldev: ldev)
        case .identity, .volumes, .done, .journal, .guards, .administration: throw HorcmFailure(.invalidReturnCode)
        }
    }

    /// The volumes of an array that a path choice fits, in each of the mirrors, with their ports.
    func scan(
        _ serial: ArraySerial, _ choice: PathChoice, mode: CopyMode, mirrors: [UInt8]
    ) throws(HorcmFailure) -> [ScannedVolume] {
        let volumes = try VolumePages.all(.all, of: serial) { (request) throws(HorcmFailure) in
            try array(request, serial)
        }
        var ports: [PortSnapshot] = []
        if case .ports(let found) = try inventory(.ports, serial) { ports = found }
        return volumes.filter { choice.fits($0.path) }.flatMap { volume in
            mirrors.map { mirror in
                var scanned = ScannedVolume(volume, of: serial, mode: mode, mirror: mirror)
                scanned.port = ports.first { volume.path.isAt($0.name) }
                return scanned
            }
        }
    }
}
