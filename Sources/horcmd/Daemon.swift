// An instance: its configuration, arrays, partner and sockets put together, and its life from start to end.

internal import CPlatform
internal import CommandDevice
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell
internal import ReplicationCore

struct Daemon {
    private let environment: InstanceEnvironment
    private let log: DaemonLog
    private let service: InstanceService<CommandDeviceArrays, PartnerSocket>
    private let partners: PartnerSocket
    private let commands: CommandSocket
    private let memory = SharedMemory()

    /// Everything that can go wrong at a start goes wrong here, before anybody is told that the instance runs.
    init(_ environment: InstanceEnvironment, _ log: DaemonLog) throws(StartFailure) {
        self.environment = environment
        self.log = log
        let written = try Self.configuration(environment)
        let arrays = try CommandDeviceArrays(written, environment, log)
        let configuration = try Self.withArrayGroups(written, arrays, environment)
        let reached = Set(arrays.identities.map(\.serial))
        for volume in configuration.volumes {
            guard case .ldev(let serial, _) = volume.location, !reached.contains(serial) else { continue }
            throw StartFailure(
                "\(environment.configurationFile):\(volume.line): array \(serial) is not reached by HORCM_CMD. "
                    + "Add its command device under HORCM_CMD, and its serial under HORCM_VCMD if there is one.")
        }
        for line in configuration.withoutEffect {
            log.write(DaemonMessage.withoutEffect.line(environment.configurationFile, "\(line)"))
        }
        partners = try PartnerSocket(configuration, environment, Authenticator(file: environment.keyFile), log)
        let table = DeviceTable(environment)
        service = InstanceService(
            configuration: configuration, information: Self.information(configuration, environment, arrays),
            arrays: arrays, partners: partners, memory: memory, devices: { table.devices },
            hasBlockDevices: geteuid() == 0)
        Self.readPermissions(environment, service, log)
        do throws(SystemFailure) {
            commands = try CommandSocket(environment.socketPath)
            try Self.writeProcessIdentifier(environment.processIdentifierFile)
        } catch {
            throw StartFailure("\(error)", .communicationFailed)
        }
    }

    private static func configuration(_ environment: InstanceEnvironment) throws(StartFailure) -> HorcmConfiguration {
        let file = environment.configurationFile
        let bytes: [UInt8]
        do throws(SystemFailure) {
            bytes = try SystemCalls.read(file, limit: 16 << 20)
        } catch {
            throw StartFailure(
                "\(error). Write the configuration file, or name it in HORCM_CONF.", .setupFileUnreadable)
        }
        do throws(ConfigurationError) {
            return try ConfigurationParser.parse(String(decoding: bytes, as: UTF8.self), file: file)
        } catch {
            throw StartFailure(error.description)
        }
    }

    /// HORCM_LDEVG: what the arrays know of the groups that it names.
    private static func withArrayGroups(
        _ configuration: HorcmConfiguration, _ arrays: CommandDeviceArrays, _ environment: InstanceEnvironment
    ) throws(StartFailure) -> HorcmConfiguration {
        guard !configuration.arrayGroups.isEmpty else { return configuration }
        var groups: [ArraySerial: [DeviceGroup]] = [:]
        var copyGroups: [ArraySerial: [CopyGroup]] = [:]
        for serial in arrays.identities.map(\.serial) {
            do throws(HorcmFailure) {
                if case .administration(.deviceGroups(let found)) = try arrays.perform(
                    .administer(.deviceGroups), on: serial)
                {
                    groups[serial] = found
                }
                if case .administration(.copyGroups(let found)) = try arrays.perform(
                    .administer(.copyGroups), on: serial)
                {
                    copyGroups[serial] = found
                }
            } catch {
                throw StartFailure(
                    "Array \(serial) does not tell its device groups: \(error.notes.joined(separator: " "))")
            }
        }
        do throws(ConfigurationError) {
            return try ArrayGroups(groups, copyGroups: copyGroups).resolving(
                configuration, file: environment.configurationFile)
        } catch {
            throw StartFailure(error.description)
        }
    }

