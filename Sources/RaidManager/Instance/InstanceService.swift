// What an instance does with a request: looks volumes up in its configuration, asks its array, passes on to its partner.
// It is the daemon without sockets: the daemon gives it a real array and a real partner, a test gives it two values.

package import CommandDevice
package import ReplicationCore

/// The arrays that an instance reaches through its command devices.
package protocol ArrayPort: Sendable {
    /// - Throws: EX_CMDIOE if the array does not answer.
    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply
}

/// The partners of an instance.
package protocol PartnerPort: Sendable {
    /// Asks one partner after the other until one answers.
    /// - Throws: EX_ENORMT if none does.
    func ask(_ request: InstanceRequest, of partners: [HorcmConfiguration.PartnerLine]) throws(HorcmFailure)
        -> InstanceReply
}

/// Who asks.
package enum Asker: Hashable, Sendable {
    case command
    case partner
}

package struct InstanceService<Arrays: ArrayPort, Partners: PartnerPort>: Sendable {
    package var configuration: HorcmConfiguration
    package var information: InstanceInformation
    package let arrays: Arrays
    package let partners: Partners
    /// The host's device files, as they are whenever it is called.
    package let devices: @Sendable () -> HostDevices

    /// - Parameter information: its arrays are those that answered at the start, in the order of HORCM_CMD.
    package init(
        configuration: HorcmConfiguration, information: InstanceInformation, arrays: Arrays, partners: Partners,
        devices: @escaping @Sendable () -> HostDevices = { HostDevices() }
    ) {
        self.devices = devices
        self.configuration = configuration
        self.information = information
        self.arrays = arrays
        self.partners = partners
    }

    /// Answers everything but `shutDown`, which is its owner's.
    package func answer(_ request: InstanceRequest, for asker: Asker) -> InstanceReply {
        do throws(HorcmFailure) {
            switch request {
            case .information: return .information(information)
            case .volumes(let target, let from): return try page(of: reports(target), from: Int(from))
            case .perform(let serial, let request): return try perform(request, on: serial)
            case .relay(let group, let request): return try relay(request, group: group, for: asker)
            case .shutDown: throw HorcmFailure(.unknownFunction)
            }
        } catch {
            return .failed(error)
        }
    }

    private func page(of reports: [VolumeReport], from: Int) -> InstanceReply {
        let rest = reports.dropFirst(from)
        let next = rest.count > InstanceReply.volumesPerPage ? UInt32(from + InstanceReply.volumesPerPage) : nil
        return .volumes(Array(rest.prefix(InstanceReply.volumesPerPage)), next: next)
    }

    private func relay(
        _ request: InstanceRequest, group: String, for asker: Asker
    ) throws(HorcmFailure) -> InstanceReply {
        guard asker == .command else { throw HorcmFailure(.unknownFunction) }
        let partners = configuration.partners(of: group)
        guard !partners.isEmpty else { throw HorcmFailure(.noSuchDeviceOrGroup) }
        return try self.partners.ask(request, of: partners)
    }

    private func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> InstanceReply {
        guard information.arrays.contains(where: { $0.serial == serial }) else { throw HorcmFailure(.noSuchLDEV) }
        if let named = request.volumesNamed {
            let own = try Set(reports(configuration.volumes).filter { $0.serial == serial }.compactMap(\.ldev))
            guard named.allSatisfy(own.contains) else {
                throw HorcmFailure(.noSuchDevice, "A volume is not in the instance's configuration.")
            }
        }
        return .array(try arrays.perform(request, on: serial))
    }

    // MARK: Looking volumes up

    private func reports(_ target: VolumeTarget) throws(HorcmFailure) -> [VolumeReport] {
        switch target {
        case .group(let group): return try reports(required(configuration.volumes(in: group)))
        case .device(let name, let group):
            let found = configuration.volumes.filter { $0.name == name && (group == nil || $0.group == group) }
            return try reports(required(Array(found.prefix(1))))
        case .file(let path, let wholeGroup):
            if let device = devices().device(path), device.kind == .volume {
                return try search(wholeGroup) { $0.serial == device.serial && $0.ldev == device.ldev }
            }
            return try search(wholeGroup) { $0.snapshot?.device == path || $0.snapshot?.blockDevice == path }
        case .ldev(let serial, let ldev, let wholeGroup):
            return try search(wholeGroup) { $0.serial == serial && $0.ldev == ldev }
        }
    }

    private func required(
        _ lines: [HorcmConfiguration.VolumeLine]
    ) throws(HorcmFailure) -> [HorcmConfiguration.VolumeLine] {
        guard !lines.isEmpty else { throw HorcmFailure(.noSuchDeviceOrGroup) }
        return lines
    }

    private func search(
        _ wholeGroup: Bool, _ matches: (VolumeReport) -> Bool
    ) throws(HorcmFailure) -> [VolumeReport] {
        let all = try reports(configuration.volumes)
        guard let found = all.first(where: matches) else { throw HorcmFailure(.noSuchDeviceOrGroup) }
        return wholeGroup ? all.filter { $0.group == found.group } : [found]
    }

    /// Asks each array once for all its volumes among `lines`.
    package func reports(_ lines: [HorcmConfiguration.VolumeLine]) throws(HorcmFailure) -> [VolumeReport] {
        var reports: [VolumeReport?] = Array(repeating: nil, count: lines.count)
        for identity in information.arrays {
            let byNumber = lines.compactMap { $0.ldev(on: identity.serial) }
            if !byNumber.isEmpty {
                let found = try snapshots(.ldevs(byNumber), on: identity.serial)
                for (index, line) in lines.enumerated() {
                    guard let ldev = line.ldev(on: identity.serial) else { continue }
                    reports[index] = line.report(identity.serial, found.first { $0.ldev == ldev })
                }
            }
            let open = lines.indices.filter { reports[$0]?.snapshot == nil && lines[$0].path != nil }
            let byPath = open.compactMap { lines[$0].path }
            if !byPath.isEmpty {
                let found = try snapshots(.paths(byPath), on: identity.serial)
                for index in open {
                    // A volume that no array has is reported under the first one.
                    let snapshot = found.first { $0.path == lines[index].path }
                    if snapshot != nil || reports[index] == nil {
                        reports[index] = lines[index].report(identity.serial, snapshot)
                    }
                }
            }
        }
        let devices = devices()
        return zip(reports, lines).map { report, line in
            // Left over: volumes of an array that HORCM_CMD does not name.
            var report = report ?? line.report(line.serial ?? ArraySerial(0), nil)
            report.deviceFile = report.ldev.flatMap { devices.name(of: report.serial, $0) }
            return report
        }
    }

    private func snapshots(
        _ selection: VolumeSelection, on serial: ArraySerial
    ) throws(HorcmFailure) -> [VolumeSnapshot] {
        try VolumePages.all(selection, of: serial) { (request) throws(HorcmFailure) in
            try arrays.perform(request, on: serial)
        }
    }
}

