// A command's call against a real instance, in this process: the instance's Unix socket, arrays through their command
// devices, and a clock that runs as fast as the bench's.

import CommandDevice
import Foundation
import Platform
import RaidManager
import RaidManagerShell
import ReplicationCore

/// **Threads**: the one that calls it.
///
/// A line that waits for what does not come is told after a while that its instance is gone.
final class MatrixSession: HorcmSession {
    private static let secondsMaximum: UInt64 = 30

    let environment: InstanceEnvironment
    private let write: (String) -> Void
    private let writeError: (String) -> Void
    private var connection: Int32 = -1
    private let theMachine: MatrixMachine
    private let end = monotonicNanoseconds() + secondsMaximum * 1_000_000_000

    init(
        _ environment: InstanceEnvironment, write: @escaping (String) -> Void,
        writeError: @escaping (String) -> Void
    ) {
        self.environment = environment
        self.write = write
        self.writeError = writeError
        theMachine = MatrixMachine(environment)
    }

    deinit { if connection >= 0 { close(connection) } }

    func ask(_ request: InstanceRequest) throws(HorcmFailure) -> InstanceReply {
        if connection < 0 {
            guard let connected = try? LocalSocket.connect(environment.socketPath) else {
                throw HorcmFailure(.notAttached)
            }
            connection = connected
            var patience = timeval(tv_sec: Int(Self.secondsMaximum), tv_usec: 0)
            unsafe setsockopt(
                connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard monotonicNanoseconds() < end else { throw HorcmFailure(.connectionLost) }
        guard SystemCalls.writeAll(connection, request.encoded()), let bytes = LocalSocket.receive(connection),
            let reply = try? InstanceReply(decoding: bytes)
        else { throw HorcmFailure(.connectionLost) }
        if request == .shutDown { _ = SystemCalls.readExactly(connection, 1) }
        return reply
    }

    /// On the bench's clock; the answer to come is nobody's.
    func ask(_ request: InstanceRequest, within limit: Span) throws(HorcmFailure) -> InstanceReply? {
        let answer = Monitor<Result<InstanceReply, HorcmFailure>?>(nil)
        let asker = MatrixSession(environment, write: { _ in }, writeError: { _ in })
        let shared = UnsafeShared(asker)
        startDetachedThread("asker") {
            let reply: Result<InstanceReply, HorcmFailure>
            do throws(HorcmFailure) { reply = .success(try shared.value.ask(request)) } catch {
                reply = .failure(error)
            }
            answer.withLock { $0 = reply }
            answer.wakeAll()
        }
        let patience = limit.shortened(by: MatrixWorld.clockRate).nanoseconds
        return try answer.wait(until: monotonicNanoseconds() + patience) { $0 }?.get()
    }

    let neighbours: [InstanceInformation] = []
    var machine: any HostMachine { theMachine }
    let clockText = "13:45:25"
    func show(_ line: String) { write(line) }
    func showError(_ line: String) { writeError(line) }
    func sleep(_ span: Span) { sleepNanoseconds(span.shortened(by: MatrixWorld.clockRate).nanoseconds) }
    var now: Moment { Moment(nanoseconds: monotonicNanoseconds() * UInt64(MatrixWorld.clockRate)) }
}

/// The host's own machine, whose standard input names two of its disks. Files that a command writes are not kept.
final class MatrixMachine: HostMachine {
    private let live: LiveMachine

    init(_ environment: InstanceEnvironment) {
        live = LiveMachine(environment, input: ["/dev/sdb", "/dev/sdc"])
    }

    var devices: HostDevices { live.devices }
    func device(at path: String) -> HostDevice? { live.device(at: path) }
    func inputLines() -> [String] { live.inputLines() }
    func inputLine(_ prompt: String, isSecret: Bool) -> String? { nil }
    let client = AdministrationClient(host: "host", account: 0)
    func write(_ text: String, to name: String) {}
    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply {
        try live.perform(request, on: serial)
    }
}

/// The process that a command thinks it runs in.
final class MatrixHost: CommandHost {
    private let values: [String: String]
    private(set) var output: [String] = []
    private(set) var errors: [String] = []
    var isSilent = false
    let hostName: String
    let stamp = CommandLog.Stamp(long: "Thu Nov 26 13:45:25 2026", clock: "13:45:25", microseconds: 0)

    init(_ values: [String: String]) {
        self.values = values
        hostName = values["ARRAYBENCH_HOST"] ?? ""
    }

    func environment(for instance: UInt16?) -> InstanceEnvironment { InstanceEnvironment(values, instance: instance) }
    func session(_ environment: InstanceEnvironment) -> any HorcmSession {
        MatrixSession(
            environment, write: { [unowned self] in show($0) }, writeError: { [unowned self] in showError($0) })
    }
    func show(_ line: String) { if !isSilent { output.append(line) } }
    func showError(_ line: String) { if !isSilent { errors.append(line) } }
    func record(
        _ command: any Command.Type, _ arguments: [String], _ outcome: CommandOutcome, _ stamp: CommandLog.Stamp,
        _ environment: InstanceEnvironment
    ) {}
    func guardInstance(_ environment: InstanceEnvironment) -> Bool { true }
    func nextLine(prompt: String) -> InteractiveInput { .end }
}
