// A RAID Manager command of a measurement: run as a host runs it, timed as the host notices it.

internal import Bench
internal import Foundation

enum MeasuredCommand {
    /// Runs a command on a host to its end.
    /// - Parameter expecting: exit statuses of success; a takeover without its P-VOL has 5, for instance.
    /// - Returns: seconds from before its process was started until after it had ended.
    /// - Throws: `BenchFailure` with what it said.
    @discardableResult
    static func run(
        _ command: [String], on host: String, _ bench: Bench, expecting: Set<Int32> = [0]
    ) async throws(BenchFailure) -> Double {
        let began = Date()
        let result = try await bench.run(command, onHost: host)
        let seconds = Date().timeIntervalSince(began)
        guard expecting.contains(result.status) else {
            throw BenchFailure(
                "'\(command.joined(separator: " "))' on host \(host) ended with \(result.status): \(result.text)")
        }
        return seconds
    }
}
