// What of a bench is still on the machine, found without the bench's own bookkeeping; and its removal by force, so that a
// failed test disturbs no other.

import Bench
import Foundation
import Testing

enum Leftovers {
    /// Everything that carries the folder's name, in words.
    static func of(_ root: String) -> [String] {
        processes(root).map { "process \($0)" } + Mounts.below(root).map { "mount \($0.point)" }
            + loops(root).map { "loop device \($0)" } + sockets(root).map { "socket \($0)" }
            + (FileManager.default.fileExists(atPath: root) ? ["folder \(root)"] : [])
    }

    /// The last process may need a moment to leave /proc.
    static func expectNone(of root: String, _ location: SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<200 {
            if of(root).isEmpty { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(of(root) == [], sourceLocation: location)
    }

    /// Processes with the folder's path in their command line or environment.
    static func processes(_ root: String) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { pid in
            ["cmdline", "environ"].contains { name in
                let data = FileManager.default.contents(atPath: "/proc/\(pid)/\(name)") ?? Data()
                return data.range(of: Data((root + "/").utf8)) != nil
            }
        }
    }

    static func loops(_ root: String) -> [String] {
        LoopDevices.all().filter { $0.file.hasPrefix(root + "/") }.map(\.device)
    }

    private static func sockets(_ root: String) -> [String] {
        let table = (try? String(contentsOfFile: "/proc/net/unix", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").filter { $0.contains(root + "/") }.map(String.init)
    }

    static func sweep(_ root: String) {
        for pid in processes(root) where pid != getpid() { kill(pid, SIGKILL) }
        for device in loops(root) {
            for mount in LoopDevices.mounts(of: device) { _ = try? Mounts.remove(mount.point) }
            try? LoopDevices.detach(device)
        }
        for mount in Mounts.below(root) { _ = try? Mounts.remove(mount.point) }
        try? FileManager.default.removeItem(atPath: root)
    }
}
