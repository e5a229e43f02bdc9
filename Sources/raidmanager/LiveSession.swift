// A command's session with a real instance: its Unix socket, the clock, and stdout.

internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell
internal import ReplicationCore

/// **Threads**: the main thread only.
final class LiveSession: HorcmSession {
    let environment: InstanceEnvironment
    private let output: Console
    private let input: [String]?
    private var connection: Int32 = -1

    /// - Parameter input: instead of standard input.
    init(_ environment: InstanceEnvironment, _ output: Console, input: [String]? = nil) {
        self.input = input
        self.environment = environment
        self.output = output
    }

    deinit { if connection >= 0 { close(connection) } }

    func ask(_ request: InstanceRequest) throws(HorcmFailure) -> InstanceReply {
        try connect()
        guard SystemCalls.writeAll(connection, request.encoded()), let bytes = LocalSocket.receive(connection) else {
            throw HorcmFailure(.connectionLost)
        }
        // The instance holds its lock until the connection ends: only then can another one start.
        if request == .shutDown { _ = SystemCalls.readExactly(connection, 1) }
        do throws(WireError) {
            return try InstanceReply(decoding: bytes)
        } catch {
            throw HorcmFailure(.connectionLost, "The instance speaks another version. Restart it.")
        }
    }

    private func connect() throws(HorcmFailure) {
        guard connection < 0 else { return }
        do throws(SystemFailure) {
            connection = try LocalSocket.connect(environment.socketPath)
        } catch {
            // A missing socket is the ordinary case and needs no words of its own.
            let isOrdinary = error.code == ENOENT || error.code == ECONNREFUSED
            throw HorcmFailure(.notAttached, notes: isOrdinary ? [] : ["\(error)."])
        }
    }

    var clockText: String { SystemCalls.stamp().clock }
    func show(_ line: String) { output.show(line) }
    func showError(_ line: String) { output.showError(line) }
    func sleep(_ span: Span) { sleepNanoseconds(span.nanoseconds) }
    private(set) lazy var machine: any HostMachine = LiveMachine(environment, input: input)
    var now: Moment { Moment(nanoseconds: monotonicNanoseconds()) }
}
