// Views from outside: which processes are in one, and what is mounted there. A view is known by its root, a tmpfs whose
// source is `arraybench:<host>:<folder of the bench>` (`BenchLayout.viewName`); no environment and no name has a part in
// it, since programs clear and change those.

internal import Foundation
internal import HostView

package enum HostViews {
    /// The host in whose view a process is; nil if it is in none of this bench's.
    /// - Parameter evenOurs: also looks at processes that see the same mounts as this one.
    package static func host(of pid: Int32, in layout: BenchLayout, evenOurs: Bool = false) -> String? {
        guard let space = mountSpace("\(pid)"), evenOurs || space != ownSpace else { return nil }
        return host(in: ProcFile.text("/proc/\(pid)/mountinfo"), of: layout)
    }

    /// - Parameter table: a mount table as /proc shows it.
    package static func host(in table: String, of layout: BenchLayout) -> String? {
        for line in table.split(separator: "\n") where line.contains("arraybench:") {
            guard let mount = Mount(parsing: line), mount.point == "/", mount.source.hasPrefix("arraybench:"),
                mount.source.hasSuffix(":" + layout.root)
            else { continue }
            return String(mount.source.dropFirst(11).dropLast(layout.root.count + 1))
        }
        return nil
    }

    /// The folder of the bench in whose host's view this process is; nil outside.
    static var rootOfOwnView: String? {
        for line in ProcFile.text("/proc/self/mountinfo").split(separator: "\n") where line.contains("arraybench:") {
            guard let mount = Mount(parsing: line), mount.point == "/" else { continue }
            return mount.source.split(separator: ":", maxSplits: 2).dropFirst(2).first.map(String.init)
        }
        return nil
    }

    /// Where a block device is mounted in views of this bench, with a process that sees it.
    package static func mounts(of device: String, in layout: BenchLayout) -> [(point: String, pid: Int32)] {
        guard let number = LoopDevices.number(of: device) else { return [] }
        var seen: Set<String> = []
        return BenchProcesses.find(in: layout).flatMap { process -> [(point: String, pid: Int32)] in
            let pid = process.identity.pid
            guard let space = mountSpace("\(pid)"), space != ownSpace, seen.insert(space).inserted else { return [] }
            return ProcFile.text("/proc/\(pid)/mountinfo").split(separator: "\n").compactMap { Mount(parsing: $0) }
                .filter { $0.device == number }.map { ($0.point, pid) }
        }
    }

    private static func mountSpace(_ pid: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/mnt")
    }

    private static let ownSpace = mountSpace("self")
}