    private static func information(
        _ configuration: HorcmConfiguration, _ environment: InstanceEnvironment, _ arrays: CommandDeviceArrays
    ) -> InstanceInformation {
        let index = IndexedConfiguration(configuration)
        return InstanceInformation(
            instance: environment.instance, host: SystemCalls.hostName,
            address: configuration.monitor.address ?? SystemCalls.hostName, service: configuration.monitor.service,
            arrays: arrays.identities, commandDevices: arrays.commandDevices,
            groups: index.groups.map { group in
                let partner = index.partners(of: group)[0]
                return .init(
                    name: group, mirror: index.volumes(in: group)[0].mirror, address: partner.address,
                    service: partner.service)
            })
    }

    /// In protection mode: permits what the permission file names, before anybody can ask for a change.
    private static func readPermissions(
        _ environment: InstanceEnvironment, _ service: InstanceService<CommandDeviceArrays, PartnerSocket>,
        _ log: DaemonLog
    ) {
        guard environment.isProtected else { return }
        service.memory.change { $0.permissions.protect() }
        guard let file = environment.permissionFile else {
            return log.write(
                DaemonMessage.noPermissionFile.line("HORCMPERM is \(InstanceEnvironment.noPermissionFile)"))
        }
        do throws(SystemFailure) {
            let text = String(decoding: try SystemCalls.read(file), as: UTF8.self)
            let machine = LiveMachine(environment)
            let volumes = PermissionFile.volumes(text) { machine.device(at: $0) }
            if case .failed(let failure) = service.answer(.control(.permit(volumes)), for: .command) {
                log.write(DaemonMessage.noPermissionFile.line(failure.notes.joined(separator: " ")))
            } else {
                let count = service.memory.change { $0.permissions.count }
                log.write(DaemonMessage.permissionsRead.line(file, "\(count)"))
            }
        } catch {
            log.write(DaemonMessage.noPermissionFile.line("\(error)"))
        }
    }

    private static func writeProcessIdentifier(_ path: String) throws(SystemFailure) {
        if let slash = path.lastIndex(of: "/") { try SystemCalls.makeDirectories(String(path[..<slash])) }
        let file = unsafe arraybench_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw SystemFailure("write", path, -file) }
        SystemCalls.writeAll(file, Array("\(getpid())\n".utf8))
        close(file)
    }

    /// Serves until SIGTERM, SIGINT, or a command's order.
    /// - Parameter ready: called once commands can connect.
    func run(ready: () -> Void) {
        let service = service
        let partnerThread = partners.serve { service.answer($0, for: .partner) }
        let commandThread = commands.serve(
            { service.answer($0, for: .command) }, shutDown: { kill(getpid(), SIGTERM) })
        let watch = watchThread(service)
        log.write(DaemonMessage.running.line(environment.processTitle, "\(getpid())"))
        ready()
        var signals = Self.endingSignals
        var signal: Int32 = 0
        while unsafe sigwait(&signals, &signal) != 0 {}
        log.write(DaemonMessage.ending.line(environment.processTitle, "\(signal)"))
        commands.remove()
        unsafe unlink(environment.processIdentifierFile)
        // The threads end with the process: whatever they do is a request whose asker is told by the broken socket.
        withExtendedLifetime((partnerThread, commandThread, watch)) { _exit(0) }
    }

    /// HORCM_MON's poll: writes changes of status to the log, and keeps them for pairmon.
    private func watchThread(_ service: InstanceService<CommandDeviceArrays, PartnerSocket>) -> NamedThread? {
        guard let poll = service.configuration.monitor.poll?.shortened(by: environment.clockRate) else { return nil }
        let (log, memory, units) = (log, memory, service.information.arrays.map(\.serial))
        return NamedThread("monitor") {
            var watch = StatusWatch()
            while true {
                let found = watch.look(try? service.reports(service.configuration.volumes), units: units)
                for line in found.lines { log.write(line) }
                if let line = memory.append(found.events) { log.write(line) }
                sleepNanoseconds(max(100_000_000, poll.nanoseconds))
            }
        }
    }

    /// They are blocked in every thread and taken by the main one.
    static var endingSignals: sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe sigaddset(&signals, SIGINT)
        return signals
    }
}
