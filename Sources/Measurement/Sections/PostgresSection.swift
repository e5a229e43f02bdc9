// A database on a synchronous pair beside the same database on plain files: what an application notices of replication.
// Both servers run all the time, and take turns.

package import Bench
internal import Foundation

package struct PostgresSection: MeasurementSection {
    package static let name = "postgres"
    package static let title = "PostgreSQL on a synchronous pair"

    private var bench: MeasuredBench?
    private var servers: [PostgresServer] = []
    /// Under the plain files.
    private var loops: [String] = []

    package init() {}

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        var report = SectionReport(Self.self)
        report.tables = [ReportTable(Self.load, columns: [Self.transactions, Self.latency], chart: Self.transactions)]
        do {
            let tools = try await PostgresTools.find()
            try await measure(surroundings, tools, &report.tables[0])
        } catch let failure as BenchFailure {
            try Interruption.check()
            report.missing.append("\(Self.load): \(failure.message)")
        } catch {
            throw BenchFailure("\(error)")
        }
        report.goals = [
            Goal(
                "PostgreSQL (pgbench), synchronous pair ÷ loop devices over plain files", .atLeast(0.6),
                report.tables[0].ratio(Self.pair, Self.plain, Self.transactions))
        ]
        report.remarks = [
            "Data and write-ahead log each on ext4 on a loop device with direct I/O: over P-VOLs (fence DATA, link over a "
                + "Unix socket), or over files in the same folder. \(Self.clients) clients, pgbench's own mix."
        ]
        return report
    }

    package mutating func cleanUp() async {
        for server in servers {
            server.kill()
            server.dropMounts()
        }
        for loop in loops { try? LoopDevices.detach(loop) }
        await bench?.down()
    }

    private static let load = "pgbench, TPC-B-like"
    private static let transactions = "transactions/s"
    private static let latency = "mean latency, ms"
    private static let pair = "synchronous pair"
    private static let plain = "plain files"
    private static let clients = 4

    private mutating func measure(
        _ surroundings: MeasurementSurroundings, _ tools: PostgresTools, _ table: inout ReportTable
    ) async throws {
        let plan = surroundings.plan
        try letServersPass(surroundings.folder)
        surroundings.progress("starting arrays and databases")
        let targets = [
            (Self.plain, try plainDevices(surroundings.folder)), (Self.pair, try await pairDevices(surroundings)),
        ]
        for (index, target) in targets.enumerated() {
            let server = PostgresServer(folder: "\(surroundings.folder)/server\(index)", tools: tools)
            servers.append(server)
            try server.prepareFolders()
            try await server.makeFileSystems(target.1)
            try await server.mount(target.1)
            try await server.create()
            try await server.start()
            surroundings.progress("filling \(target.0)")
            try await server.makePgbenchTables(scale: plan.isQuick ? 2 : 10)
        }
        for round in 1...plan.rounds {
            for (server, target) in zip(servers, targets) {
                surroundings.progress(
                    "round \(round) of \(plan.rounds): \(target.0)", Double(round - 1) / Double(plan.rounds))
                // What the other one's turn left to be written must not fall into this one's.
                for server in servers { _ = try await server.query("CHECKPOINT") }
                let seconds = max(1, Int((plan.seconds * (plan.isQuick ? 1 : 2.5)).rounded()))
                let figures = try await server.loadPgbench(clients: Self.clients, seconds: seconds)
                table.add(figures.transactions, Self.transactions, to: target.0)
                table.add(figures.latency, Self.latency, to: target.0)
            }
        }
        for server in servers {
            try await server.stop()
            try await server.unmount()
        }
    }

    /// PostgreSQL runs as a user of its own, who must get through to its folders; nobody can list what else is there.
    private func letServersPass(_ folder: String) throws {
        let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        for path in [parent, folder] {
            try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: path)
        }
    }

    private static let volumeBytes = 1 << 30

    private mutating func plainDevices(_ folder: String) throws -> [String] {
        for name in ["data", "wal"] {
            let path = "\(folder)/\(name)"
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let file = FileHandle(forWritingAtPath: path)
            else { throw BenchFailure("cannot make \(path)") }
            try file.truncate(atOffset: UInt64(Self.volumeBytes))
            try file.close()
            loops.append(try LoopDevices.attach(path))
        }
        return loops
    }

    /// Both volumes paired, fence DATA.
    private mutating func pairDevices(_ surroundings: MeasurementSurroundings) async throws -> [String] {
        let layout = BenchLayout(root: surroundings.folder + "/state")
        let made = MeasuredBench(folder: surroundings.folder, volumeBytes: Self.volumeBytes)
        bench = made
        let text = """
            arrays:
              - { name: east, serial: 30053, ldevs: [{ id: 00:10, size: \(Self.volumeBytes), count: 2, lun: 0 }] }
              - { name: west, serial: 30054, ldevs: [{ id: 00:10, size: \(Self.volumeBytes), count: 2, lun: 0 }] }
            links:
              - { name: east-west, between: [east, west], kind: unix }
            hosts:
              - { name: east, array: east, instance: 0 }
              - { name: west, array: west, instance: 1 }
            groups:
              - name: db
                hosts: [east, west]
                pairs: [{ name: data, ldevs: [00:10, 00:10] }, { name: wal, ldevs: [00:11, 00:11] }]

            """
        var opened = try await Bench.up(layout, file: (text, "measurement"))
        // Without a copy: both sides are new and hold nothing but zeros.
        try await MeasuredCommand.run(["paircreate", "-g", "db", "-vl", "-f", "data", "-nocopy"], on: "east", opened)
        try await PairWait.untilPaired(at: "east", layout)
        var devices: [String] = []
        for ldev in ["00:10", "00:11"] {
            try Target("P-VOL \(ldev)", layout.device(of: ldev, array: "east"), .fuse).check()
            devices.append(try await opened.attach(array: "east", ldev: ldev))
        }
        return devices
    }
}
