// One array of a world: its process, its command device, its NVRAM.

import Bench
import CommandDevice
import Foundation
import Platform
import RaidManagerShell
import ReplicationCore
import TestSupport

/// **Threads**: one lane's; `ask` from any.
final class MatrixArray {
    let name: String
    let serial: ArraySerial
    private let configuration: ArrayConfiguration
    private let layout: BenchLayout
    private var process: ProcessIdentity?

    init(_ array: ArrayDescription, _ bench: BenchDescription, _ layout: BenchLayout) {
        name = array.name
        serial = ArraySerial(array.serial)
        self.layout = layout
        configuration = ArrayConfiguration(
            name: array.name, serial: array.serial, stateDirectory: layout.state(of: array.name),
            mountPoint: layout.mountPoint(of: array.name), commandMountPoint: layout.commandMountPoint(of: array.name),
            serviceProcessorSocket: layout.serviceProcessorSocket(of: array.name), keyFile: layout.key,
            clockRate: bench.clockRate, trackBytes: bench.trackBytes, sideFile: array.sideFile, timers: array.timers,
            ldevs: array.ldevs.map {
                LDEVConfiguration(
                    id: $0.number.description, sizeBytes: $0.sizeBytes, port: $0.port, target: $0.target, lun: $0.lun)
            },
            journals: array.journals.map {
                JournalConfiguration(
                    id: $0.number, ldevs: $0.ldevs.map(\.description), sizeBytes: $0.sizeBytes,
                    highWaterPercent: $0.highWaterPercent)
            },
            links: bench.links.compactMap { link in
                guard let remote = link.remote(of: array.name).flatMap({ bench.array(named: $0) }) else { return nil }
                return LinkConfiguration(
                    name: link.name, remoteName: remote.name, remoteSerial: remote.serial,
                    end: link.between.0 == array.name ? .listens : .connects,
                    address: "unix:" + layout.linkSocket(link.name))
            }, ledgerBytes: array.ledgerBytes)
    }

    var isRunning: Bool { process != nil }
    /// nil: it does not run.
    var processIdentifier: Int32? { process?.pid }

    func start() throws {
        try JSONEncoder().encode(configuration).write(to: URL(fileURLWithPath: layout.configuration(of: name)))
        process = try DetachedProcess.start(
            try TestPrograms.path("arrayd"), arguments: ["--configuration", layout.configuration(of: name)],
            environment: ProcessInfo.processInfo.environment, log: layout.log(of: name))
    }

    func awaitAnswer() throws {
        let client = ServiceProcessorClient(array: name, layout: layout)
        try eventually("array \(name) answers\n\(log.suffix(2000))") {
            guard let process, process.isRunning else { throw TestProblem("array \(name) ended:\n\(log.suffix(2000))") }
            guard (try? ask(.identify)) != nil else { return false }
            return (try? blocking { try await client.status() }) != nil
        }
    }

    private var log: String { (try? String(contentsOfFile: layout.log(of: name), encoding: .utf8)) ?? "" }

    /// kill -9.
    func kill() {
        process?.end(askingFor: 0)
        process = nil
    }

    func ask(_ request: ArrayRequest) throws -> ArrayReply {
        try CommandDeviceChannel.exchange(request, layout.commandDevice(of: name))
    }

    /// - Throws: unless the array does it.
    func must(_ request: ArrayRequest) throws {
        let reply = try ask(request)
        guard reply == .done else { throw TestProblem("array \(name) answered \(request) with \(reply)") }
    }

    /// Tries again while the two arrays do not see each other yet.
    func mustSoon(_ request: ArrayRequest) throws {
        var reply = ArrayReply.done
        let end = monotonicNanoseconds() + 10_000_000_000
        repeat {
            reply = try ask(request)
            if reply == .done { return }
            sleepNanoseconds(2_000_000)
        } while monotonicNanoseconds() < end
        throw TestProblem("array \(name) answered \(request) with \(reply)")
    }

    func volume(_ ldev: LDEVNumber) throws -> VolumeSnapshot {
        guard case .volumes(let volumes, _) = try ask(.volumes(.ldevs([ldev]))), let volume = volumes.first else {
            throw TestProblem("array \(name) does not show volume \(ldev)")
        }
        return volume
    }

    func guards(_ ldev: LDEVNumber) throws -> [GuardSnapshot] {
        guard case .guards(let guards) = try ask(.guards(.show([ldev]))) else {
            throw TestProblem("array \(name) does not show guards")
        }
        return guards
    }

    func awaitStatus(_ status: PairStatus, of ldevs: [LDEVNumber]) throws {
        var found: [PairStatus?] = []
        try eventually("array \(name) shows \(status), not \(found)") {
            found = try ldevs.map { try volume($0).pair?.status }
            return found.allSatisfy { $0 == status }
        }
    }

    /// Writes 64 KiB blocks as a host does, whatever comes of it.
    func write(blocks: Int, to ldev: LDEVNumber) {
        let file = unsafe open(layout.device(of: ldev.description, array: name), O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        let bytes = [UInt8](repeating: 0xA5, count: 64 << 10)
        for block in 0..<blocks { _ = unsafe pwrite(file, bytes, bytes.count, off_t(block * bytes.count)) }
    }

    /// What the array keeps of its pairs and guards, file by file.
    func records() -> [String: Data] {
        var found: [String: Data] = [:]
        let state = layout.state(of: name)
        for folder in ["groups", "local"] {
            for file in (try? FileManager.default.contentsOfDirectory(atPath: "\(state)/\(folder)")) ?? [] {
                found["\(folder)/\(file)"] = FileManager.default.contents(atPath: "\(state)/\(folder)/\(file)")
            }
        }
        found["guards"] = FileManager.default.contents(atPath: "\(state)/guards")
        return found
    }
}
