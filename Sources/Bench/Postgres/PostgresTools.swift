// What PostgreSQL on volumes needs on the machine, looked for before anything is started.

internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package struct PostgresTools: Sendable {
    /// Folder with `initdb`, `pg_ctl` and `postgres`.
    package let postgres: String
    /// PostgreSQL refuses to run as root; this user owns its files.
    let user: String
    let userNumber: uid_t
    let groupNumber: gid_t

    /// - Throws: what is missing and how to get it.
    package static func find() async throws -> PostgresTools {
        guard getuid() == 0 else {
            throw BenchFailure(
                "a database on volumes needs file systems mounted, which only root may do", remedy: "run it with sudo")
        }
        for tool in ["mkfs.ext4", "e2fsck", "mount", "runuser", "psql", "cmp"] where !isInstalled(tool) {
            throw BenchFailure(
                "PostgreSQL on volumes needs '\(tool)', which is not installed",
                remedy: "'make demo' installs what is missing (Debian: e2fsprogs, util-linux, postgresql)")
        }
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted {
            ($0 as NSString).doubleValue > ($1 as NSString).doubleValue
        }
        let folders = versions.map { "\(root)/\($0)/bin" } + ["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"]
        guard let folder = folders.first(where: { isExecutable($0 + "/initdb") && isExecutable($0 + "/pg_ctl") }) else {
            throw BenchFailure(
                "PostgreSQL's server programs were not found", remedy: "'make demo' installs them (Debian: postgresql)")
        }
        for name in ["postgres", "nobody"] {
            guard let entry = unsafe getpwnam(name) else { continue }
            return PostgresTools(
                postgres: folder, user: name, userNumber: unsafe entry.pointee.pw_uid,
                groupNumber: unsafe entry.pointee.pw_gid)
        }
        throw BenchFailure("there is no user 'postgres' or 'nobody' to run the database as")
    }

    private static func isExecutable(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

    private static func isInstalled(_ tool: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return (path + ":/usr/sbin:/sbin").split(separator: ":").contains { isExecutable("\($0)/\(tool)") }
    }
}
