// PostgreSQL with its data and its write-ahead log on two volumes. Both file systems are always mounted at the same
// places, whichever array they come from, as two hosts of a cluster would do it. The demo, the campaigns and the
// measurement share it.

internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package struct PostgresServer: Sendable {
    /// A folder on the host's own disk, for sockets, notes and mount points.
    package let folder: String
    package let tools: PostgresTools
    /// More words for `initdb`, such as `--data-checksums`.
    let initArguments: [String]

    package init(folder: String, tools: PostgresTools, initArguments: [String] = []) {
        self.folder = folder
        self.tools = tools
        self.initArguments = initArguments
    }

    private var mounts: String { folder + "/db" }
    private var data: String { mounts + "/data" }
    private var wal: String { mounts + "/wal" }
    package var cluster: String { data + "/pg" }
    package var socket: String { folder + "/socket" }
    private var log: String { folder + "/postgres.log" }

    package func prepareFolders() throws {
        for path in [mounts, data, wal, socket] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        }
        try own(socket)
    }

    package func makeFileSystems(_ devices: [String]) async throws {
        for device in devices { try await must("mkfs.ext4", ["-q", "-F", device]) }
    }

    /// Replays the journals as after a power failure, then mounts.
    package func mount(_ devices: [String]) async throws {
        for (device, place) in zip(devices, [data, wal]) {
            let repair = try await HostCommand.run("e2fsck", ["-p", device])
            // 1: errors were corrected, which includes an orphan list; more is damage.
            guard repair.status <= 1 else { throw BenchFailure("e2fsck \(device): \(repair.text)") }
            try await must("mount", ["-o", "noatime", device, place])
        }
    }

    package func unmount() async throws {
        for place in [data, wal] { try await must("umount", [place]) }
    }

    /// After the site is gone nothing can be written back: the mounts are dropped as they are.
    package func dropMounts() {
        for place in [data, wal] {
            for mount in Mounts.below(place) { _ = try? Mounts.remove(mount.point) }
        }
    }

    package func create() async throws {
        for path in [cluster, wal + "/pg_wal"] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try own(path)
        }
        try await server(
            "initdb",
            ["-D", cluster, "-X", wal + "/pg_wal", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]
                + initArguments)
        let settings = """

            listen_addresses = ''
            unix_socket_directories = '\(socket)'
            shared_buffers = 64MB
            max_wal_size = 96MB
            min_wal_size = 32MB
            fsync = on
            synchronous_commit = on
            full_page_writes = on
            restart_after_crash = off

            """
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: cluster + "/postgresql.conf"))
        try file.seekToEnd()
        try file.write(contentsOf: Data(settings.utf8))
        // Without it the settings are only in the host's cache, and a lost site loses them, as it must.
        try file.synchronize()
        try file.close()
    }

    package func start() async throws {
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
            try own(log)
        }
        // Lock files of a server that died with its host name a process of that host. Both hosts are this machine here,
        // so that the number may even be in use.
        for lock in [cluster + "/postmaster.pid", socket + "/.s.PGSQL.5432", socket + "/.s.PGSQL.5432.lock"] {
            try? FileManager.default.removeItem(atPath: lock)
        }
        do {
            try await server("pg_ctl", ["-D", cluster, "-l", log, "-w", "-t", "60", "-s", "start"])
        } catch {
            let lines = ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").suffix(8)
            throw BenchFailure("PostgreSQL did not start: \(error)\n\(lines.joined(separator: "\n"))")
        }
    }

    package func stop() async throws {
        try await server("pg_ctl", ["-D", cluster, "-w", "-t", "60", "-s", "-m", "fast", "stop"])
    }

    /// The host is gone: every server process at once. They are known by the folder that they were started for.
    package func kill() {
        for process in serverProcesses() { process.sendToGroup(SIGKILL) }
        for process in serverProcesses() { process.end(askingFor: 0) }
    }

    package func createLedger() async throws {
        _ = try await query(
            """
            CREATE TABLE counter (n bigint NOT NULL) WITH (fillfactor = 10);
            INSERT INTO counter VALUES (0);
            CREATE TABLE ledger (n bigint PRIMARY KEY, client int NOT NULL, note text NOT NULL);
            CHECKPOINT;
            """)
    }

    /// All numbers in the ledger, ascending.
    package func ledger() async throws -> [UInt64] {
        try await query("SELECT n FROM ledger ORDER BY n").split(separator: "\n").compactMap { UInt64($0) }
    }

    package func query(_ text: String) async throws -> String {
        let result = try await HostCommand.run("psql", clientArguments + ["-v", "ON_ERROR_STOP=1", "-c", text])
        guard result.status == 0 else { throw BenchFailure("psql: \(result.errors)") }
        return result.output
    }

    package var clientArguments: [String] {
        ["-X", "-q", "-A", "-t", "-h", socket, "-U", "postgres", "-d", "postgres"]
    }

    /// Processes of our own server: the postmaster has the cluster's folder among its arguments.
    private func serverProcesses() -> [ProcessIdentity] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.compactMap { pid in
            guard let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")?.split(separator: 0),
                words.contains(where: { String(decoding: $0, as: UTF8.self) == cluster }),
                words.first.map({ String(decoding: $0, as: UTF8.self).hasSuffix("/postgres") }) == true
            else { return nil }
            return ProcessIdentity(running: pid)
        }
    }

    /// Runs one of the server's programs as the user who owns its files.
    package func server(_ program: String, _ arguments: [String]) async throws {
        try await must("runuser", ["-u", tools.user, "--", "\(tools.postgres)/\(program)"] + arguments)
    }

    private func own(_ path: String) throws {
        guard unsafe chown(path, tools.userNumber, tools.groupNumber) == 0 else {
            throw BenchFailure("cannot give \(path) to \(tools.user): \(unsafe String(cString: strerror(errno)))")
        }
    }

    private func must(_ program: String, _ arguments: [String]) async throws {
        let result = try await HostCommand.run(program, arguments, environment: Self.environment)
        guard result.status == 0 else {
            throw BenchFailure(
                "'\(program) \(arguments.joined(separator: " "))' ended with \(result.status): \(result.text)")
        }
    }

    private static var environment: [String: String] {
        ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/tmp"]
    }
}
