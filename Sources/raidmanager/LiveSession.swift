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
        try send(request)
        return try receive(request)
    }

    func ask(_ request: InstanceRequest, within limit: Span) throws(HorcmFailure) -> InstanceReply? {
        try send(request)
        var waiting = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        let end = now + limit
        while unsafe poll(&waiting, 1, Int32(clamping: end.since(now).nanoseconds / 1_000_000)) <= 0 {
            guard now >= end else { continue }
            // The answer to come is nobody's.
            close(connection)
            connection = -1
            return nil
        }
        return try receive(request)
    }

    private func send(_ request: InstanceRequest) throws(HorcmFailure) {
        try connect()
        guard SystemCalls.writeAll(connection, request.encoded()) else { throw HorcmFailure(.connectionLost) }
    }

    private func receive(_ request: InstanceRequest) throws(HorcmFailure) -> InstanceReply {
        guard let bytes = LocalSocket.receive(connection) else { throw HorcmFailure(.connectionLost) }
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

    var neighbours: [InstanceInformation] {
        let folder = environment.socketDirectory
        return FileTree.names(in: folder).filter(InstanceEnvironment.isSocketName)
            .filter { $0 != environment.processTitle }
            .compactMap { Self.information(behind: "\(folder)/\($0)") }
            .sorted { ($0.instance ?? 0) < ($1.instance ?? 0) }
    }

    private static func information(behind path: String) -> InstanceInformation? {
        guard let connection = try? LocalSocket.connect(path) else { return nil }
        defer { close(connection) }
        guard SystemCalls.writeAll(connection, InstanceRequest.information.encoded()),
            let bytes = LocalSocket.receive(connection),
            case .information(let found)? = try? InstanceReply(decoding: bytes)
        else { return nil }
        return found
    }

    var clockText: String { SystemCalls.stamp().clock }
    func show(_ line: String) { output.show(line) }
    func showError(_ line: String) { output.showError(line) }
    func sleep(_ span: Span) { sleepNanoseconds(span.nanoseconds) }
    private(set) lazy var machine: any HostMachine = LiveMachine(environment, input: input)
    var now: Moment { Moment(nanoseconds: monotonicNanoseconds()) }
}
