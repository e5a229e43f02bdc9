// Does the exerciser's check accept what a file system may leave, and nothing else?

import Foundation
import TestSupport
import Testing
import Workload

@Suite struct FileExerciserTests {
    private static func exercise(_ folder: String, count: UInt64 = 800) async throws -> FileExerciser.Plan {
        var plan = FileExerciser.Plan(file: folder + "/file", record: folder + "/record")
        plan.sizeLimit = 256 << 10
        plan.count = count
        plan.seed = 3
        let once = plan
        let summary = try await blocking { try FileExerciser.run(once) }
        #expect(summary.end == "the count is reached" && summary.acknowledgedSyncs > 0 && summary.reads > 0)
        return plan
    }

    /// Operations up to and with the last acknowledged fsync, and those after it.
    private static func replay(_ history: LoadHistory, _ count: Int) -> [UInt8] {
        var model = FileModel(limit: 256 << 10)
        for operation in history.operations.prefix(count) { model.apply(operation, run: history.header.run) }
        return Array(model.bytes[..<model.size])
    }

    @Test func aFileThatIsThereIsHeld() async throws {
        try await withTemporaryFolderAsync { folder in
            let plan = try await Self.exercise(folder)
            let verdict = try FileExerciserCheck.judge(record: plan.record, copy: plan.file)
            #expect(verdict.result == .held, "\(verdict)")
            let history = try LoadHistory.read(plan.record)
            #expect(try contents(plan.file) == Self.replay(history, history.operations.count))
        }
    }

    @Test func everyStateSinceTheFsyncIsAllowed() async throws {
        try await withTemporaryFolderAsync { folder in
            let plan = try await Self.exercise(folder)
            let history = try LoadHistory.read(plan.record)
            let synced = try #require(history.operations.lastIndex { $0.kind == .flush })
            for count in synced + 1...history.operations.count {
                #expect(FileExerciserCheck.judge(history, Self.replay(history, count)).result == .held)
            }
        }
    }

    /// The check's canaries.
    @Test func whatTheFsyncPromisedMustBeThere() async throws {
        try await withTemporaryFolderAsync { folder in
            let plan = try await Self.exercise(folder)
            let history = try LoadHistory.read(plan.record)
            let synced = try #require(history.operations.lastIndex { $0.kind == .flush })
            let whole = Self.replay(history, synced + 1)
            try #require(!whole.isEmpty)
            for place in stride(from: 0, to: whole.count, by: 9973) {
                var bytes = whole
                bytes[place] ^= 0x11
                // Another operation's byte may be allowed by chance; two such changes are not.
                bytes[(place + whole.count / 2) % whole.count] ^= 0x11
                let verdict = FileExerciserCheck.judge(history, bytes)
                #expect(verdict.result == .broken, "byte \(place)")
            }
            #expect(FileExerciserCheck.judge(history, whole + [1]).result == .broken)
            let sync = try #require(history.operations.prefix(synced).lastIndex { $0.kind == .flush })
            let older = Self.replay(history, sync + 1)
            #expect(older == whole || FileExerciserCheck.judge(history, older).result == .broken)
        }
    }

    @Test func recordsAreNotMixedUp() async throws {
        try await withTemporaryFolderAsync { folder in
            let plan = try await Self.exercise(folder, count: 100)
            #expect(throws: WorkloadFailure.self) {
                try StampCheck.judge(record: plan.record, copies: [plan.file])
            }
            var bytes = try contents(plan.record)
            bytes[4100] ^= 1
            try store(bytes, plan.record)
            #expect(try FileExerciserCheck.judge(record: plan.record, copy: plan.file).result == .unknown)
        }
    }
}
