// One story: a bench of its own, a database, a disaster, the way back. What a step does is in the extensions; this file
// holds what they share, the order of the steps, and the cleaning up, which happens whatever happened before.

internal import Bench
internal import Campaign
internal import Foundation

struct DemoStory: Sendable {
    let fence: String
    let scale: Double
    let tools: PostgresTools
    let progress: ProgressReport

    var isAsynchronous: Bool { fence == "async" }
    static let group = "oradb"
    static let ldevs = ["00:10", "00:11"]
    static let clientCount = 4

    /// A clock of 60x: a RAID Manager that waits 30 s for a dead partner waits half a second.
    static let bench = DefaultBench.yaml.replacing("clock: 1x ", with: "clock: 60x").replacing(
        "size: 1GiB", with: "size: 512MiB")

    /// - Returns: what was checked.
    func tell() async throws -> [DemoCheck] {
        let folder = "/var/tmp/arraybench-demo-\(getpid())-\(fence)"
        let layout = BenchLayout(root: folder + "/bench")
        let database = PostgresServer(folder: folder, tools: tools)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let scene = DemoScene(story: self, layout: layout, database: database)
        do {
            let checks = try await scene.play()
            try await cleanUp(scene)
            return checks
        } catch {
            Interruption.ignoreFromNowOn()
            try? await cleanUp(scene)
            throw error
        }
    }

    private func cleanUp(_ scene: DemoScene) async throws {
        scene.endClients()
        scene.database.kill()
        scene.database.dropMounts()
        if FileManager.default.fileExists(atPath: scene.layout.root) {
            _ = try await Bench.down(scene.layout, keeping: false)
        }
        let folder = scene.database.folder
        guard Mounts.below(folder).isEmpty else { throw BenchFailure("\(folder) still has mounts; it is kept") }
        try FileManager.default.removeItem(atPath: folder)
    }
}
