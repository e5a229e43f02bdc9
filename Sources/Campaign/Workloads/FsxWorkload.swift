// The file exerciser on ext4 on the first volume: random writes, truncations, mapped stores and holes in one file.

internal import Bench
internal import Foundation
internal import Simulator

struct FsxWorkload: CampaignWorkload {
    private let stage: WorkloadStage
    private var disk: HostFileSystem

    init(_ stage: WorkloadStage) {
        self.stage = stage
        disk = HostFileSystem(stage.bench, volume: 0, mountPoint: stage.folder + "/mount")
    }

    mutating func begin(on side: Side) async throws {
        _ = try await disk.make(on: side)
        try await disk.mount(on: side)
        throw BenchFailure("the file exerciser is not there yet")
    }

    mutating func end(inOrder: Bool) async throws { await disk.drop() }
    mutating func judge(on side: Side) async throws -> WorkloadFinding { WorkloadFinding() }
    mutating func leave() async { await disk.drop() }
}
