// Two real arrays for a test: two `arrayd` processes in a private folder, asked through their command devices, broken
// with real signals and through their service processors. Whatever happens to the test, nothing stays behind.

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

/// One array process.
final class TestArray {
    let name: String
    let configuration: ArrayConfiguration
    private let layout: BenchLayout
    private var process: Process?

    init(_ configuration: ArrayConfiguration, _ layout: BenchLayout) {
        name = configuration.name
        self.configuration = configuration
        self.layout = layout
    }

    func device(_ index: Int) -> String {
        layout.device(of: configuration.ldevs[index].id, array: name)
    }
    func ldev(_ index: Int) -> LDEVNumber { LDEVNumber(parsing: configuration.ldevs[index].id)! }
    var log: String { (try? String(contentsOfFile: layout.log(of: name), encoding: .utf8)) ?? "" }

    /// Starts the process and waits until it answers.
    func start() throws {
        let file = layout.configuration(of: name)
        try JSONEncoder().encode(configuration).write(to: URL(fileURLWithPath: file))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try TestPrograms.path("arrayd"))
        process.arguments = ["--configuration", file]
        if !FileManager.default.fileExists(atPath: layout.log(of: name)) {
            _ = FileManager.default.createFile(atPath: layout.log(of: name), contents: nil)
        }
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: layout.log(of: name)))
        try log.seekToEnd()
        process.standardOutput = log
        process.standardError = log
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.process = process
        let isUp = waitUntil(seconds: 20) {
            if !process.isRunning { return true }
            return (try? self.ask(.identify)) != nil
        }
        guard isUp, process.isRunning else {
            throw TestProblem("array \(name) did not start:\n\(self.log.suffix(2000))")
        }
    }

    /// kill -9.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// An orderly stop. Returns the exit status.
    @discardableResult
    func stop() -> Int32 {
        guard let process else { return 0 }
        process.terminate()
        process.waitUntilExit()
        self.process = nil
        return process.terminationStatus
    }

    /// An orderly stop that is given up after `seconds`. Returns the exit status; nil if the process had to be killed.
    func stop(within seconds: Double) -> Int32? {
        guard let process else { return 0 }
        process.terminate()
        let ended = waitUntil(seconds: seconds) { !process.isRunning }
        guard ended else {
            kill()
            return nil
        }
        self.process = nil
        return process.terminationStatus
    }

    var isRunning: Bool { process?.isRunning == true }
    var processIdentifier: Int32 { process?.processIdentifier ?? 0 }

    var commandDevice: String { layout.commandDevice(of: name) }

    func ask(_ request: ArrayRequest) throws -> ArrayReply { try Self.ask(request, commandDevice) }

    static func ask(_ request: ArrayRequest, _ device: String) throws -> ArrayReply {
        let file = unsafe open(device, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw TestProblem("cannot open the command device \(device): errno \(errno)") }
        defer { close(file) }
        let message = request.encoded()
        guard unsafe pwrite(file, message, message.count, 0) == message.count else {
            throw TestProblem("\(device) took no request: errno \(errno)")
        }
        var reply = [UInt8](repeating: 0, count: CommandDeviceWire.largestMessage)
        let count = unsafe pread(file, &reply, reply.count, 0)
        guard count > 0 else { throw TestProblem("\(device) gave no answer: errno \(errno)") }
        return try ArrayReply(decoding: Array(reply.prefix(count)))
    }

    func volume(_ index: Int = 0) throws -> VolumeSnapshot {
        guard case .volumes(let volumes, _) = try ask(.volumes(.ldevs([ldev(index)]))), let volume = volumes.first
        else {
            throw TestProblem("array \(name) does not show its volume \(index)")
        }
        return volume
    }

    func pair(_ index: Int = 0) throws -> PairSnapshot {
        guard let pair = try volume(index).pair else { throw TestProblem("volume \(index) of \(name) has no pair") }
        return pair
    }

    func status(_ index: Int = 0) -> PairStatus? { (try? volume(index))?.pair?.status }

    func shape(_ request: ImpairmentRequest) async throws {
        let client = ServiceProcessorClient(array: name, layout: layout)
        // The service processor comes up last, after the command device by which `start` knows that the array answers.
        for _ in 0..<1000 {
            if (try? await client.status()) != nil { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        try await client.shape(link: "east-west", request)
    }
}

/// A pair of arrays, east and west.
final class ArrayBenchtop {
    let root: String
    let layout: BenchLayout
    let east: TestArray
    let west: TestArray

    init(
        volumes: Int = 1, volumeBytes: UInt64 = 8 << 20, clockRate: UInt32 = 60, sideFileBytes: UInt64 = 64 << 20,
        journals: [UInt8] = [], tcpPort: UInt16? = nil, parent: String = "/tmp", timers: TimerConfiguration = .init()
    ) throws {
        root = parent + "/ab-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        layout = BenchLayout(root: root)
        let layout = self.layout
        let files = FileManager.default
        let mountPoints = ["east", "west"].flatMap { [layout.mountPoint(of: $0), layout.commandMountPoint(of: $0)] }
        for folder in [layout.links] + mountPoints {
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        try Data((0..<32).map { _ in UInt8.random(in: 0...255) }).write(to: URL(fileURLWithPath: layout.key))
        let address = tcpPort.map { "tcp:127.0.0.1:\($0)" } ?? "unix:" + layout.linkSocket("ew")
        func array(_ name: String, _ serial: UInt64, _ other: (String, UInt64), _ end: LinkConfiguration.End)
            -> TestArray
        {
            let ldevs = (0..<volumes).map {
                LDEVConfiguration(
                    id: LDEVNumber(UInt16(16 + $0)).description, sizeBytes: volumeBytes, port: "CL1-A", target: 0,
                    lun: UInt16($0))
            }
            return TestArray(
                ArrayConfiguration(
                    name: name, serial: serial, stateDirectory: layout.array(name) + "/nvram",
                    mountPoint: layout.mountPoint(of: name),
                    commandMountPoint: layout.commandMountPoint(of: name),
                    serviceProcessorSocket: layout.serviceProcessorSocket(of: name), keyFile: layout.key,
                    clockRate: clockRate, sideFile: SideFileConfiguration(capacityBytes: sideFileBytes),
                    timers: timers, ldevs: ldevs,
                    journals: journals.enumerated().map { index, number in
                        JournalConfiguration(
                            id: number, ldevs: [LDEVNumber(UInt16(0xF0 + index)).description], sizeBytes: 16 << 20)
                    },
                    links: [
                        LinkConfiguration(
                            name: "east-west", remoteName: other.0, remoteSerial: other.1, end: end,
                            address: address)
                    ], ledgerBytes: 1 << 20), layout)
        }
        east = array("east", 30053, ("west", 30054), .listens)
        west = array("west", 30054, ("east", 30053), .connects)
        do {
            try east.start()
            try west.start()
        } catch {
            dispose()
            throw error
        }
    }

    deinit { dispose() }

    /// Ends both arrays and removes every trace.
    func dispose() {
        for array in [east, west] {
            array.stop()
            unsafe umount2(layout.mountPoint(of: array.name), Int32(MNT_DETACH))
            unsafe umount2(layout.commandMountPoint(of: array.name), Int32(MNT_DETACH))
        }
        try? FileManager.default.removeItem(atPath: root)
    }

    /// Pairs volume `index` of east with that of west and waits for the end of the copy.
    func pair(
        _ mode: ReplicationMode, volumes: [Int] = [0], copies: Bool = true, journals: JournalNumbers? = nil
    ) throws {
        let order = CreationOrder(
            pairings: volumes.map { VolumePairing(local: east.ldev($0), remote: west.ldev($0)) },
            remoteSerial: ArraySerial(30054), mode: mode,
            grouping: mode == .asynchronous || volumes.count > 1 ? .consistencyGroup(nil) : .separate, copyPace: 15,
            copiesData: copies, journals: journals)
        var reply = ArrayReply.refused(.linkDown, nil)
        // Right after the start the link may still be coming up.
        _ = waitUntil(seconds: 10) {
            reply = (try? self.east.ask(.create(order))) ?? reply
            return !reply.isRefused(.linkDown)
        }
        try #require(reply == .done)
        for index in volumes { try awaitStatus(.paired, on: east, index) }
        for index in volumes { try awaitStatus(.paired, on: west, index) }
    }

    func awaitStatus(_ status: PairStatus, on array: TestArray, _ index: Int = 0, seconds: Double = 20) throws {
        guard waitUntil(seconds: seconds, { array.status(index) == status }) else {
            throw TestProblem(
                "volume \(index) of \(array.name) is \(array.status(index).map { "\($0)" } ?? "unknown"), "
                    + "not \(status), after \(seconds) s\n\(array.log.suffix(1500))")
        }
    }

    func awaitLink(_ isUp: Bool, _ index: Int = 0) throws {
        let reached = waitUntil(seconds: 20) {
            [self.east, self.west].allSatisfy { (try? $0.pair(index))?.isLinkUp == isUp }
        }
        guard reached else { throw TestProblem("the link is not \(isUp ? "up" : "down") after 20 s") }
    }

    /// Brings a suspended pair back by copying from east.
    func resynchronise(_ volumes: [Int] = [0]) throws {
        try awaitLink(true, volumes[0])
        let order = ArrayRequest.resynchronise(volumes.map { east.ldev($0) }, copyPace: 15, fence: nil)
        var reply = ArrayReply.refused(.busy, nil)
        _ = waitUntil(seconds: 10) {
            reply = (try? self.east.ask(order)) ?? reply
            return !reply.isRefused(.busy) && !reply.isRefused(.linkDown)
        }
        try #require(reply == .done)
        for index in volumes {
            try awaitStatus(.paired, on: east, index)
            try awaitStatus(.paired, on: west, index)
        }
    }

    /// The bytes of a volume as a host reads them.
    func contents(_ array: TestArray, _ index: Int = 0) throws -> [UInt8] {
        let file = unsafe open(array.device(index), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw TestProblem("cannot read volume \(index) of \(array.name): errno \(errno)") }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Int(array.configuration.ldevs[index].sizeBytes))
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(file, $0.baseAddress! + done, min(1 << 20, $0.count - done), off_t(done))
            }
            guard count > 0 else {
                throw TestProblem("volume \(index) of \(array.name) cannot be read: errno \(errno)")
            }
            done += count
        }
        return bytes
    }

    func copiesAreEqual(_ index: Int = 0) throws -> Bool { try contents(east, index) == contents(west, index) }
}

extension ArrayReply {
    func isRefused(_ refusal: Refusal) -> Bool {
        if case .refused(refusal, _) = self { return true }
        return false
    }
}
