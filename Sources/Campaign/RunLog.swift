// What was done in a run and when, line by line, as it happens; it is kept with a run that fails.

internal import Foundation
internal import Synchronization

/// **Threads**: any; the lines are behind the lock.
final class RunLog: Sendable {
    private let started = ContinuousClock.now
    private let state = Mutex<[String]>([])

    func say(_ text: String) {
        let elapsed = (ContinuousClock.now - started).inSeconds
        let time = elapsed.formatted(.number.precision(.fractionLength(3)).grouping(.never))
        state.withLock { $0.append("\(String(repeating: " ", count: max(0, 8 - time.count)))\(time)  \(text)") }
    }

    var lines: [String] { state.withLock { $0 } }
    var seconds: Double { (ContinuousClock.now - started).inSeconds }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
