// From the loss of a site to the first write that the other side takes, and the way home. The sites change places with
// each round: what took over is lost next.

package import Bench
internal import Foundation

package struct TimeToServiceSection: MeasurementSection {
    package static let name = "service"
    package static let title = "Time to service after the loss of a site"

    /// A group of one pair, and how its takeover ends without the P-VOL's site.
    private struct Mode {
        var group: String
        var fence: String
        var ldev: String
        var takeoverStatus: Int32
    }

    /// - Source: RAID Manager reference, the takeover table: 5 is a takeover of the S-VOL, 225 one of which nobody knows
    ///   whether it is current.
    private static let modes = [
        Mode(group: "gdata", fence: "data", ldev: "00:10", takeoverStatus: 5),
        Mode(group: "gnever", fence: "never", ldev: "00:11", takeoverStatus: 225),
        Mode(group: "gasync", fence: "async", ldev: "00:12", takeoverStatus: 5),
    ]
    private static let sites = ["east", "west"]
    private static let volumeBytes = 64 << 20
    /// horctakeover waits for the lost site's instance as long as HORCM_MON says, which is 30 s. That is a setting and no
    /// property of the bench, so it is measured on a clock that makes it short.
    private static let clockRate = 60

    private static let seen = "link lost, ms"
    private static let takeover = "horctakeover, ms"
    private static let write = "first write, ms"
    private static let total = "to service, ms"
    private static let home = "pairresync -swaps to PAIR, ms"

    private var layout: BenchLayout?

    package init() {}

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        let layout = BenchLayout(root: surroundings.folder + "/state")
        self.layout = layout
        surroundings.progress("starting arrays")
        _ = try await Bench.up(layout, file: (Self.yaml, "measurement"))
        try await makePairs(layout)
        var table = ReportTable(
            "From kill -9 of a site to the first write on the other side",
            columns: [Self.seen, Self.takeover, Self.write, Self.total, Self.home], chart: Self.total)
        var sites = ReportTable("The lost site", columns: [Self.repair])
        for round in 0..<surroundings.plan.rounds {
            surroundings.progress(
                "round \(round + 1) of \(surroundings.plan.rounds)",
                Double(round) / Double(surroundings.plan.rounds))
            let (lost, other) = (Self.sites[round % 2], Self.sites[1 - round % 2])
            try await loseSite(lost, other, layout, turn: round, &table)
            try await comeHome(lost, other, layout, &table, &sites)
        }
        var report = SectionReport(Self.self)
        report.tables = [table, sites]
        report.remarks = [
            "Array, instance and link end of a site are killed at once while hosts write. \"Link lost\": from the kill until "
                + "the other array notes the broken connection; the takeover is ordered at once then. \"Horctakeover\" is its "
                + "whole process, \"first write\" a 4 KiB write past the page cache through the mount. The three groups "
                + "take over one after the other, in changing order; \"to service\" is the sum of each one's own parts. A "
                + "black hole instead of a broken connection would add the heartbeat's patience (`timers: heartbeat`). "
                + "All timers run \(Self.clockRate) times as fast: of each horctakeover, \(30_000 / Self.clockRate) ms are "
                + "its wait for the lost instance, 30 s by HORCM_MON's timeout on a clock of 1x."
        ]
        return report
    }

    package mutating func cleanUp() async {
        guard let layout, FileManager.default.fileExists(atPath: layout.root) else { return }
        _ = try? await Bench.down(layout, keeping: false)
    }

    private func makePairs(_ layout: BenchLayout) async throws(BenchFailure) {
        let bench = try Bench.open(layout, changing: false)
        for mode in Self.modes {
            let create = ["paircreate", "-g", mode.group, "-vl", "-f", mode.fence, "-c", "15"]
            try await MeasuredCommand.run(create, on: Self.sites[0], bench)
        }
        try await PairWait.untilPaired(at: Self.sites[0], layout)
    }

    // MARK: There

    private func loseSite(
        _ lost: String, _ other: String, _ layout: BenchLayout, turn: Int, _ table: inout ReportTable
    ) async throws(BenchFailure) {
        for mode in Self.modes {
            let path = layout.device(of: mode.ldev, array: lost)
            try Target(mode.group, path, .fuse).check()
            try DirectWrite.put(at: path, offsets: (0..<64).map { $0 * 65536 })
        }
        let began = Date()
        var bench = try Bench.open(layout, changing: true)
        try bench.failSite(lost)
        while await Self.isLinkUp(at: other, layout) {
            try Interruption.check()
            try? await Task.sleep(for: .milliseconds(1))
        }
        let seen = Date().timeIntervalSince(began)
        for index in Self.modes.indices {
            let mode = Self.modes[(index + turn) % Self.modes.count]
            let row = "fence \(mode.fence)"
            let takeover = try await MeasuredCommand.run(
                ["horctakeover", "-g", mode.group, "-t", "30"], on: other, bench, expecting: [mode.takeoverStatus])
            let path = layout.device(of: mode.ldev, array: other)
            try Target(mode.group, path, .fuse).check()
            let write = try await DirectWrite.first(at: path)
            table.add(seen * 1000, Self.seen, to: row)
            table.add(takeover * 1000, Self.takeover, to: row)
            table.add(write * 1000, Self.write, to: row)
            table.add((seen + takeover + write) * 1000, Self.total, to: row)
        }
    }

    private static func isLinkUp(at array: String, _ layout: BenchLayout) async -> Bool {
        guard let status = try? await ServiceProcessorClient(array: array, layout: layout).status() else { return true }
        return status.links.contains { $0.state == "up" }
    }

    // MARK: And back

    private static let repair = "site repair until links and instances are up, ms"

    private func comeHome(
        _ lost: String, _ other: String, _ layout: BenchLayout, _ table: inout ReportTable, _ sites: inout ReportTable
    ) async throws(BenchFailure) {
        var bench = try Bench.open(layout, changing: true)
        let began = Date()
        try await bench.repairSite(lost)
        sites.add(Date().timeIntervalSince(began) * 1000, Self.repair, to: "array and instance start again")
        for mode in Self.modes {
            let start = Date()
            try await MeasuredCommand.run(
                ["pairresync", "-g", mode.group, "-swaps", "-c", "15"], on: other, bench)
            try await PairWait.untilPaired([mode.ldev], at: other, layout)
            table.add(Date().timeIntervalSince(start) * 1000, Self.home, to: "fence \(mode.fence)")
        }
    }

    private static var yaml: String {
        var text = "clock: \(clockRate)x\narrays:\n"
        for (index, site) in sites.enumerated() {
            text += "  - { name: \(site), serial: \(30053 + index), "
            text += "ldevs: [{ id: 00:10, size: \(volumeBytes), count: \(modes.count), lun: 0 }] }\n"
        }
        text += "links:\n  - { name: east-west, between: [east, west], kind: unix }\nhosts:\n"
        for (index, site) in sites.enumerated() {
            text += "  - { name: \(site), array: \(site), instance: \(index) }\n"
        }
        text += "groups:\n"
        for mode in modes {
            text += "  - { name: \(mode.group), hosts: [east, west], "
            text += "pairs: [{ name: \(mode.fence), ldevs: [\(mode.ldev), \(mode.ldev)] }] }\n"
        }
        return text
    }
}
