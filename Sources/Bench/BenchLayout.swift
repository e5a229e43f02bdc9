// Where everything of a bench lies. The only place that knows these names:
//
//   bench.yaml            the description as used          lock      held while a command changes the bench
//   bench.json            processes, ports, loops, links   key       32 random bytes that both ends of a link know
//   arrays/<name>/        configuration.json  state/ (NVRAM, volumes)  dev/ (mount point)  sp.sock  arrayd.log
//   links/<name>.sock     command-devices/<serial> → the array's command/cmd            bin/ the emulated commands
//   verdicts/             what was found after each takeover, JSON
//   hosts/<host>/         that host's root folder: etc/horcm<N>.conf, HORCM/log<N>/; view/, where its view is put together
//
// The address of a Unix socket has room for 107 bytes; `longestSocketPath` is checked before anything is made.

internal import Foundation

package struct BenchLayout: Hashable, Sendable {
    /// Absolute, without a slash at the end.
    package let root: String

    package init(root: String) {
        let absolute = URL(fileURLWithPath: root).standardizedFileURL.path
        self.root = absolute.count > 1 && absolute.hasSuffix("/") ? String(absolute.dropLast()) : absolute
    }

    /// The folder when none is named: `$ARRAYBENCH_STATE`, else one per user under /var/tmp.
    package static func standard(environment: [String: String], user: UInt32) -> BenchLayout {
        if let named = environment["ARRAYBENCH_STATE"], !named.isEmpty { return BenchLayout(root: named) }
        return BenchLayout(root: user == 0 ? "/var/tmp/arraybench" : "/var/tmp/arraybench-\(user)")
    }

    package var description: String { root + "/bench.yaml" }
    package var record: String { root + "/bench.json" }
    package var lock: String { root + "/lock" }
    package var key: String { root + "/key" }
    package var commands: String { root + "/bin" }
    package var commandDevices: String { root + "/command-devices" }
    package var arrays: String { root + "/arrays" }
    package var links: String { root + "/links" }
    package var hosts: String { root + "/hosts" }
    package var verdicts: String { root + "/verdicts" }
    /// What a bench's folder may hold; anything else makes it a stranger's.
    package static let entries: Set<String> = [
        "bench.yaml", "bench.json", "lock", "key", "bin", "command-devices", "arrays", "links", "hosts", "verdicts",
    ]

    package func array(_ name: String) -> String { "\(arrays)/\(name)" }
    package func configuration(of array: String) -> String { self.array(array) + "/configuration.json" }
    package func state(of array: String) -> String { self.array(array) + "/state" }
    package func mountPoint(of array: String) -> String { self.array(array) + "/dev" }
    package func serviceProcessorSocket(of array: String) -> String { self.array(array) + "/sp.sock" }
    package func log(of array: String) -> String { self.array(array) + "/arrayd.log" }
    package func commandMountPoint(of array: String) -> String { self.array(array) + "/command" }
    package func commandDevice(of array: String) -> String { commandMountPoint(of: array) + "/cmd" }
    /// The name of an LDEV's file: `00:12` is `00-12`, because a colon separates fields in too many places.
    package static func fileName(of ldev: String) -> String { ldev.replacing(":", with: "-") }
    package func device(of ldev: String, array: String) -> String {
        mountPoint(of: array) + "/" + Self.fileName(of: ldev)
    }
    package func linkSocket(_ name: String) -> String { "\(links)/\(name).sock" }
    package func commandDevice(serial: UInt64) -> String { "\(commandDevices)/\(serial)" }
    package func host(_ name: String) -> String { "\(hosts)/\(name)" }
    /// An empty folder outside; inside a view's own name space its root is made here.
    package func view(of host: String) -> String { self.host(host) + "/view" }
    /// The source of the view's root in the mount table.
    package func viewName(of host: String) -> String { "arraybench:\(host):\(root)" }
    package func horcmFile(host: String, instance: UInt16) -> String { "\(self.host(host))/etc/horcm\(instance).conf" }
    package func horcmLog(host: String, instance: UInt16) -> String { "\(self.host(host))/HORCM/log\(instance)" }
    /// Where the instance listens for the host's commands (RaidManager's `InstanceEnvironment.socketPath`).
    package func horcmSocket(host: String, instance: UInt16) -> String {
        "\(self.host(host))/HORCM/.uds/horcmd_0\(instance)"
    }

    /// Bytes that a Unix socket's address has room for.
    /// - Source: unix(7), `sun_path` of 108 bytes with the closing zero.
    package static let socketPathLimit = 107

    package func longestSocketPath(in bench: BenchDescription) -> String {
        var paths = bench.arrays.map { serviceProcessorSocket(of: $0.name) }
        paths += bench.links.filter { $0.kind == .unix }.map { linkSocket($0.name) }
        paths += bench.hosts.map { horcmSocket(host: $0.name, instance: $0.instance) }
        return paths.max { $0.utf8.count < $1.utf8.count } ?? ""
    }

    package func checkSocketPaths(of bench: BenchDescription) throws(BenchFailure) {
        let path = longestSocketPath(in: bench)
        let excess = path.utf8.count - Self.socketPathLimit
        guard excess > 0 else { return }
        throw BenchFailure(
            "the socket \(path) would have a path of \(path.utf8.count) bytes; \(Self.socketPathLimit) are possible",
            remedy: "choose a folder whose path is at least \(excess) bytes shorter with --state or ARRAYBENCH_STATE")
    }
}
