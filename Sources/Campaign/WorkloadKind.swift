// Which applications can work on the volumes of a run. Each is one file in `Workloads`, all of one shape.

internal import Bench
internal import Simulator

package enum WorkloadKind: String, Codable, Hashable, Sendable, CaseIterable {
    case stamped, fio, fsx, postgres, sqlite

    /// Bytes of each of the two volumes.
    var volumeBytes: UInt64 {
        switch self {
        case .stamped: 4 << 20
        case .fio: 16 << 20
        case .fsx: 64 << 20
        case .sqlite: 32 << 20
        case .postgres: 128 << 20
        }
    }

    /// Whether both volumes belong to one piece of data. No application survives volumes of different moments.
    var needsSharedOrder: Bool { self == .postgres }

    /// How much longer than the stamped writers it needs to have done something worth losing.
    var workFactor: Int {
        switch self {
        case .stamped: 1
        case .fio, .fsx, .sqlite: 3
        case .postgres: 5
        }
    }

    /// Programs that it needs on the machine.
    package var tools: [String] {
        switch self {
        case .stamped: []
        case .fio: ["fio"]
        case .fsx: ["mkfs.ext4", "e2fsck", "mount", "umount"]
        case .sqlite: ["sqlite3", "awk", "stdbuf", "mkfs.ext4", "e2fsck", "mount", "umount"]
        case .postgres: ["mkfs.ext4", "e2fsck", "mount", "runuser", "psql"]
        }
    }

    func make(_ stage: WorkloadStage) async throws -> any CampaignWorkload {
        switch self {
        case .stamped: StampedWorkload(stage)
        case .fio: FioWorkload(stage)
        case .fsx: FsxWorkload(stage)
        case .sqlite: SQLiteWorkload(stage)
        case .postgres: try await PostgresWorkload(stage)
        }
    }
}

/// Where a workload plays.
struct WorkloadStage: Sendable {
    var bench: RunBench
    /// The host's own disk: notes that outlive the arrays.
    var folder: String
    /// What the workload draws for itself.
    var seed: UInt64
    /// Whether both volumes are one consistency group.
    var sharesOrder: Bool
    /// Whether the primary's fence may refuse the hosts' writes.
    var mayRefuseWrites: Bool
}

/// One application on the volumes of one side, later of the other. The calls come in this order, each once; `leave` comes
/// always, also after a call that threw.
protocol CampaignWorkload {
    /// Makes its file systems and files, and lets its clients begin.
    mutating func begin(on side: Side) async throws
    /// Its host ends: in order, with everything flushed, or in the middle of whatever it does.
    mutating func end(inOrder: Bool) async throws
    /// Starts on the other side, with what is there, and says what it finds.
    mutating func judge(on side: Side) async throws -> WorkloadFinding
    /// Ends every process, mount and device that is left of it.
    mutating func leave() async
}

/// What an application says about the copy it was started on.
package struct WorkloadFinding: Codable, Hashable, Sendable {
    /// Writes, commits or regions that the application was told are done.
    package var acknowledged = 0
    /// Those of them that are not there.
    package var missing = 0
    /// Whether the copy passes the application's own checks.
    package var isConsistent = true
    /// Whether what is there is all that was done up to some moment; nil if this application cannot tell.
    package var isPrefix: Bool?
    /// Whether its counts are writes of the array: then they must be the verdict's.
    package var countsWrites = false
    /// What was looked at and what was wrong with it, in words.
    package var notes: [String] = []
    package init() {}
}

extension CampaignWorkload {
    /// Waits until `condition` holds, for two seconds at the most: an application that cannot begin will say so itself.
    func waitBriefly(_ condition: () -> Bool) async throws {
        for _ in 0..<200 {
            try Interruption.check()
            if condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
