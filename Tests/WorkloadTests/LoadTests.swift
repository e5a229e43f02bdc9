// Does the engine record what it did, whatever happens to its devices, and does the judge agree with it?

import Foundation
import Platform
import Synchronization
import TestSupport
import Testing
import Workload

@Suite struct LoadTests {
    private static func plan(_ folder: String, count: UInt64 = 2000) -> LoadPlan {
        var plan = LoadPlan(targets: [folder + "/a", folder + "/b"], record: folder + "/record")
        plan.mix = [
            BlockShare(bytes: 4096, weight: 7), BlockShare(bytes: 512, weight: 2), BlockShare(bytes: 65536, weight: 1),
        ]
        plan.create = 4 << 20
        plan.count = count
        plan.seed = 1
        plan.dependentPercent = 20
        return plan
    }

    private static func run(_ plan: LoadPlan) async throws -> LoadStatistics {
        try await blocking { try StampedLoad.start(plan).finish(patience: 10) }
    }

    @Test(arguments: [0, 10]) func aRunOnFilesLosesNothing(_ others: Int) async throws {
        try await withTemporaryFolderAsync { folder in
            var plan = Self.plan(folder)
            plan.flushPercent = others
            plan.discardPercent = others
            let done = try await Self.run(plan)
            #expect(done.failures == 0 && done.outstanding == 0)
            #expect(done.writes + done.discards + done.flushes == 2000)
            #expect(done.dependentWrites > 0)
            let verdict = try StampCheck.judge(record: plan.record, copies: plan.targets)
            #expect(verdict.result == .nothingLost, "\(verdict)")
            #expect(UInt64(verdict.acknowledged) == done.writes + done.discards)
            #expect(others > 0 || verdict.undecided == 0)
            #expect(verdict.recordIsClosed)
        }
    }

    /// The canary of the whole chain: a file is taken back to an earlier state, alone and with the other.
    @Test func anOlderCopyOfOneVolumeIsOutOfOrder() async throws {
        try await withTemporaryFolderAsync { folder in
            let plan = Self.plan(folder)
            let load = try StampedLoad.start(plan)
            _ = try await blocking { try load.finish(patience: 10) }
            let empty = folder + "/empty"
            try store(Array(repeating: 0, count: 4 << 20), empty)
            let verdict = try StampCheck.judge(record: plan.record, copies: [empty, plan.targets[1]])
            #expect(verdict.result == .outOfOrder)
            #expect(verdict.dependenciesBroken > 0)
            #expect(try StampCheck.judge(record: plan.record, copies: plan.targets.reversed()).result == .damaged)
            #expect(try StampCheck.judge(record: plan.record, copies: [empty, empty]).result == .lostButInOrder)
        }
    }

    @Test func aSecondRunOverTheFirstIsJudgedAlone() async throws {
        try await withTemporaryFolderAsync { folder in
            _ = try await Self.run(Self.plan(folder))
            var second = Self.plan(folder, count: 50)
            second.record = folder + "/second"
            let before = try second.targets.map { try contents($0) }
            _ = try await Self.run(second)
            #expect(try StampCheck.judge(record: second.record, copies: second.targets).result == .nothingLost)
            for (path, bytes) in zip(second.targets, before) { try store(bytes, path) }
            let verdict = try StampCheck.judge(record: second.record, copies: second.targets)
            #expect(verdict.result == .lostButInOrder && verdict.olderSectors > 0 && verdict.present == 0)
        }
    }

    /// A fault sweep: the nth operation fails, for many n; nothing but it is missing.
    @Test(arguments: [1, 2, 3, 5, 8, 100, 199, 200] as [UInt64])
    func oneErrorIsRecordedAndTheLoadGoesOn(_ number: UInt64) async throws {
        try await withTemporaryFolderAsync { folder in
            var plan = Self.plan(folder, count: 200)
            plan.faults = LoadFaults { $0 == number ? EIO : nil }
            let done = try await Self.run(plan)
            #expect(done.failures == 1)
            let history = try LoadHistory.read(plan.record)
            #expect(history.operations.count == 200)
            #expect(history.operations.filter { !$0.isAcknowledged }.map(\.sequence) == [number])
            let verdict = try StampCheck.judge(record: plan.record, copies: plan.targets)
            #expect(verdict.result == .nothingLost && verdict.acknowledged == 199)
            // A later write that covers it whole leaves no trace of its absence.
            let open = verdict.unacknowledged
            #expect(open.absent + open.present == 1 && open.torn == 0)
        }
    }

