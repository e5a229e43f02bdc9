// Bringing a bench up: everything is checked first, then built, and on any failure or Ctrl-C taken back.

internal import Foundation
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

extension Bench {
    /// - Parameters:
    ///   - file: text and name of the bench file; nil means the one that the folder keeps, or the default bench.
    /// - Returns: the running bench, ready for use.
    /// - Throws: why it cannot run. A new folder is then gone again, a kept one as it was.
    package static func up(
        _ layout: BenchLayout, file: (text: String, name: String)?, progress: @escaping ProgressReport = { _, _ in }
    ) async throws(BenchFailure) -> Bench {
        let kind = BenchFolder.inspect(layout)
        if case .foreign(let entry) = kind { throw BenchFolder.refusal(layout, entry) }
        let isKept = kind == .bench && FileManager.default.fileExists(atPath: layout.description)
        let text = try chooseText(layout, file, isKept: isKept)
        let description: BenchDescription
        do {
            description = try BenchFile.read(
                text, file: file?.name ?? (isKept ? layout.description : DefaultBench.fileName))
        } catch {
            throw error.failure
        }
        if kind == .bench { try refuseRunning(layout) }
        let configurations = try HostConfigurations(description, layout)
        for host in description.hosts {
            let others = description.hosts(onMachine: description.machine(of: host))
            let plan = try configurations.addresses(of: others[0], in: description)
            if let own = try configurations.addresses(of: host, in: description), others[0].name != host.name {
                _ = try plan?.joined(with: own)
            }
        }
        try Preflight.check(description, layout: layout)

        try BenchFolder.make(layout.root)
        let lock = try BenchLock.take(layout)
        // Another 'up' may have held the lock until now; what it started is not ours to take back.
        try refuseRunning(layout)
        let isRecorded = FileManager.default.fileExists(atPath: layout.record)
        var bench = Bench(
            layout: layout, description: description,
            record: isRecorded ? try BenchRecord(contentsOf: layout) : BenchRecord(), lock: lock, progress: progress)
        do {
            if !isKept { try BenchFolder.write(text, to: layout.description) }
            try await bench.build()
            return bench
        } catch {
            Interruption.ignoreFromNowOn()
            try? await bench.takeDown(keeping: isKept)
            throw error
        }
    }

    private static func refuseRunning(_ layout: BenchLayout) throws(BenchFailure) {
        guard let running = BenchProcesses.find(in: layout).first else { return }
        throw BenchFailure(
            "a bench runs in \(layout.root) (process \(running.identity.pid))",
            remedy: "'arraybench down' ends it; --state names a folder for a second bench")
    }

    private static func chooseText(
        _ layout: BenchLayout, _ file: (text: String, name: String)?, isKept: Bool
    ) throws(BenchFailure) -> String {
        guard isKept else { return file?.text ?? DefaultBench.yaml }
        let stored = try storedText(in: layout)
        guard let file, file.text != stored else { return stored }
        throw BenchFailure(
            "\(layout.root) keeps a bench that was made from another file than \(file.name)",
            remedy: "'arraybench up' without a file resumes it; 'arraybench down' removes it with its data")
    }

    private mutating func build() async throws(BenchFailure) {
        record.arrays = [:]
        record.managers = [:]
        record.failedSites = []
        try choosePorts()
        try record.save(in: layout)
        for folder in [
            layout.arrays, layout.links, layout.hosts, layout.verdicts, layout.commandDevices, layout.commands,
        ] {
            try BenchFolder.make(folder)
        }
        try makeKey()
        for array in description.arrays {
            try cleanDevices(of: array.name)
            let link = layout.commandDevice(serial: array.serial)
            try BenchFolder.link(link, to: layout.commandDevice(of: array.name))
        }
        for alias in description.hosts.flatMap(\.commandDevices) {
            guard let name = alias.networkName else { continue }
            try BenchFolder.link("\(layout.commandDevices)/\(name)", to: layout.commandDevice(of: alias.array))
        }
        for link in description.links where link.kind == .unix { unsafe unlink(layout.linkSocket(link.name)) }
        try shareMounts()
        try Interruption.check()
        progress("starting arrays", nil)
        for array in description.arrays { try launch(array) }
        try await installCommands()
        try writeHostFiles()
        for array in description.arrays { try await waitUntilReady(array.name) }
        try await waitForLinks()
        try Interruption.check()
        progress("starting RAID Manager", nil)
        try await startHosts(description.hosts)
        try Interruption.check()
        try await createGroups()
        try Interruption.check()
    }

    /// Ports of an earlier life are kept if they are still free: scripts may know them.
    private mutating func choosePorts() throws(BenchFailure) {
        for host in description.hosts {
            if let fixed = host.port {
                if let code = LoopbackPorts.refusal(toBind: fixed, stream: false) {
                    throw BenchFailure(
                        "host \(host.name): UDP port \(fixed) cannot be used: \(unsafe String(cString: strerror(code)))",
                        remedy: "choose another 'port', or leave it out")
                }
                record.ports[host.name] = fixed
            } else if let kept = record.ports[host.name], LoopbackPorts.refusal(toBind: kept, stream: false) != nil {
                record.ports[host.name] = nil
            }
        }
        let hosts = description.hosts.filter { record.ports[$0.name] == nil }
        for (host, port) in zip(hosts, try LoopbackPorts.free(count: hosts.count, stream: false)) {
            record.ports[host.name] = port
        }
        let links = description.links.filter { $0.kind == .tcp(host: "127.0.0.1", port: nil) }
        for (link, port) in zip(links, try LoopbackPorts.free(count: links.count, stream: true)) {
            record.linkPorts[link.name] = port
        }
    }

    private func makeKey() throws(BenchFailure) {
        guard !FileManager.default.fileExists(atPath: layout.key) else { return }
        var generator = SystemRandomNumberGenerator()
        let key = Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: layout.key, contents: key, attributes: attributes) else {
            throw BenchFailure("cannot write \(layout.key)")
        }
    }

    private func installCommands() async throws(BenchFailure) {
        let result = try await HostCommand.run(
            try Programs.path(of: "raidmanager"), ["install-links", layout.commands])
        guard result.status == 0 else {
            throw BenchFailure("the emulated commands cannot be put into \(layout.commands): \(result.text)")
        }
    }
}
