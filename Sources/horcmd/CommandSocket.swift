// The socket on which commands reach their instance.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell
internal import ReplicationCore

/// **Threads**: one accepts, one serves each connection; nothing is shared between connections.
final class CommandSocket: Sendable {
    private let file: Int32
    private let path: String

    init(_ path: String) throws(SystemFailure) {
        file = try LocalSocket.listen(path)
        self.path = path
    }

    /// - Parameters:
    ///   - answer: carries a request out; may block.
    ///   - shutDown: called after a command was told that the instance ends.
    func serve(
        _ answer: @escaping @Sendable (InstanceRequest) -> InstanceReply, shutDown: @escaping @Sendable () -> Void
    ) -> NamedThread {
        NamedThread("commands") { [file] in
            while true {
                let connection = accept(file, nil, nil)
                guard connection >= 0 else {
                    // Out of descriptors: those in use are given back soon.
                    if errno == EMFILE || errno == ENFILE { sleepNanoseconds(10_000_000) }
                    continue
                }
                guard LocalSocket.isTrusted(connection),
                    Worker.run({ Self.serve(connection, answer, shutDown) })
                else {
                    close(connection)
                    continue
                }
            }
        }
    }

    private static func serve(
        _ connection: Int32, _ answer: (InstanceRequest) -> InstanceReply, _ shutDown: () -> Void
    ) {
        defer { close(connection) }
        while let bytes = LocalSocket.receive(connection) {
            let request: InstanceRequest
            do throws(WireError) {
                request = try InstanceRequest(decoding: bytes)
            } catch {
                SystemCalls.writeAll(connection, InstanceReply.failed(HorcmFailure(.unknownFunction)).encoded())
                return
            }
            guard request == .shutDown else {
                guard SystemCalls.writeAll(connection, answer(request).encoded()) else { return }
                continue
            }
            SystemCalls.writeAll(connection, InstanceReply.done.encoded())
            shutDown()
            // The connection ends with the process: that is how the command knows that a new instance may start.
            while true { pause() }
        }
    }

    /// Nobody can connect any more.
    func remove() { unsafe unlink(path) }
}
