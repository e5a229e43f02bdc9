// What is pure in the sections for many pairs and for databases: the bench file of many pairs, pgbench's report, the goals.

internal import Bench
internal import Foundation
internal import Measurement
import Testing

struct ScaleTests {
    @Test(arguments: [(16, 4), (256, 64), (4096, 196)])
    func pairsStandInGroupsAsInAnInstallation(pairs: Int, groups: Int) throws {
        let bench = ScaleBench(pairs: pairs, folder: "/tmp/x")
        let description = try BenchFile.read(bench.yaml, file: "measurement")
        #expect(description.groups.count == groups && description.groups.map(\.name) == bench.groups)
        #expect(description.groups.reduce(0) { $0 + $1.pairs.count } == pairs)
        let numbers = description.groups.flatMap { $0.pairs.map(\.ldevs.0) }
        #expect(Set(numbers).count == pairs)
        #expect(description.arrays.allSatisfy { $0.ldevs.map(\.number) == numbers })
        let sizes = description.arrays[0].ldevs.map(\.sizeBytes)
        #expect(sizes[0] == UInt64(ScaleBench.largeBytes))
        #expect(sizes.dropFirst().allSatisfy { $0 == UInt64(ScaleBench.smallBytes) })
        #expect(bench.device.hasSuffix("/arrays/east/dev/00-10"))
    }

    @Test func thousandsAreSetApart() {
        #expect(ScaleBench(pairs: 256, folder: "/").title == "256 pairs")
        #expect(ScaleBench(pairs: 4096, folder: "/").title == "4,096 pairs")
        #expect(ScaleBench(pairs: 1007, folder: "/").title == "1,007 pairs")
    }

    @Test func mostIsComparedWithFewest() throws {
        var figures = ScaleFigures()
        for value in [90.0, 100, 110] { figures.writes.add(value, ScaleFigures.depth1.1, to: "16 pairs") }
        figures.writes.add(80, ScaleFigures.depth1.1, to: "4,096 pairs")
        figures.looks.add(5, ScaleFigures.onePair, to: "16 pairs")
        figures.looks.add(5.5, ScaleFigures.onePair, to: "4,096 pairs")
        let goals = figures.goals("16 pairs", "4,096 pairs")
        let write = try #require(goals.first { $0.title.contains("depth 1,") })
        #expect(write.value == 0.8 && write.isReached == false)
        let deep = try #require(goals.first { $0.title.contains("depth 16") })
        #expect(deep.value == nil && deep.isReached == nil)
        let look = try #require(goals.first { $0.title.hasPrefix("pairdisplay") })
        #expect(look.value == 1.1 && look.isReached == true)
    }

    private static func report(failed: Int) -> String {
        """
        pgbench (15.14 (Debian 15.14-0+deb12u1))
        transaction type: <builtin: TPC-B (sort of)>
        number of clients: 4
        number of transactions actually processed: 2461
        number of failed transactions: \(failed) (0.000%)
        latency average = 1.625 ms
        initial connection time = 9.262 ms
        tps = 2461.402340 (without initial connection time)
        """
    }

    @Test func pgbenchsReportIsRead() throws {
        let figures = try PgbenchFigures(output: Self.report(failed: 0))
        #expect(figures.transactions == 2461.40234 && figures.latency == 1.625)
        #expect(throws: BenchFailure.self) { try PgbenchFigures(output: Self.report(failed: 3)) }
        #expect(throws: BenchFailure.self) { try PgbenchFigures(output: "pgbench: error: connection failed") }
    }
}
