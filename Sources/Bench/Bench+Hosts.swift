// The hosts' RAID Manager instances: started and stopped by the very scripts that an operator uses.

internal import Foundation
internal import ReplicationCore

extension Bench {
    /// Runs one command of a host, such as `pairdisplay`, to its end.
    package func run(_ command: [String], onHost name: String) async throws(BenchFailure) -> CommandResult {
        let environment = try environment(of: name).applied(to: ProcessInfo.processInfo.environment)
        guard let program = command.first else { throw BenchFailure("no command given", kind: .usage) }
        let own = layout.commands + "/" + program
        let path = FileManager.default.isExecutableFile(atPath: own) ? own : program
        return try await HostCommand.run(path, Array(command.dropFirst()), environment: environment)
    }

    func managerProcess(of host: String) -> ProcessIdentity? {
        if let known = record.managers[host], known.isRunning { return known }
        return BenchProcesses.find(in: layout).first { self.host(of: $0)?.name == host }?.identity
    }

    /// The host whose instance a process is: on the machine that it runs on, by its number.
    private func host(of process: BenchProcess) -> HostDescription? {
        guard case .manager(let name) = process.kind, let host = description.host(named: name) else { return nil }
        return description.hosts(onMachine: description.machine(of: host)).first { $0.instance == process.instance }
    }

    package mutating func startHost(_ name: String) async throws(BenchFailure) {
        let host = try hostDescription(name)
        guard managerProcess(of: name) == nil else {
            throw BenchFailure("RAID Manager instance \(host.instance) of host \(name) runs already")
        }
        try await Self.startManager(of: host, in: self)
        try noteManagers()
    }

    /// All hosts at once.
    mutating func startHosts(_ hosts: [HostDescription]) async throws(BenchFailure) {
        let bench = self
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for host in hosts {
                    group.addTask { try await Self.startManager(of: host, in: bench) }
                }
                try await group.waitForAll()
            }
        } catch let failure as BenchFailure {
            throw failure
        } catch {
            throw BenchFailure("\(error)")
        }
        try noteManagers()
    }

    private static func startManager(of host: HostDescription, in bench: Bench) async throws(BenchFailure) {
        let result = try await bench.run(["horcmstart.sh", "\(host.instance)"], onHost: host.name)
        guard result.status == 0 else {
            throw BenchFailure(
                "RAID Manager instance \(host.instance) of host \(host.name) did not start "
                    + "(horcmstart.sh exit \(result.status)):\n\(result.text)",
                remedy: "its logs are below \(bench.layout.horcmLog(host: host.name, instance: host.instance))")
        }
    }

    private mutating func noteManagers() throws(BenchFailure) {
        let running = BenchProcesses.find(in: layout)
        let found = running.compactMap { process in host(of: process).map { ($0.name, process.identity) } }
        try change { record in
            for (host, identity) in found { record.managers[host] = identity }
        }
    }

    package mutating func stopHost(_ name: String) async throws(BenchFailure) {
        let host = try hostDescription(name)
        guard managerProcess(of: name) != nil else {
            throw BenchFailure("RAID Manager instance \(host.instance) of host \(name) does not run")
        }
        try await shutDown(host)
        try change { $0.managers[name] = nil }
    }

    /// The operator's script first; a process that does not go is ended.
    func shutDown(_ host: HostDescription) async throws(BenchFailure) {
        guard let process = managerProcess(of: host.name) else { return }
        _ = try? await run(["horcmshutdown.sh", "\(host.instance)"], onHost: host.name)
        if process.waitForEnd(seconds: 2) { return }
        try end(process, what: "RAID Manager instance \(host.instance)", askingFor: 2)
    }

    /// Makes the pairs of the groups that the bench file gives a fence, once in a bench's life.
    mutating func createGroups() async throws(BenchFailure) {
        for group in description.groups where !record.createdGroups.contains(group.name) {
            guard let mode = group.mode else { continue }
            var command = ["paircreate", "-g", group.name, "-vl", "-f", PairReport.word(mode), "-c", "15"]
            if let journals = group.journals { command += ["-jp", "\(journals.local)", "-js", "\(journals.remote)"] }
            try await must(command, onHost: group.hosts.0)
            try change { $0.createdGroups.append(group.name) }
            progress("copying group \(group.name)", nil)
            try await must(["pairevtwait", "-g", group.name, "-s", "pair", "-t", "3600"], onHost: group.hosts.0)
        }
    }

    private func must(_ command: [String], onHost host: String) async throws(BenchFailure) {
        let result = try await run(command, onHost: host)
        guard result.status == 0 else {
            throw BenchFailure(
                "host \(host): '\(command.joined(separator: " "))' ended with \(result.status):\n\(result.text)")
        }
    }
}
