// A file system on a volume, as a host has it: a loop device with direct I/O, ext4, a mount point. It can be dropped when
// its array is gone, and mounted again from the other one.

internal import Bench
internal import Foundation
internal import Simulator

struct HostFileSystem: Sendable {
    let bench: RunBench
    let volume: Int
    let mountPoint: String
    private(set) var side: Side?

    init(_ bench: RunBench, volume: Int, mountPoint: String) {
        self.bench = bench
        self.volume = volume
        self.mountPoint = mountPoint
    }

    /// - Returns: the block device.
    mutating func make(on side: Side) async throws -> String {
        let device = try await attach(side)
        try await Tool.must("mkfs.ext4", ["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", device])
        return device
    }

    /// Replays the journal as after a power failure, then mounts.
    /// - Throws: `DamagedFileSystem` if the checker finds more than a journal to replay.
    mutating func mount(on side: Side) async throws {
        let device = try await attach(side)
        let repair = try await HostCommand.run("e2fsck", ["-p", device], environment: Tool.environment)
        // 1: errors were corrected, which includes an orphan list; more is damage.
        guard repair.status <= 1 else { throw DamagedFileSystem(text: "e2fsck \(device): \(repair.text)") }
        try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
        try await Tool.must("mount", ["-o", "noatime", device, mountPoint])
    }

    /// The checker once more, over everything, while nothing is mounted.
    mutating func checkAll(on side: Side) async throws {
        let device = try await attach(side)
        let check = try await HostCommand.run("e2fsck", ["-f", "-n", device], environment: Tool.environment)
        guard check.status == 0 else { throw DamagedFileSystem(text: "e2fsck -f -n \(device): \(check.text)") }
    }

    private mutating func attach(_ side: Side) async throws -> String {
        self.side = side
        return try await bench.change { try await $0.attach(array: side.name, ldev: RunBench.ldevs[volume]) }
    }

    func unmount() async throws { try await Tool.must("umount", [mountPoint]) }

    /// Takes mount and loop device away, whatever state they are in.
    mutating func drop() async {
        for mount in Mounts.below(mountPoint) { _ = try? Mounts.remove(mount.point) }
        guard let side else { return }
        self.side = nil
        _ = try? await bench.change { try await $0.detach(array: side.name, ldev: RunBench.ldevs[volume]) }
    }
}

struct DamagedFileSystem: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
}

/// Programs of the machine.
enum Tool {
    static let environment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/tmp",
    ]

    static func path(_ name: String) -> String? {
        environment["PATH"]!.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    @discardableResult
    static func must(_ program: String, _ arguments: [String]) async throws -> CommandResult {
        let result = try await HostCommand.run(program, arguments, environment: environment)
        guard result.status == 0 else {
            throw BenchFailure(
                "'\(program) \(arguments.joined(separator: " "))' ended with \(result.status): \(result.text)")
        }
        return result
    }
}
