// The tables of many pairs, and what must be true of them: others that idle cost a write and a look at one group nothing.

/// A row for each number of pairs.
package struct ScaleFigures: Sendable {
    package var life = ReportTable("Starting and making", columns: [up, create, down, upAgain])
    package var memory = ReportTable(
        "Keeping", columns: [array, manager, arrayPerPair, managerPerPair, idle], chart: arrayPerPair)
    package var writes = ReportTable(
        "Writing to one pair while the others idle", columns: [depth1.1, depth16.1], chart: depth1.1)
    package var looks = ReportTable("pairdisplay, whole processes", columns: [onePair, oneGroup, allGroups])

    package static let up = "up, s"
    package static let create = "all pairs made, s"
    package static let down = "down --keep, s"
    package static let upAgain = "up with all pairs, s"
    package static let array = "array, resident MiB"
    package static let manager = "instance, resident MiB"
    package static let arrayPerPair = "array, KiB per pair"
    package static let managerPerPair = "instance, KiB per pair"
    package static let idle = "idle, ms of processor per s"
    package static let depth1 = (FioJob(.write, blockBytes: 4096), "4 KiB, depth 1, writes/s")
    package static let depth16 = (FioJob(.write, blockBytes: 4096, depth: 16), "4 KiB, depth 16, writes/s")
    package static let onePair = "one pair, ms"
    package static let oneGroup = "one group, ms"
    package static let allGroups = "all groups one after the other, ms"

    package init() {}

    package var tables: [ReportTable] { [life, memory, writes, looks] }

    /// What the row of most pairs must be beside that of fewest.
    package func goals(_ fewest: String, _ most: String) -> [Goal] {
        [
            Goal("4 KiB write, depth 1, \(most) ÷ \(fewest)", .atLeast(0.9), writes.ratio(most, fewest, Self.depth1.1)),
            Goal(
                "4 KiB write, depth 16, \(most) ÷ \(fewest)", .atLeast(0.9), writes.ratio(most, fewest, Self.depth16.1)),
            Goal("pairdisplay of one pair, \(most) ÷ \(fewest)", .atMost(1.2), looks.ratio(most, fewest, Self.onePair)),
        ]
    }
}
