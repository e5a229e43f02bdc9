// The peer of a full resynchronisation: a `blockdev-mirror` job of one QEMU daemon to an NBD export of a second one over a
// Unix socket, `sync=full`, `copy-mode=background`. Like an array's first copy it ends with both sides equal and kept
// equal; QEMU zeroes the whole target first, because it cannot know what is there.

internal import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

struct MirrorPeer: Sendable {
    /// nil if it runs, else why not.
    private(set) var missing: String?
    private var processes: [ProcessIdentity] = []
    private var control = ""

    static let name = "qemu mirror"
    private static let program = "qemu-storage-daemon"

    /// Starts both daemons on files of `bytes` in `folder` that are written already.
    mutating func start(in folder: String, bytes: Int) async throws(BenchFailure) {
        guard let path = Peers.path(of: Self.program) else {
            missing = "\(Self.name): \(Self.program) is not installed"
            return
        }
        let (near, far, socket) = ("\(folder)/mirror-near", "\(folder)/mirror-far", "\(folder)/mirror.sock")
        control = "\(folder)/mirror-qmp"
        for file in [near, far] { try RawFile.make(file, bytes: bytes) }
        try await launch(
            path,
            Peers.node("r0", far) + [
                "--nbd-server", "addr.type=unix,addr.path=\(socket)", "--export",
                "type=nbd,id=e0,node-name=r0,name=d,writable=on",
            ], in: folder, untilThereIs: socket)
        try await launch(
            path,
            Peers.node("r0", near) + [
                "--blockdev", "driver=nbd,node-name=n0,server.type=unix,server.path=\(socket),export=d",
                "--chardev", "socket,id=c,path=\(control),server=on,wait=off", "--monitor", "chardev=c",
            ], in: folder, untilThereIs: control)
    }

    private mutating func launch(
        _ path: String, _ arguments: [String], in folder: String, untilThereIs file: String
    ) async throws(BenchFailure) {
        processes.append(
            try DetachedProcess.start(
                path, arguments: arguments, environment: ProcessInfo.processInfo.environment,
                log: "\(folder)/mirror.log"))
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: file) {
            try Interruption.check()
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Copies everything once. Returns seconds from the command until the job is ready.
    func copy() throws(BenchFailure) -> Double {
        let client = try QMPClient(path: control)
        let began = ContinuousClock.now
        _ = try client.ask(
            #"{"execute":"blockdev-mirror","arguments":{"job-id":"j","device":"r0","target":"n0","sync":"full","#
                + #""copy-mode":"background"}}"#)
        try client.event("BLOCK_JOB_READY", seconds: 120)
        let seconds = (ContinuousClock.now - began).seconds
        _ = try client.ask(#"{"execute":"block-job-cancel","arguments":{"device":"j"}}"#)
        try client.event("BLOCK_JOB_COMPLETED", seconds: 30)
        return seconds
    }

    mutating func end() async {
        for process in processes.reversed() { process.send(SIGTERM) }
        for process in processes {
            for _ in 0..<200 where process.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
            process.send(SIGKILL)
        }
        processes = []
    }
}
