// What each write of a host took, and when: fio's log of completion latencies, cut into the time before a copy and the
// time of the copy.

package import Bench

/// Writes with the time of their end.
package struct LatencyLog: Sendable {
    package struct Entry: Hashable, Sendable {
        /// Milliseconds since 1970.
        package var moment: UInt64
        package var microseconds: Double
    }

    package private(set) var entries: [Entry] = []

    /// - Parameter text: lines "moment, nanoseconds, direction, bytes, offset, priority".
    /// - Throws: `BenchFailure` at a line that is none.
    package init(_ text: String) throws(BenchFailure) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: ","), maxSplits: 2)
            guard words.count == 3, let moment = Self.number(words[0]), let nanoseconds = Self.number(words[1]) else {
                throw BenchFailure("fio's latency log has a line that is none: \(Substring(line))")
            }
            entries.append(Entry(moment: moment, microseconds: Double(nanoseconds) / 1000))
        }
    }

    private static func number(_ word: Substring.UTF8View) -> UInt64? {
        var value: UInt64?
        for digit in word where digit != UInt8(ascii: " ") {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            value = (value ?? 0) &* 10 &+ UInt64(digit - 0x30)
        }
        return value
    }

    /// The latencies of the writes that ended in `moments`, in microseconds.
    package func latencies(_ moments: Range<UInt64>) -> [Double] {
        entries.filter { moments.contains($0.moment) }.map(\.microseconds)
    }
}

/// Latencies of one window, in microseconds.
package struct LatencySummary: Hashable, Sendable {
    package var mean: Double
    package var median: Double
    package var percentile99: Double

    /// nil of nothing.
    package init?(_ latencies: [Double]) {
        guard !latencies.isEmpty else { return nil }
        let sorted = latencies.sorted()
        mean = sorted.reduce(0, +) / Double(sorted.count)
        median = Series(sorted).median
        percentile99 = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    }
}
