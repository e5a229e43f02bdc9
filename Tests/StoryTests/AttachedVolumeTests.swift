// Is a volume a disk to its host: a block device with direct I/O, a file system, discards that travel too? And do the
// screens name what is attached?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct AttachedVolumeTests {
    @Test func aFileSystemOnAPrimaryIsOnTheSecondaryToo() async throws {
        try await StoryBench.run(StoryBench.yaml(size: "32MiB")) { bench in
            try await bench.pair("data")
            let device = try await bench.arraybench("attach east 00:10").output.trimmingCharacters(in: .newlines)
            let name = URL(fileURLWithPath: device).lastPathComponent
            let direct = try String(contentsOfFile: "/sys/block/\(name)/loop/dio", encoding: .utf8)
            #expect(direct == "1\n", "direct I/O")
            try await expectShown(bench, name)

            let mountPoint = bench.layout.root + "-mnt"
            try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
            defer { Leftovers.sweep(mountPoint) }
            try await StoryBench.must("mkfs.ext4", "-q", device)
            try await StoryBench.must("mount", device, mountPoint)
            let noise = Data((0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 167 >> 3 | 1) })
            try noise.write(to: URL(fileURLWithPath: mountPoint + "/large"))
            try Data("kept".utf8).write(to: URL(fileURLWithPath: mountPoint + "/small"))
            try await StoryBench.must("sync", "-f", mountPoint)
            let full = try count(bench, "west")
            try FileManager.default.removeItem(atPath: mountPoint + "/large")
            // Blocks can be discarded once the file system's journal says that they are free.
            try await StoryBench.must("sync", "-f", mountPoint)
            let trim = try await StoryBench.must("fstrim", "-v", mountPoint)
            try await StoryBench.must("umount", mountPoint)
            #expect(try full - count(bench, "west") > 7 << 20, "discarded bytes read as zeros: \(trim.output)")
            try bench.expectEqualCopies()

            try await bench.arraybench("detach east 00:10")
            #expect(!LoopDevices.isAttached(device))
            #expect(try await bench.status().arrays.flatMap(\.ldevs).allSatisfy { $0.blockDevice == nil })
            try await expectReadable(bench, at: mountPoint)
        }
    }

    private func expectShown(_ bench: StoryBench, _ name: String) async throws {
        let ldevs = try await bench.status().arrays.flatMap(\.ldevs)
        #expect(ldevs.map(\.blockDevice) == ["/dev/" + name, nil, nil, nil])
        let screen = try await bench.on("east", "pairdisplay -g oradb -fcd -CLI").output.split(separator: "\n")
        let files = screen.dropFirst().map { String($0.split(separator: " ")[3]) }
        // The name that the host's view has for it, whatever the loop device is called on this machine; the others have none.
        #expect(files == ["sdb", "Unknown", "Unknown", "Unknown"])
        let again = try await bench.arraybench("attach east 00:10").output
        #expect(again == "/dev/\(name)\n", "attaching again names the same device")
    }

    /// The secondary, after a takeover, is a disk with the same file system.
    private func expectReadable(_ bench: StoryBench, at mountPoint: String) async throws {
        try await bench.on("west", "horctakeover -g oradb", exits: 1)
        let device = try await bench.arraybench("attach west 00:10").output.trimmingCharacters(in: .newlines)
        try await StoryBench.must("mount", device, mountPoint)
        #expect(FileManager.default.contents(atPath: mountPoint + "/small") == Data("kept".utf8))
        let refused = try await bench.arraybench("detach west 00:10", exits: 1)
        #expect(refused.errors.contains("is mounted at \(mountPoint)"))
        try await StoryBench.must("umount", mountPoint)
        try await bench.arraybench("detach west 00:10")
    }

    /// Bytes that are not zero.
    private func count(_ bench: StoryBench, _ array: String) throws -> Int {
        try Disk.contents(bench.device(array, "00:10")).count { $0 != 0 }
    }

    @Test func statusHasTheKeysThatScriptsReadFrom() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            let text = try await bench.arraybench("status --json").output
            let status = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            let arrays = try #require(status["arrays"] as? [[String: Any]])
            #expect(arrays.compactMap { $0["name"] as? String } == ["east", "west"])
            #expect(arrays.compactMap { $0["serial"] as? Int } == [30053, 30054])
            #expect(arrays.compactMap { $0["state"] as? String } == ["running", "running"])
            for array in arrays {
                let ldevs = try #require(array["ldevs"] as? [[String: Any]])
                #expect(ldevs.compactMap { $0["id"] as? String } == StoryBench.volumes)
                #expect(ldevs.compactMap { $0["size"] as? Int } == [8 << 20, 8 << 20])
                #expect(ldevs.allSatisfy { $0["device"] is String && $0["blockDevice"] is NSNull })
                #expect(ldevs.allSatisfy { $0["pair"] is [String: Any] })
            }
            let links = try #require(status["links"] as? [[String: Any]])
            #expect(links.compactMap { $0["name"] as? String } == ["east-west"])
            #expect(links.compactMap { $0["state"] as? String } == ["up"])
            let hosts = try #require(status["hosts"] as? [[String: Any]])
            #expect(hosts.compactMap { $0["name"] as? String } == ["east", "west"])
            #expect(hosts.compactMap { $0["instance"] as? Int } == [0, 1])
        }
    }
}
