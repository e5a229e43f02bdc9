// The processes that belong to a bench, found by what they are and not only by what was written down: a command that
// was killed between starting a process and recording it must not leave a stray behind. A process belongs to the bench
// if it runs one of our daemons and was started for this very folder, or if its root is a view of one of its hosts.

internal import Foundation

package struct BenchProcess: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case array(String)
        case manager(host: String)
        /// Runs in a host's view, started by `arraybench exec` or by what that started.
        case guest(host: String)
        /// Judges what a takeover brought.
        case judge
    }
    package var kind: Kind
    package var identity: ProcessIdentity
    /// A manager's instance, which tells those of one machine apart.
    package var instance: UInt16?
}

package enum BenchProcesses {
    /// All running daemons that were started for this folder.
    package static func find(in layout: BenchLayout) -> [BenchProcess] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.compactMap { pid in
            guard let identity = ProcessIdentity(running: pid), let kind = kind(of: pid, in: layout),
                identity.isRunning
            else { return nil }
            return BenchProcess(kind: kind, identity: identity, instance: instance(of: pid, kind))
        }.sorted { $0.identity.pid < $1.identity.pid }
    }

    private static func kind(of pid: Int32, in layout: BenchLayout) -> BenchProcess.Kind? {
        daemon(pid, in: layout) ?? HostViews.host(of: pid, in: layout).map { .guest(host: $0) }
    }

    private static func instance(of pid: Int32, _ kind: BenchProcess.Kind) -> UInt16? {
        guard case .manager = kind else { return nil }
        return strings(in: "/proc/\(pid)/environ").first { $0.hasPrefix("HORCMINST=") }.flatMap {
            UInt16($0.dropFirst(10))
        }
    }

    private static func daemon(_ pid: Int32, in layout: BenchLayout) -> BenchProcess.Kind? {
        let proc = "/proc/\(pid)"
        guard var program = try? FileManager.default.destinationOfSymbolicLink(atPath: proc + "/exe") else {
            return nil
        }
        if program.hasSuffix(" (deleted)") { program.removeLast(10) }
        switch URL(fileURLWithPath: program).lastPathComponent {
        case "arrayd":
            let words = strings(in: proc + "/cmdline")
            guard let flag = words.firstIndex(of: "--configuration"), flag + 1 < words.count else { return nil }
            return name(in: words[flag + 1], after: layout.arrays, before: "/configuration.json").map { .array($0) }
        case "horcmd":
            let root = strings(in: proc + "/environ").first { $0.hasPrefix("ARRAYBENCH_ROOT=") }
            let host = root.flatMap { name(in: String($0.dropFirst(16)), after: layout.hosts, before: "") }
            return (host ?? HostViews.host(of: pid, in: layout, evenOurs: true)).map { .manager(host: $0) }
        case "arraybench":
            let words = strings(in: proc + "/cmdline")
            guard words.contains("--after-takeover"), let flag = words.firstIndex(of: "--state") else { return nil }
            return flag + 1 < words.count && words[flag + 1] == layout.root ? .judge : nil
        case _: return nil
        }
    }

    private static func name(in path: String, after folder: String, before end: String) -> String? {
        guard path.hasPrefix(folder + "/"), path.hasSuffix(end) else { return nil }
        let name = path.dropFirst(folder.count + 1).dropLast(end.count)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }

    private static func strings(in path: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
