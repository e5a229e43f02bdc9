// What one could use instead, from Debian's packages, on the same kind of file. A peer that is not installed is named as
// missing.

package import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// Processes and mounts of the peers; `end` takes all of them away.
package struct Peers: Sendable {
    package private(set) var targets: [Target] = []
    /// "name: why it is not there".
    package private(set) var missing: [String] = []

    private var folder = ""
    private var bytes = 0
    private var processes: [(peer: String, identity: ProcessIdentity)] = []
    /// Which peer is being started.
    private var peer = ""
    private var mounts: [String] = []
    private var loops: [String] = []

    package init() {}

    /// Starts each peer of which there is a program, on files of `bytes` below `parent`.
    package mutating func start(in parent: String, bytes: Int) async throws(BenchFailure) {
        folder = parent + "/peers"
        self.bytes = bytes
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw BenchFailure("cannot make \(folder): \(error)")
        }
        try plainFile()
        await attempt("qemu FUSE export", needing: ["qemu-storage-daemon"]) { (peers) throws(BenchFailure) in
            try await peers.fuseExport()
        }
        await attempt("nbdfuse over nbdkit", needing: ["nbdkit", "nbdfuse"]) { (peers) throws(BenchFailure) in
            try await peers.nbdkit()
        }
        for mode in ["write-blocking", "background"] {
            await attempt("qemu mirror, \(mode)", needing: ["qemu-storage-daemon", "nbdfuse"]) {
                (peers) throws(BenchFailure) in
                try await peers.mirror(mode)
            }
        }
    }

    package mutating func end() async {
        for loop in loops { try? LoopDevices.detach(loop) }
        for mount in mounts.reversed() { _ = try? Mounts.remove(mount) }
        let processes = processes.map(\.identity)
        for process in processes.reversed() {
            process.send(SIGTERM)
            process.send(SIGCONT)
        }
        for process in processes {
            for _ in 0..<200 where process.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
            process.send(SIGKILL)
        }
        (self.processes, mounts, loops, targets) = ([], [], [], [])
        if !folder.isEmpty { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Lets the processes of one peer run and stops all others': QEMU's background mirror works on long after its hosts
    /// have ended, and would disturb whoever is measured next.
    package func giveTurn(to target: String) {
        for process in processes where process.peer != target { process.identity.send(SIGSTOP) }
        for process in processes where process.peer == target { process.identity.send(SIGCONT) }
    }

    private mutating func attempt(
        _ name: String, needing programs: [String], _ start: (inout Peers) async throws(BenchFailure) -> Void
    ) async {
        if let program = programs.first(where: { Self.path(of: $0) == nil }) {
            missing.append("\(name): \(program) is not installed")
            return
        }
        peer = name
        do {
            try await start(&self)
        } catch {
            missing.append("\(name): \(error.message)")
        }
    }

    static func path(of program: String) -> String? {
        ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    // MARK: Each of them

    private mutating func plainFile() throws(BenchFailure) {
        let plain = try file("plain")
        targets.append(Target("plain file", plain, .plain))
        guard getuid() == 0 else {
            missing.append("loop device: only root may attach one")
            return
        }
        do {
            let loop = try LoopDevices.attach(try file("under-loop"))
            loops.append(loop)
            targets.append(Target("loop device", loop, .block))
        } catch {
            missing.append("loop device: \(error.message)")
        }
    }

    private mutating func fuseExport() async throws(BenchFailure) {
        let (image, point) = (try file("fuse-image"), folder + "/qemu")
        _ = FileManager.default.createFile(atPath: point, contents: nil)
        mounts.append(point)
        try launch(
            "qemu-storage-daemon", Self.node("r0", image),
            ["--export", "type=fuse,id=e0,node-name=r0,mountpoint=\(point),writable=on"])
        try await appear(Target("qemu FUSE export", point, .fuse))
    }

    private mutating func nbdkit() async throws(BenchFailure) {
        let (image, socket) = (try file("nbdkit-image"), folder + "/nbdkit.sock")
        try launch("nbdkit", ["-f", "-U", socket, "file", image])
        try await wait { FileManager.default.fileExists(atPath: socket) }
        try await nbdfuse("nbdfuse over nbdkit", "nbd+unix:///?socket=\(socket)", "nbdkit-mount")
    }

    /// A mirror job to an NBD export of a second daemon. QEMU's own FUSE export refuses a mirrored node, so that the
    /// volume is reached through nbdfuse.
    private mutating func mirror(_ mode: String) async throws(BenchFailure) {
        let (far, near, control) = (
            "\(folder)/\(mode)-far.sock", "\(folder)/\(mode)-near.sock", "\(folder)/\(mode)-qmp"
        )
        try launch(
            "qemu-storage-daemon", Self.node("r0", try file("\(mode)-far")),
            [
                "--nbd-server", "addr.type=unix,addr.path=\(far)", "--export",
                "type=nbd,id=e0,node-name=r0,name=d,writable=on",
            ])
        try await wait { FileManager.default.fileExists(atPath: far) }
        try launch(
            "qemu-storage-daemon", Self.node("r0", try file("\(mode)-near")),
            [
                "--blockdev", "driver=nbd,node-name=n0,server.type=unix,server.path=\(far),export=d",
                "--nbd-server", "addr.type=unix,addr.path=\(near)",
                "--export", "type=nbd,id=e1,node-name=r0,name=s,writable=on",
                "--chardev", "socket,id=c,path=\(control),server=on,wait=off", "--monitor", "chardev=c",
            ])
        try await wait {
            FileManager.default.fileExists(atPath: near) && FileManager.default.fileExists(atPath: control)
        }
        let client = try QMPClient(path: control)
        _ = try client.ask(
            #"{"execute":"blockdev-mirror","arguments":{"job-id":"j","device":"r0","target":"n0","sync":"full","#
                + #""copy-mode":"\#(mode)"}}"#)
        try client.event("BLOCK_JOB_READY", seconds: 120)
        try await nbdfuse("qemu mirror, \(mode)", "nbd+unix:///s?socket=\(near)", "\(mode)-mount")
    }

    // MARK: Parts

    static func node(_ name: String, _ image: String) -> [String] {
        [
            "--blockdev", "driver=file,node-name=\(name)f,filename=\(image)",
            "--blockdev", "driver=raw,node-name=\(name),file=\(name)f",
        ]
    }

    private mutating func nbdfuse(_ name: String, _ uri: String, _ mount: String) async throws(BenchFailure) {
        let point = "\(folder)/\(mount)"
        try? FileManager.default.createDirectory(atPath: point, withIntermediateDirectories: true)
        mounts.append(point)
        try launch("nbdfuse", [point + "/", uri])
        try await appear(Target(name, point + "/nbd", .fuse))
    }

    private func file(_ name: String) throws(BenchFailure) -> String {
        let path = "\(folder)/\(name)"
        guard FileManager.default.createFile(atPath: path, contents: nil), unsafe truncate(path, bytes) == 0 else {
            throw BenchFailure("cannot make \(path)")
        }
        return path
    }

    private mutating func launch(_ program: String, _ arguments: [String]...) throws(BenchFailure) {
        guard let path = Self.path(of: program) else { throw BenchFailure("\(program) is not installed") }
        let process = try DetachedProcess.start(
            path, arguments: arguments.flatMap(\.self), environment: ProcessInfo.processInfo.environment,
            log: "\(folder)/\(program).log")
        processes.append((peer, process))
    }

    private mutating func appear(_ target: Target) async throws(BenchFailure) {
        try await wait { (try? target.check()) != nil }
        targets.append(target)
    }

    private func wait(_ condition: () -> Bool) async throws(BenchFailure) {
        for _ in 0..<500 {
            if condition() { return }
            try Interruption.check()
            try? await Task.sleep(for: .milliseconds(10))
        }
        throw BenchFailure("it did not come up within 5 s")
    }
}
