// What an instance does with a request: looks volumes up in its configuration, asks its array, passes on to its partner.
// It is the daemon without sockets: the daemon gives it a real array and a real partner, a test gives it two values.

package import CommandDevice
package import ReplicationCore

/// The arrays that an instance reaches through its command devices.
package protocol ArrayPort: Sendable {
    /// - Throws: EX_CMDIOE if the array does not answer.
    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply
    /// The command device in use for each array, in the order of the units.
    var commandDevices: [String] { get }
    /// Goes on to the next command device of a unit that answers.
    /// - Throws: EX_ENODEV if there is no such unit or no other device, EX_CMDIOE if no other answers.
    func switchCommandDevice(of unit: Int) throws(HorcmFailure) -> Replacement
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
    /// Indexed: a question about one group takes no longer for the number of the others.
    let index: IndexedConfiguration
    package var configuration: HorcmConfiguration { index.whole }
    package var information: InstanceInformation
    package let arrays: Arrays
    package let partners: Partners
    package let memory: any InstanceMemory
    /// The host's device files, as they are whenever it is called.
    package let devices: @Sendable () -> HostDevices
    /// Whether a volume's device file is there only while the bench has a block device over it.
    private let hasBlockDevices: Bool

    /// - Parameters:
    ///   - information: its arrays are those that answered at the start, in the order of HORCM_CMD.
    ///   - hasBlockDevices: false where device files are the volumes' own files, as in views of an ordinary user.
    package init(
        configuration: HorcmConfiguration, information: InstanceInformation, arrays: Arrays, partners: Partners,
        memory: any InstanceMemory, devices: @escaping @Sendable () -> HostDevices = { HostDevices() },
        hasBlockDevices: Bool = true
    ) {
        self.devices = devices
        self.hasBlockDevices = hasBlockDevices
        index = IndexedConfiguration(configuration)
        self.information = information
        self.arrays = arrays
        self.partners = partners
        self.memory = memory
    }

    /// Answers everything but `shutDown`, which is its owner's.
    package func answer(_ request: InstanceRequest, for asker: Asker) -> InstanceReply {
        do throws(HorcmFailure) {
            switch request {
            case .information: return .information(currentInformation)
            case .volumes(let target, let from): return try page(of: target, from: Int(from))
            case .perform(let serial, let request): return try perform(request, on: serial)
            case .relay(let group, let request): return try relay(request, group: group, for: asker)
            case .awaitEvent(let filter, let span): return try awaitEvent(filter, span, for: asker)
            case .takeEvents(let order): return try takeEvents(order, for: asker)
            case .control(let order): return try control(order, for: asker)
            case .shutDown: throw HorcmFailure(.unknownFunction)
            }
        } catch {
            return .failed(error)
        }
    }

    /// Only the page's volumes are asked for.
    private func page(of target: VolumeTarget, from: Int) throws(HorcmFailure) -> InstanceReply {
        let rest = try volumes(of: target).dropFirst(from)
        let next = rest.count > InstanceReply.volumesPerPage ? UInt32(from + InstanceReply.volumesPerPage) : nil
        return .volumes(try reports(Array(rest.prefix(InstanceReply.volumesPerPage))), next: next)
    }

    private func relay(
        _ request: InstanceRequest, group: String, for asker: Asker
    ) throws(HorcmFailure) -> InstanceReply {
        guard asker == .command else { throw HorcmFailure(.unknownFunction) }
        let partners = index.partners(of: group)
        guard !partners.isEmpty else { throw HorcmFailure(.noSuchDeviceOrGroup) }
        return try self.partners.ask(request, of: memory.change { $0.inOrder(partners, of: group) })
    }

    private func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> InstanceReply {
        guard information.arrays.contains(where: { $0.serial == serial }) else { throw HorcmFailure(.noSuchLDEV) }
        guard try isOwn(request, of: serial) else {
            throw HorcmFailure(.noSuchDevice, "A volume is not in the instance's configuration.")
        }
        try checkPermission(request, serial)
        return .array(try arrays.perform(request, on: serial))
    }

    // MARK: Looking volumes up

    /// Whether the request is about volumes of the configuration. Of a local pair one instance knows one half, and takes the
    /// other from its partner, as it takes the other array's volume of a remote pair.
    private func isOwn(_ request: ArrayRequest, of serial: ArraySerial) throws(HorcmFailure) -> Bool {
        if case .local(let order) = request {
            for name in order.names {
                if try areOwn([name.primary], of: serial) { continue }
                guard try areOwn([name.secondary], of: serial) else { return false }
            }
            return true
        }
        guard let named = request.volumesNamed else { return true }
        return try areOwn(named, of: serial)
    }

    /// Whether every one of these volumes of an array is in the configuration. The array is asked only about lines that
    /// name a path instead of a number.
    func areOwn(_ ldevs: [LDEVNumber], of serial: ArraySerial) throws(HorcmFailure) -> Bool {
        let others = ldevs.filter { index.volumes(serial, $0).isEmpty }
        guard !others.isEmpty else { return true }
        let found = Set(
            try reports(pathLines(of: others, on: serial)).filter { $0.serial == serial }.compactMap(\.ldev))
        return others.allSatisfy(found.contains)
    }

    /// The lines with a path that these volumes of an array have. The array tells the paths, so that lines of other volumes
    /// cost nothing.
    private func pathLines(
        of ldevs: [LDEVNumber], on serial: ArraySerial
    ) throws(HorcmFailure) -> [HorcmConfiguration.VolumeLine] {
        guard index.hasPaths, information.arrays.contains(where: { $0.serial == serial }) else { return [] }
        return try snapshots(.ldevs(ldevs), on: serial).flatMap { index.volumes(at: $0.path) }
    }

    /// The lines of a target; at least one.
    private func volumes(of target: VolumeTarget) throws(HorcmFailure) -> [HorcmConfiguration.VolumeLine] {
        let found: [HorcmConfiguration.VolumeLine]
        switch target.place {
        case .group(let group): found = index.volumes(in: group)
        case .device(let name, let group): found = index.volume(named: name, in: group).map { [$0] } ?? []
        case .file(let path, let wholeGroup):
            let device = devices().device(path).flatMap { $0.kind == .volume ? $0 : nil }
            let first =
                if let device {
                    try line(device.serial, device.ldev, target.mirror)
                } else {
                    try search(configuration.volumes, target.mirror) {
                        $0.snapshot?.device == path || $0.snapshot?.blockDevice == path
                    }
                }
            found = lines(first, wholeGroup)
        case .ldev(let serial, let ldev, let wholeGroup):
            found = lines(try line(serial, ldev, target.mirror), wholeGroup)
        }
        guard !found.isEmpty else { throw HorcmFailure(.noSuchDeviceOrGroup) }
        return found
    }

    private func lines(
        _ first: HorcmConfiguration.VolumeLine?, _ wholeGroup: Bool
    ) -> [HorcmConfiguration.VolumeLine] {
        guard let first else { return [] }
        return wholeGroup ? index.volumes(in: first.group) : [first]
    }

    /// The line of a volume's number. Lines with a path are looked up in the array if none gives the number itself.
    private func line(
        _ serial: ArraySerial, _ ldev: LDEVNumber, _ mirror: UInt8?
    ) throws(HorcmFailure) -> HorcmConfiguration.VolumeLine? {
        let numbered = index.volumes(serial, ldev)
        if let found = numbered.first(where: { line in mirror.map { line.mirrorNumber == $0 } ?? true }) {
            return found
        }
        return try search(pathLines(of: [ldev], on: serial), mirror) { $0.serial == serial && $0.ldev == ldev }
    }

    /// The first of `candidates` whose report matches. If several lines name the volume, its MU# tells which is meant.
    private func search(
        _ candidates: [HorcmConfiguration.VolumeLine], _ mirror: UInt8?, _ matches: (VolumeReport) -> Bool
    ) throws(HorcmFailure) -> HorcmConfiguration.VolumeLine? {
        let fitting = candidates.filter { line in mirror.map { line.mirrorNumber == $0 } ?? true }
        return try reports(fitting).firstIndex(where: matches).map { fitting[$0] }
    }

    /// Asks each array once for all its volumes among `lines`.
    package func reports(_ lines: [HorcmConfiguration.VolumeLine]) throws(HorcmFailure) -> [VolumeReport] {
        var reports: [VolumeReport?] = Array(repeating: nil, count: lines.count)
        for identity in information.arrays {
            let byNumber = lines.compactMap { $0.ldev(on: identity.serial) }
            if !byNumber.isEmpty {
                let found = Dictionary(try snapshots(.ldevs(byNumber), on: identity.serial).map { ($0.ldev, $0) }) {
                    first, _ in first
                }
                for (index, line) in lines.enumerated() {
                    guard let ldev = line.ldev(on: identity.serial) else { continue }
                    reports[index] = line.report(identity.serial, found[ldev])
                }
            }
            let open = lines.indices.filter { reports[$0]?.snapshot == nil && lines[$0].path != nil }
            let byPath = open.compactMap { lines[$0].path }
            if !byPath.isEmpty {
                let found = Dictionary(try snapshots(.paths(byPath), on: identity.serial).map { ($0.path, $0) }) {
                    first, _ in first
                }
                for index in open {
                    // A volume that no array has is reported under the first one.
                    let snapshot = lines[index].path.flatMap { found[$0] }
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
            if !hasBlockDevices || report.snapshot?.blockDevice != nil {
                report.deviceFile = report.ldev.flatMap { devices.name(of: report.serial, $0) }
            }
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
        case .local(let order): order.names.flatMap { [$0.primary, $0.secondary] }
        case .journal(.marker), .journal(.waitFor), .guards(.show): nil
        case .journal(.setTimers(let ldevs, _)), .guards(.set(let ldevs, _, _)): ldevs
        }
    }
}
