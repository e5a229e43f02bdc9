// One way to load a path with fio, and what fio says of it.

package import Bench
internal import Foundation

/// A load. `title` is its row in the report.
package struct FioJob: Codable, Hashable, Sendable {
    package enum Direction: String, Codable, Sendable {
        case write = "randwrite"
        case read = "randread"
        case mixed = "randrw"
    }

    package var direction: Direction
    package var blockBytes: Int
    package var depth: Int
    /// Processes that load the path at once, each waiting for its own request.
    package var writers: Int

    package init(_ direction: Direction, blockBytes: Int, depth: Int = 1, writers: Int = 1) {
        self.direction = direction
        self.blockBytes = blockBytes
        self.depth = depth
        self.writers = writers
    }

    package var title: String {
        let word =
            switch direction {
            case .write: "write"
            case .read: "read"
            case .mixed: "mixed"
            }
        let size = blockBytes >= 1 << 20 ? "\(blockBytes >> 20) MiB" : "\(blockBytes >> 10) KiB"
        return "\(word) \(size), " + (writers > 1 ? "\(writers) writers" : "depth \(depth)")
    }

    /// fio's words. Random offsets over the whole size, `O_DIRECT`, never the same sequence twice.
    /// - Parameter byteLimit: the run ends when so much was moved, or with its time; nil for no limit.
    func arguments(path: String, bytes: Int, seconds: Double, isDirect: Bool, byteLimit: Int? = nil) -> [String] {
        let end = byteLimit.map { "--io_size=\($0 / writers / blockBytes * blockBytes)" } ?? "--time_based"
        return [
            "--name=x", "--filename=\(path)", "--rw=\(direction.rawValue)", "--bs=\(blockBytes)",
            "--iodepth=\(depth)", "--ioengine=\(depth == 1 ? "psync" : "libaio")", "--numjobs=\(writers)",
            "--group_reporting", "--direct=\(isDirect ? 1 : 0)", "--size=\(bytes)",
            "--runtime=\(Int(seconds * 1000))ms", end, "--randrepeat=0", "--output-format=json",
        ]
    }
}

/// What fio measured in one run.
package struct FioFigures: Codable, Hashable, Sendable {
    /// Operations per second, reads and writes together.
    package var operations: Double
    /// Completion latency in microseconds; of a mixed load that of the writes.
    package var median: Double
    package var percentile99: Double
    package var percentile999: Double
    /// Operations in the whole run.
    package var count: Double

    private struct Output: Decodable {
        var jobs: [Job]
    }
    private struct Job: Decodable {
        var error: Int?
        var read: Half
        var write: Half
    }
    private struct Half: Decodable {
        var iops: Double
        var count: Double?
        var latency: Latency?
        enum CodingKeys: String, CodingKey {
            case iops
            case count = "total_ios"
            case latency = "clat_ns"
        }
    }
    private struct Latency: Decodable {
        var percentile: [String: Double]?
    }

    /// - Parameter json: fio's output; lines before the first brace are its complaints.
    /// - Throws: `BenchFailure` if it is no result, or an operation failed.
    package init(json: String) throws(BenchFailure) {
        guard let start = json.firstIndex(of: "{"),
            let output = try? JSONDecoder().decode(Output.self, from: Data(json[start...].utf8)),
            let job = output.jobs.first
        else { throw BenchFailure("fio gave no result: \(json.prefix(400))") }
        if let error = job.error, error != 0 { throw BenchFailure("fio met errno \(error)") }
        operations = job.read.iops + job.write.iops
        let half = job.write.iops > 0 ? job.write : job.read
        median = (half.latency?.percentile?["50.000000"] ?? 0) / 1000
        percentile99 = (half.latency?.percentile?["99.000000"] ?? 0) / 1000
        percentile999 = (half.latency?.percentile?["99.900000"] ?? 0) / 1000
        count = (job.read.count ?? 0) + (job.write.count ?? 0)
    }
}
