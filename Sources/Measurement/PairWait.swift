// Waits until pairs are in PAIR, more finely than pairevtwait, which looks once a second.

internal import Bench
internal import Foundation

enum PairWait {
    /// Asks the array's service processor until every one of these volumes is paired.
    /// - Parameter ldevs: nil for all of the array that are in a pair; at least one must be.
    /// - Throws: `BenchFailure` if that is not so after `patience` seconds.
    static func untilPaired(
        _ ldevs: Set<String>? = nil, at array: String, _ layout: BenchLayout, patience: Double = 300
    ) async throws(BenchFailure) {
        let client = ServiceProcessorClient(array: array, layout: layout)
        let deadline = Date(timeIntervalSinceNow: patience)
        while true {
            let volumes = try await client.status().ldevs.filter { ldevs?.contains($0.id) ?? ($0.pair != nil) }
            if !volumes.isEmpty, volumes.allSatisfy({ $0.pair?.status == "paired" }) { return }
            try Interruption.check()
            guard Date() < deadline else {
                let open = volumes.filter { $0.pair?.status != "paired" }
                throw BenchFailure(
                    "\(open.count) volumes of array \(array) are not paired after \(Int(patience)) s, among them "
                        + "\(open.first.map { "\($0.id), \($0.pair?.status ?? "simplex")" } ?? "none")")
            }
            try? await Task.sleep(for: .milliseconds(1))
        }
    }
}
