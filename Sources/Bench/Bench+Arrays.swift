// Starting, stopping and killing arrays.

internal import Foundation
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

extension Bench {
    /// How long an array may take to open its NVRAM, mount its files and answer.
    private static let startPatienceSeconds = 60.0

    func configuration(of array: ArrayDescription) -> ArrayConfiguration {
        ArrayConfiguration(
            name: array.name, serial: array.serial, microcode: array.microcode,
            stateDirectory: layout.state(of: array.name), mountPoint: layout.mountPoint(of: array.name),
            commandMountPoint: layout.commandMountPoint(of: array.name),
            serviceProcessorSocket: layout.serviceProcessorSocket(of: array.name), keyFile: layout.key,
            clockRate: description.clockRate, trackBytes: description.trackBytes, fuseThreads: array.fuseThreads,
            sideFile: array.sideFile, timers: array.timers,
            ldevs: array.ldevs.map {
                LDEVConfiguration(
                    id: $0.number.description, sizeBytes: $0.sizeBytes, port: $0.port, target: $0.target, lun: $0.lun)
            },
            journals: array.journals.map {
                JournalConfiguration(
                    id: $0.number, ldevs: $0.ldevs.map(\.description), sizeBytes: $0.sizeBytes,
                    highWaterPercent: $0.highWaterPercent)
            },
            links: description.links.compactMap { linkEnd($0, of: array.name) }, ledgerBytes: array.ledgerBytes,
            afterTakeover: array.ledgerBytes == 0 ? nil : takeoverCommand(of: array.name),
            administration: description.administration(of: array))
    }

    /// Judges what a takeover brought; the array adds the volumes.
    private func takeoverCommand(of array: String) -> [String]? {
        guard let program = try? Programs.path(of: "arraybench") else { return nil }
        return [program, "verdict", "--state", layout.root, "--after-takeover", array, "--volumes"]
    }

    private func linkEnd(_ link: LinkDescription, of array: String) -> LinkConfiguration? {
        guard let remote = link.remote(of: array).flatMap({ description.array(named: $0) }) else { return nil }
        let address =
            switch link.kind {
            case .unix: "unix:\(layout.linkSocket(link.name))"
            case .tcp(let host, let port): "tcp:\(host):\(port ?? record.linkPorts[link.name] ?? 0)"
            }
        let impairment = record.impairment(of: link.name, from: array)
        return LinkConfiguration(
            name: link.name, remoteName: remote.name, remoteSerial: remote.serial,
            end: link.between.0 == array ? .listens : .connects, address: address, allowsRemote: link.allowsRemote,
            impairment: impairment == .none ? nil : impairment)
    }

    /// Starts the array's process without waiting for it.
    mutating func launch(_ array: ArrayDescription) throws(BenchFailure) {
        let folder = layout.array(array.name)
        try BenchFolder.make(folder)
        // The mount point of a killed array cannot even be looked at; the array itself takes the stale mount away.
        let mounted = Mounts.all().map(\.point)
        for point in [layout.mountPoint(of: array.name), layout.commandMountPoint(of: array.name)]
        where !mounted.contains(point) { try BenchFolder.make(point) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let text = try? encoder.encode(configuration(of: array)) else {
            throw BenchFailure("the configuration of array \(array.name) cannot be written as JSON")
        }
        try BenchFolder.write(String(decoding: text, as: UTF8.self) + "\n", to: layout.configuration(of: array.name))
        unsafe unlink(layout.serviceProcessorSocket(of: array.name))
        let process = try DetachedProcess.start(
            try Programs.path(of: "arrayd"), arguments: ["--configuration", layout.configuration(of: array.name)],
            environment: ProcessInfo.processInfo.environment, log: layout.log(of: array.name))
        try change { $0.arrays[array.name] = process }
    }

    /// Waits until the array answers.
    func waitUntilReady(_ array: String) async throws(BenchFailure) {
        guard let process = record.arrays[array] else { return }
        let client = ServiceProcessorClient(array: array, layout: layout)
        let socket = layout.serviceProcessorSocket(of: array)
        let deadline = Date().addingTimeInterval(Self.startPatienceSeconds)
        while true {
            if FileManager.default.fileExists(atPath: socket), (try? await client.status()) != nil { return }
            try Interruption.check()
            guard process.isRunning, !process.waitForEnd(seconds: 0) else {
                throw BenchFailure("array \(array) ended while it started\(logTail(of: array))")
            }
            guard Date() < deadline else {
                throw BenchFailure(
                    "array \(array) did not become ready within \(Int(Self.startPatienceSeconds)) s"
                        + logTail(of: array))
            }
            progress("starting array \(array)", nil)
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func logTail(of array: String) -> String {
        let path = layout.log(of: array)
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").suffix(6).map { "\n    \($0)" }.joined()
        return lines.isEmpty ? "; its log \(path) is empty" : "; the end of \(path):\(lines)"
    }

    package mutating func startArray(_ name: String) async throws(BenchFailure) {
        let array = try arrayDescription(name)
        guard !record.failedSites.contains(name) else {
            throw BenchFailure(
                "the site of array \(name) has failed", remedy: "'arraybench site repair \(name)' starts it again")
        }
        guard process(of: name) == nil else { throw BenchFailure("array \(name) runs already") }
        let lost = blockDevicesInUse(of: name)
        try cleanDevices(of: name)
        try launch(array)
        try await waitUntilReady(name)
        try await attachAgain(lost, on: name)
    }

    /// SIGKILL: the array is lost in the middle of whatever it does.
    package mutating func killArray(_ name: String) throws(BenchFailure) {
        _ = try arrayDescription(name)
        guard let process = process(of: name) else {
            throw BenchFailure("array \(name) does not run", remedy: "'arraybench array start \(name)' starts it")
        }
        try end(process, what: "array \(name)", askingFor: 0)
        notes += deadDevices(of: name)
    }

    /// An orderly stop: host I/O ends, everything is on disk.
    package mutating func stopArray(_ name: String) async throws(BenchFailure) {
        _ = try arrayDescription(name)
        guard let process = process(of: name) else {
            throw BenchFailure("array \(name) does not run", remedy: "'arraybench array start \(name)' starts it")
        }
        let inUse = record.loops.filter { $0.array == name }.flatMap { LoopDevices.mounts(of: $0.device) }
        guard inUse.isEmpty else {
            throw BenchFailure(
                "\(inUse[0].point) is mounted on array \(name)",
                remedy: "unmount it first; 'arraybench array kill \(name)' stops the array under it")
        }
        for loop in record.loops where loop.array == name { try refuseMountsInViews(loop) }
        try detachLoops(of: name)
        try await stop(name, process)
        try change { $0.arrays[name] = nil }
    }

    func stop(_ name: String, _ process: ProcessIdentity) async throws(BenchFailure) {
        try? await ServiceProcessorClient(array: name, layout: layout).requestStop()
        if process.waitForEnd(seconds: 10) { return }
        try end(process, what: "array \(name)", askingFor: 2)
    }

    func end(_ process: ProcessIdentity, what: String, askingFor seconds: Double) throws(BenchFailure) {
        guard process.end(askingFor: seconds) else {
            throw BenchFailure(
                "\(what) (process \(process.pid)) outlives SIGKILL", remedy: "look at /proc/\(process.pid)/stack")
        }
    }
}