    @Test func aDeviceThatIsGoneEndsTheLoad() async throws {
        try await withTemporaryFolderAsync { folder in
            var plan = Self.plan(folder)
            plan.count = nil
            plan.errorPatienceSeconds = 0.2
            plan.faults = LoadFaults { $0 > 300 ? ENODEV : nil }
            let done = try await Self.run(plan)
            #expect(done.end == "the devices failed")
            #expect(done.failures > 0 && done.lastError?.contains("No such device") == true)
            #expect(try StampCheck.judge(record: plan.record, copies: plan.targets).result == .nothingLost)
        }
    }

    @Test func aDeviceThatHangsKeepsNobodyFromEnding() async throws {
        try await withTemporaryFolderAsync { folder in
            var plan = Self.plan(folder)
            let isReleased = Mark()
            plan.faults = LoadFaults { sequence in
                guard sequence > 100 else { return nil }
                while !isReleased.value { sleepNanoseconds(1_000_000) }
                return EIO
            }
            plan.seconds = 0.3
            let load = try StampedLoad.start(plan)
            let done = try await blocking { try load.finish(patience: 0.2) }
            #expect(done.outstanding == plan.queueDepth)
            let before = try contents(plan.record)
            isReleased.set()
            // The answers come now, too late: the record stays as it was closed.
            _ = try await blocking { try load.stop(patience: 10) }
            #expect(try contents(plan.record) == before)
            let history = try LoadHistory.read(plan.record)
            #expect(history.isClosed)
            #expect(history.operations.count { $0.endedEntry == nil } == plan.queueDepth)
            #expect(try StampCheck.judge(record: plan.record, copies: plan.targets).result == .nothingLost)
        }
    }

    @Test func whatIsUnderWayNeverOverlaps() async throws {
        try await withTemporaryFolderAsync { folder in
            var plan = Self.plan(folder)
            plan.regionLength = 256 << 10
            plan.queueDepth = 16
            _ = try await Self.run(plan)
            let operations = try LoadHistory.read(plan.record).operations
            for (index, later) in operations.enumerated() {
                for earlier in operations[max(0, index - 200)..<index]
                where earlier.volume == later.volume && earlier.offset < later.end && later.offset < earlier.end {
                    let answer = try #require(earlier.endedEntry)
                    #expect(answer < later.begunEntry)
                }
            }
            #expect(try StampCheck.judge(record: plan.record, copies: plan.targets).result == .nothingLost)
        }
    }

    @Test func mistakesAreRefusedBeforeAnythingIsMade() throws {
        try withTemporaryFolder { folder in
            var missing = Self.plan(folder)
            missing.create = nil
            #expect(throws: WorkloadFailure.self) { try StampedLoad.start(missing) }
            var odd = Self.plan(folder)
            odd.mix = [BlockShare(bytes: 1000, weight: 1)]
            #expect(throws: WorkloadFailure.self) { try StampedLoad.start(odd) }
            var twice = Self.plan(folder)
            twice.targets = [folder + "/a", folder + "/a"]
            #expect(throws: WorkloadFailure.self) { try StampedLoad.start(twice) }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }

    @Test(.disabled(if: TestPrograms.areMissing, TestPrograms.reason))
    func aKilledLoadLeavesAReadableRecord() async throws {
        let program = try TestPrograms.path("arraybench")
        for _ in 0..<3 {
            try await withTemporaryFolderAsync { folder in
                let record = folder + "/record"
                let targets = [folder + "/a", folder + "/b"]
                let process = Process()
                process.executableURL = URL(fileURLWithPath: program)
                process.arguments =
                    ["load", "--record", record, "--create", "4M", "--dependent", "20", "--queue-depth", "16"]
                    + targets.flatMap { ["--volume", $0] }
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                let identifier = process.processIdentifier
                try await blocking {
                    for _ in 0..<3000 {
                        if let history = try? LoadHistory.read(record), history.operations.count > 500 { break }
                        sleepNanoseconds(10_000_000)
                    }
                    kill(identifier, SIGKILL)
                    process.waitUntilExit()
                }
                let history = try LoadHistory.read(record)
                #expect(!history.isClosed && history.operations.count > 500)
                let verdict = try StampCheck.judge(record: record, copies: targets)
                #expect(verdict.result == .nothingLost, "\(verdict)")
            }
        }
    }
}

/// A mark that one thread sets and others see.
private final class Mark: Sendable {
    private let mark = Atomic(false)
    var value: Bool { mark.load(ordering: .acquiring) }
    func set() { mark.store(true, ordering: .releasing) }
}
