// What is pure in the ladder and in counting: which rungs take which loads, perf's output, events per write.

internal import Foundation
internal import Measurement
import Testing

struct LadderTests {
    private static func figures(_ latencies: String) throws -> FioFigures {
        try FioFigures(
            json: """
                { "jobs": [ { "error": 0, "read": { "iops": 0.0, "total_ios": 0 },
                  "write": { "iops": 1000, "total_ios": 500, "clat_ns": { "percentile": { \(latencies) } } } } ] }
                """)
    }

    @Test func everyWriteGoesUpTheWholeLadderAndReadsOnlyToTheArray() {
        #expect(LadderFigures.rungs(FioJob(.write, blockBytes: 4096)) == LadderRung.allCases)
        #expect(LadderFigures.rungs(FioJob(.read, blockBytes: 4096)) == [.fuse, .backingFile, .array])
        #expect(LadderFigures.rungs(FioJob(.mixed, blockBytes: 4096)) == [.fuse, .backingFile, .array])
    }

    @Test func eachLoadHasATableWithLatencyPercentiles() throws {
        var ladder = LadderFigures(MeasurementPlan())
        let job = try #require(ladder.jobs.first)
        let figures = try Self.figures(#""50.000000": 10000, "99.000000": 20000, "99.900000": 30000"#)
        #expect(figures.count == 500)
        ladder.add(figures, job, .backingFile)
        #expect(ladder.tables.count == ladder.jobs.count && Set(ladder.tables.map(\.title)).count == ladder.jobs.count)
        let row = try #require(ladder.tables[0].rows.first)
        #expect(row.name == LadderRung.backingFile.rawValue)
        #expect(LadderFigures.columns.map { row.cells[$0]?.median } == [1000, 10, 20, 30])
    }

    @Test func aQuickLadderIsAPartOfTheWholeOne() {
        let (quick, whole) = (LadderFigures(.quick).jobs, LadderFigures(MeasurementPlan()).jobs)
        #expect(!quick.isEmpty && quick.count < whole.count && Set(quick).isSubset(of: whole))
    }

    @Test func aRunOnTheSideFileEndsBeforeTheRoomOrTheSlotsDo() {
        let small = HeldLink.byteLimit(FioJob(.write, blockBytes: 4096), sideFileBytes: 512 << 20)
        #expect(small / 4096 < 32_768 && small <= 512 << 20)
        let large = HeldLink.byteLimit(FioJob(.write, blockBytes: 1 << 20), sideFileBytes: 512 << 20)
        #expect(large < 512 << 20 && large > 256 << 20)
    }

    @Test func perfsCountsAreRead() {
        let counts = EventCounts(
            perf: """
                # started on Wed Nov 25 23:00:00 2026

                1200;;raw_syscalls:sys_enter;900;100.00;;
                1000;;syscalls:sys_enter_futex;900;100.00;;
                <not counted>;;probe:malloc;0;100.00;;
                <not supported>;;probe:calloc;0;100.00;;
                a line that is none
                """)
        #expect(counts == EventCounts(["sys_enter": 1200, "futex": 1000, "malloc": 0]))
    }

    @Test func whatAnIdleProcessDoesIsNoPartOfAWrite() {
        let idle = EventCounts(["futex": 50, "poll": 10]).perSecond(0.5)
        #expect(idle == EventCounts(["futex": 100, "poll": 20]))
        let each = EventCounts(["futex": 1200, "poll": 30, "read": 1000]).each(500, seconds: 2, idle: idle)
        #expect(each == EventCounts(["futex": 2, "poll": 0, "read": 2]))
        #expect(EventCounts(["futex": 1]).each(0, seconds: 1, idle: idle) == EventCounts())
    }

    @Test func theMostFrequentEventComesFirstAndRareOnesAreLeftOut() {
        var events = EventTable("calls", columns: ["near", "far"], total: "sys_enter")
        events.add(EventCounts(["sys_enter": 3, "read": 1, "futex": 0.1, "mmap": 0.001]), to: "near")
        events.add(EventCounts(["sys_enter": 5, "read": 0, "futex": 4, "mmap": 0]), to: "far")
        let table = events.table
        #expect(table.rows.map(\.name) == ["all", "futex", "read"])
        #expect(table.series("futex", "far")?.median == 4 && table.series("all", "near")?.median == 3)
    }
}
