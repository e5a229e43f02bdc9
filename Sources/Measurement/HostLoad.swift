// A host that writes while volumes are copied: fio in the background, with a log of each write.

internal import Bench
internal import Foundation

/// 4 KiB writes at random offsets, one at a time, for a time that is fixed at the start.
struct HostLoad: Sendable {
    private let run: Task<Result<CommandResult, BenchFailure>, Never>
    private let log: String

    /// - Parameter folder: for the log; one load at a time.
    init(on target: Target, bytes: Int, seconds: Double, folder: String) throws(BenchFailure) {
        try target.check()
        let prefix = folder + "/load"
        log = prefix + "_clat.1.log"
        try? FileManager.default.removeItem(atPath: log)
        let job = FioJob(.write, blockBytes: 4096)
        let arguments =
            job.arguments(path: target.path, bytes: bytes, seconds: seconds, isDirect: true)
            + ["--write_lat_log=\(prefix)", "--log_unix_epoch=1"]
        run = Task {
            do throws(BenchFailure) {
                return .success(try await HostCommand.run("fio", arguments))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Waits for the end of the load.
    func finish() async throws(BenchFailure) -> LatencyLog {
        let result = try await run.value.get()
        guard result.status == 0, let text = try? String(contentsOfFile: log, encoding: .utf8) else {
            throw BenchFailure("fio failed beside a copy: \(result.text.prefix(400))")
        }
        return try LatencyLog(text)
    }

    /// Milliseconds since 1970, as the log counts them.
    static var now: UInt64 { UInt64(Date().timeIntervalSince1970 * 1000) }
}
