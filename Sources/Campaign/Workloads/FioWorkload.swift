// fio with its own verification, direct on the first raw volume: forty jobs write a region each with CRC-32C headers, each
// at a pace of its own, so that the end finds some complete and some not. A region counts as acknowledged if fio has
// written all of it without an error; fio itself verifies those later.

internal import Bench
internal import Foundation
internal import Simulator

#if canImport(Glibc)
    internal import Glibc
#endif

struct FioWorkload: CampaignWorkload {
    private static let regionBytes = 256 << 10
    private static let regionCount = 40
    /// Each region takes so much longer than the one before it.
    private static let regionMilliseconds = 30
    private let stage: WorkloadStage
    private var hadToBeKilled = false
    private var process: ProcessIdentity?
    private let blockBytes: Int
    private let depth: Int

    private var report: String { stage.folder + "/written.json" }

    init(_ stage: WorkloadStage) {
        self.stage = stage
        var dice = Dice(seed: stage.seed)
        blockBytes = dice.pick([4, 8, 16, 64]) << 10
        depth = dice.pick([1, 4, 16])
    }

    mutating func begin(on side: Side) async throws {
        let jobs = stage.folder + "/write.fio"
        let regions = (0..<Self.regionCount).map { number in
            region(number) + "rate=\(Self.regionBytes * 1000 / ((number + 1) * Self.regionMilliseconds))\n"
        }
        try (header(side, "do_verify=0\n") + regions.joined()).write(toFile: jobs, atomically: true, encoding: .utf8)
        guard let fio = Tool.path("fio") else { throw BenchFailure("fio is not installed") }
        process = try DetachedProcess.start(
            fio, arguments: ["--output-format=json", "--output=\(report)", jobs], environment: Tool.environment,
            log: stage.folder + "/fio.log")
        // fio takes a third of a second before its jobs begin.
        try await Task.sleep(for: .milliseconds(350))
    }

    private func header(_ side: Side, _ more: String) -> String {
        """
        [global]
        filename=\(stage.bench.device(side, 0))
        allow_file_create=0
        size=\(Self.regionBytes)
        bs=\(blockBytes)
        rw=write
        ioengine=libaio
        iodepth=\(depth)
        direct=1
        thread=1
        verify=crc32c
        verify_state_save=0
        randseed=\(stage.seed & 0xFFFF_FFFF)
        \(more)

        """
    }

    private func region(_ number: Int) -> String {
        "[region\(number)]\noffset=\(number * Self.regionBytes)\n"
    }

    /// A dead volume ends fio by itself; else it is interrupted, which is not an error to it. Its report is what the
    /// host keeps.
    mutating func end(inOrder: Bool) async throws {
        guard let process else { return }
        let ended = await onThread("end fio", seconds: 30) {
            process.send(SIGINT)
            let ended = process.waitForEnd(seconds: 20)
            if !ended { process.end(askingFor: 0) }
            return ended
        }
        hadToBeKilled = ended != true
        self.process = nil
    }

    mutating func judge(on side: Side) async throws -> WorkloadFinding {
        var finding = WorkloadFinding()
        if hadToBeKilled {
            finding.notes.append("fio did not end within 20 s of its volume's death and was killed: it can say nothing")
            return finding
        }
        let written = try regions(in: report, where: { $0.error == 0 && ($0.write?.bytes ?? 0) == Self.regionBytes })
        finding.acknowledged = written.count
        finding.notes.append("\(written.count) regions, \(blockBytes) byte blocks, depth \(depth)")
        guard !written.isEmpty else { return finding }
        let jobs = stage.folder + "/verify.fio"
        let output = stage.folder + "/verified.json"
        try (header(side, "verify_only=1\n") + written.map(region).joined()).write(
            toFile: jobs, atomically: true, encoding: .utf8)
        let result = try await HostCommand.run(
            "fio", ["--output-format=json", "--output=\(output)", "--aux-path=\(stage.folder)", jobs],
            environment: Tool.environment)
        let right = try regions(in: output) { $0.error == 0 && ($0.read?.bytes ?? 0) == Self.regionBytes }
        finding.missing = written.count - Set(right).intersection(written).count
        finding.notes.append("fio --verify_only: exit \(result.status), \(right.count) regions are right")
        return finding
    }

    private struct Report: Decodable {
        struct Job: Decodable {
            struct Direction: Decodable {
                var bytes: Int
                enum CodingKeys: String, CodingKey { case bytes = "io_bytes" }
            }
            var jobname: String
            var error: Int
            var read: Direction?
            var write: Direction?
        }
        var jobs: [Job]
    }

    private func regions(in path: String, where isRight: (Report.Job) -> Bool) throws -> [Int] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let start = text.firstIndex(of: "{") else {
            throw BenchFailure("fio left no report in \(path)")
        }
        // fio puts notes before the JSON, and after it when it was interrupted.
        let end = text.lastIndex(of: "}") ?? text.startIndex
        let report = try JSONDecoder().decode(Report.self, from: Data(text[start...end].utf8))
        return report.jobs.filter(isRight).compactMap { Int($0.jobname.dropFirst("region".count)) }
    }

    mutating func leave() async {
        process?.end(askingFor: 0)
        process = nil
    }
}
