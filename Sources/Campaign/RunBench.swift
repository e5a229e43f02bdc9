// The bench of one run: two arrays, one link, a host with RAID Manager at each, two volumes in one device group; its
// folder lies in memory. This file holds what every phase of a run asks of it; nobody else touches the bench's verbs.
//
// Each change opens the bench anew, as a command of its own would.

internal import Bench
internal import CommandDevice
internal import Foundation
internal import Platform
internal import ReplicationCore
internal import Simulator

#if canImport(Glibc)
    internal import Glibc
#endif

struct RunBench: Sendable {
    static let group = "data"
    static let link = "east-west"
    static let ldevs = ["00:10", "00:11"]
    static let names = (east: "east", west: "west")
    /// How long an array may take for anything before a run calls it hanging.
    static let patienceSeconds = 60.0

    /// The journal of each array. As small as one can be: a link that is slow or gone for a while fills it.
    static let journals = (east: UInt8(1), west: UInt8(2))
    static func journal(_ side: Side) -> UInt8 { side == .a ? journals.east : journals.west }

    let layout: BenchLayout

    static func yaml(volumeBytes: UInt64) -> String {
        """
        clock: 60x
        track: 64KiB
        arrays:
          - name: east
            serial: 30053
            timers: { link: 60s, side-file: 30s, journal: 30s }
            side-file: { capacity: 4MiB }
            ledger: 8MiB
            ldevs:
              - { id: 00:10, size: \(volumeBytes), count: 2, port: CL1-A, lun: 0 }
            journals: [{ id: \(journals.east), ldevs: [00:F0], size: 16MiB }]
          - name: west
            serial: 30054
            timers: { link: 60s, side-file: 30s, journal: 30s }
            side-file: { capacity: 4MiB }
            ledger: 8MiB
            ldevs:
              - { id: 00:10, size: \(volumeBytes), count: 2, port: CL1-D, lun: 0 }
            journals: [{ id: \(journals.west), ldevs: [00:F0], size: 16MiB }]
        links:
          - { name: east-west, between: [east, west], kind: unix }
        hosts:
          - { name: east, array: east, instance: 0 }
          - { name: west, array: west, instance: 1 }
        groups:
          - name: data
            hosts: [east, west]
            pairs:
              - { name: dev1, ldevs: [00:10, 00:10] }
              - { name: dev2, ldevs: [00:11, 00:11] }

        """
    }

    func device(_ side: Side, _ volume: Int) -> String {
        layout.device(of: Self.ldevs[volume], array: side.name)
    }

    /// The file below a volume, where nobody but the array should look.
    func backingFile(_ side: Side, _ volume: Int) -> String? {
        let folder = layout.state(of: side.name)
        let name = BenchLayout.fileName(of: Self.ldevs[volume])
        let walk = FileManager.default.enumerator(atPath: folder)
        while let path = walk?.nextObject() as? String {
            if URL(fileURLWithPath: path).lastPathComponent.hasPrefix(name) { return folder + "/" + path }
        }
        return nil
    }

    static func ldev(_ volume: Int) -> LDEVNumber { LDEVNumber(parsing: ldevs[volume])! }
    static func serial(_ side: Side) -> ArraySerial { ArraySerial(side == .a ? 30053 : 30054) }

    /// Opens the bench for one change.
    func change<Result>(_ body: (inout Bench) async throws -> Result) async throws -> Result {
        var bench = try Bench.open(layout, changing: true)
        return try await body(&bench)
    }

    func isRunning(_ side: Side) -> Bool {
        BenchProcesses.find(in: layout).contains { $0.kind == .array(side.name) }
    }

    // MARK: Breaking and mending

    func kill(_ side: Side) async throws {
        guard isRunning(side) else { return }
        try await change { try $0.killArray(side.name) }
    }

    func start(_ side: Side) async throws {
        guard !isRunning(side) else { return }
        try await change { try await $0.startArray(side.name) }
    }

    func impair(from side: Side?, _ request: ImpairmentRequest) async throws {
        let direction = side.map { "\($0.name)-\($0.other.name)" }
        try await change { try await $0.impair(link: Self.link, direction: direction, request) }
    }

    func heal() async throws {
        try await impair(
            from: nil,
            ImpairmentRequest(passage: .open, latencyMicroseconds: 0, jitterMicroseconds: 0, bytesPerSecond: 0))
    }

    // MARK: Asking

    /// One request through the command device of an array.
    /// - Returns: the reply, or why there is none.
    func ask(_ side: Side, _ request: ArrayRequest) async throws -> Result<ArrayReply, NoReply> {
        let path = layout.commandDevice(of: side.name)
        let answer = await onThread("ask \(side.name)", seconds: Self.patienceSeconds) {
            CommandDeviceClient.exchange(request, path)
        }
        guard let answer else {
            throw BenchFailure("array \(side.name) did not answer within \(Int(Self.patienceSeconds)) s: \(request)")
        }
        return answer
    }

    /// The pair of each volume, as the array knows it; nil for an array that does not answer.
    func pairs(_ side: Side) async throws -> [PairSnapshot?]? {
        // All of them fit into the first page.
        guard case .success(.volumes(let volumes, _)) = try await ask(side, .volumes(.all)) else { return nil }
        return Self.ldevs.indices.map { index in volumes.first { $0.ldev == Self.ldev(index) }?.pair }
    }

    /// A RAID Manager command of a host, ended if it takes longer than half a minute.
    func run(_ side: Side, _ words: [String]) async throws -> CommandResult {
        let bench = try Bench.open(layout, changing: false)
        let path = layout.commands + "/" + words[0]
        return try await bench.run(["/usr/bin/timeout", "-k", "5", "40", path] + words.dropFirst(), onHost: side.name)
    }

    /// All bytes of a volume as a host reads them.
    func contents(_ side: Side, _ volume: Int) async throws -> [UInt8] {
        let path = device(side, volume)
        let bytes = await onThread("read \(side.name)", seconds: Self.patienceSeconds) { VolumeBytes.read(path) }
        guard let bytes, let bytes else { throw BenchFailure("volume \(path) cannot be read") }
        return bytes
    }
}

extension Side {
    var name: String { self == .a ? RunBench.names.east : RunBench.names.west }
}

extension RunBench {
    /// Makes a volume zero from its first byte to its last, as its host.
    func erase(_ side: Side, _ volume: Int) async throws {
        let path = device(side, volume)
        let failure = await onThread("erase \(side.name)", seconds: Self.patienceSeconds) { VolumeBytes.erase(path) }
        guard failure == 0 else {
            throw BenchFailure("volume \(path) cannot be erased: \(systemErrorText(failure ?? ETIMEDOUT))")
        }
    }
}