extension HorcmConfiguration.VolumeLine {
    var serial: ArraySerial? {
        switch location {
        case .ldev(let serial, _): serial
        case .path: nil
        }
    }

    var path: VolumePath? {
        switch location {
        case .path(let path): path
        case .ldev: nil
        }
    }

    func ldev(on serial: ArraySerial) -> LDEVNumber? {
        switch location {
        case .ldev(serial, let ldev): ldev
        case .ldev, .path: nil
        }
    }

    func report(_ serial: ArraySerial, _ snapshot: VolumeSnapshot?) -> VolumeReport {
        VolumeReport(
            group: group, name: name, serial: serial, mirror: mirror, ldev: snapshot?.ldev ?? ldev(on: serial),
            path: snapshot?.path ?? path, snapshot: snapshot)
    }
}

extension ArrayRequest {
    /// The volumes of the asked array that a request would change; nil if it only looks.
    package var volumesNamed: [LDEVNumber]? {
        switch self {
        case .identify, .volumes, .inventory, .administer: nil
        case .create(let order): order.pairings.map(\.local)
        case .split(let ldevs, _), .resynchronise(let ldevs, _, _), .swap(let ldevs, _), .takeOver(let ldevs, _),
            .rollBackTakeover(let ldevs), .lowerFence(let ldevs), .delete(let ldevs, _):
            ldevs
        case .local(let order): order.volumesNamed
        case .journal(.marker), .journal(.waitFor), .guards(.show): nil
        case .journal(.setTimers(let ldevs, _)), .guards(.set(let ldevs, _, _)): ldevs
        }
    }
}
