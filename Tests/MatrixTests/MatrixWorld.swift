// A world of the matrix: two arrays, a link, a host with an instance at each, all real processes in a private folder. It
// is brought into a cell's state through the arrays' command devices, and broken with real signals and a real cut.

import Bench
import CommandDevice
import Foundation
import Platform
import RaidManager
import RaidManagerShell
import ReplicationCore
import TestSupport
import Testing

/// **Threads**: one lane's.
final class MatrixWorld {
    static let group = "oradb"
    static let volumes = ["dev1", "dev2"]
    static let clockRate: UInt32 = 60

    let kind: WorldKind
    let layout: BenchLayout
    let description: BenchDescription
    let ports: [String: UInt16]
    private(set) var arrays: [String: MatrixArray] = [:]
    private(set) var instances: [String: MatrixInstance] = [:]
    /// Nothing that east sends arrives, and whatever waits for it waits.
    private(set) var isHeld = false
    /// East's copier of local pairs, while it stands still.
    var copier: StoppedThread?

    init(_ kind: WorldKind) throws {
        self.kind = kind
        layout = BenchLayout(root: "/tmp/mx-" + String(UInt64.random(in: 0...UInt64.max), radix: 36))
        description = try BenchFile.read(Self.yaml(kind), file: "matrix")
        ports = Dictionary(
            uniqueKeysWithValues: zip(
                description.hosts.map(\.name), try LoopbackPorts.free(count: description.hosts.count, stream: false)))
        do {
            try makeFolders()
            for array in description.arrays { arrays[array.name] = MatrixArray(array, description, layout) }
            for array in arrays.values { try array.start() }
            for array in arrays.values { try array.awaitAnswer() }
            try awaitLink("up")
            for host in description.hosts { instances[host.name] = MatrixInstance(host, description, layout) }
            for instance in instances.values { try instance.start() }
        } catch {
            dispose()
            throw error
        }
    }

    deinit { dispose() }

    /// Ends every process and removes every trace.
    func dispose() {
        copier = nil
        for instance in instances.values { instance.kill() }
        for array in arrays.values { array.kill() }
        for mount in Mounts.below(layout.root) { _ = try? Mounts.remove(mount.point) }
        try? FileManager.default.removeItem(atPath: layout.root)
    }

    private func makeFolders() throws {
        let arrays = description.arrays.map(\.name)
        for folder in [layout.links, layout.commandDevices]
            + arrays.flatMap({ [layout.mountPoint(of: $0), layout.commandMountPoint(of: $0)] })
        {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        try Data((0..<32).map { _ in UInt8.random(in: 0...255) }).write(to: URL(fileURLWithPath: layout.key))
        for array in description.arrays {
            try FileManager.default.createSymbolicLink(
                atPath: layout.commandDevice(serial: array.serial),
                withDestinationPath: layout.commandDevice(of: array.name))
        }
        for host in description.hosts {
            let etc = layout.host(host.name) + "/etc"
            try FileManager.default.createDirectory(atPath: etc, withIntermediateDirectories: true)
            // The monitor looks once: what it would see later depends on when it looks.
            try HorcmFile.text(for: host, in: description, ports: ports).replacing(" 1000 ", with: " 8640000 ").write(
                toFile: layout.horcmFile(host: host.name, instance: host.instance), atomically: false, encoding: .utf8)
            try HostDisks.table(of: host, in: description, layout: layout).text.write(
                toFile: etc + "/arraybench.devices", atomically: false, encoding: .utf8)
        }
    }

    var east: MatrixArray { arrays["east"]! }
    var west: MatrixArray { arrays["west"]! }

    /// Whether a guard lies on a volume that cannot be lowered for a time.
    var isSpoiled: Bool {
        arrays.values.contains { array in
            array.isRunning
                && description.array(named: array.name)!.ldevs.contains { ldev in
                    (try? array.guards(ldev.number))?.contains { $0.retentionDays > 0 } ?? false
                }
        }
    }

    /// What both arrays keep; nothing while it changes by itself.
    func records(isMoving: Bool) -> [String: [String: Data]] {
        isMoving ? [:] : arrays.mapValues { $0.records() }
    }

    func hold() throws {
        isHeld = true
        try shape(east, ImpairmentRequest(passage: .hole))
    }

    func release() throws {
        isHeld = false
        try shape(east, ImpairmentRequest(passage: .open))
    }

    func shape(_ array: MatrixArray, _ request: ImpairmentRequest) throws {
        let client = ServiceProcessorClient(array: array.name, layout: layout)
        try blocking { try await client.shape(link: "east-west", request) }
    }

    /// Whether copies stay where they are.
    var isStill: Bool { kind.temper == .slow || isHeld || copier != nil }

    /// Waits until both ends say so.
    func awaitLink(_ state: String) throws {
        let clients = arrays.values.filter(\.isRunning).map { ServiceProcessorClient(array: $0.name, layout: layout) }
        try eventually("the link is \(state)") {
            try clients.allSatisfy { client in
                try blocking { try await client.status() }.links.allSatisfy { $0.state == state }
            }
        }
    }
}

/// Tries for 20 s.
func eventually(_ what: @autoclosure () -> String, _ condition: () throws -> Bool) throws {
    let end = monotonicNanoseconds() + 20_000_000_000
    while try !condition() {
        guard monotonicNanoseconds() < end else { throw TestProblem("not after 20 s: \(what())") }
        sleepNanoseconds(1_000_000)
    }
}

/// Waits on a thread of the matrix for what is asynchronous, but no longer than 20 s.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let result = Monitor<Result<Value, any Error>?>(nil)
    Task.detached {
        let value: Result<Value, any Error>
        do { value = .success(try await body()) } catch { value = .failure(error) }
        result.withLock { $0 = value }
        result.wakeAll()
    }
    guard let found = result.wait(until: monotonicNanoseconds() + 20_000_000_000, { $0 }) else {
        throw TestProblem("no answer after 20 s")
    }
    return try found.get()
}
