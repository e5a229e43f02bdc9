// The verdicts that arrays have made after takeovers: one JSON file each in the bench's folder `verdicts`, named by the
// time, and a line in the array's log.

internal import Foundation
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

extension Bench {
    /// Judges what a takeover brought, and keeps it. Run by the array that took over.
    /// - Parameter volumes: `00:10,00:11`.
    package func judgeTakeover(at array: String, volumes: String) async throws(BenchFailure) {
        // Whoever took over has work to do: this can wait.
        _ = nice(10)
        let ldevs = volumes.split(separator: ",").compactMap { LDEVNumber(parsing: $0) }
        for group in groups(with: ldevs, in: array) {
            for report in try await verdict(group: group, copy: array) {
                try keep(report)
                print("verdict on group \(group): \(report.result.rawValue). \(report.explanation)")
            }
        }
    }

    private func keep(_ report: VerdictReport) throws(BenchFailure) {
        try BenchFolder.make(layout.verdicts)
        guard let text = try? VerdictReport.encoded(report) else { throw BenchFailure("a verdict cannot be written") }
        // Under a name that nobody reads first: a reader finds it whole.
        let path = "\(layout.verdicts)/\(report.at)-\(report.group).json"
        try BenchFolder.write(text + "\n", to: path + ".new")
        guard unsafe rename(path + ".new", path) == 0 else {
            throw BenchFailure("cannot write \(path): \(unsafe String(cString: strerror(errno)))")
        }
    }

    /// Oldest first.
    package func takeoverVerdicts() throws(BenchFailure) -> [VerdictReport] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: layout.verdicts)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
            FileManager.default.contents(atPath: layout.verdicts + "/" + name)
                .flatMap { try? JSONDecoder().decode(VerdictReport.self, from: $0) }
        }
    }
}
