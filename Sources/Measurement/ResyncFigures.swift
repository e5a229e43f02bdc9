// The arithmetic of resynchronisations: times, bytes and latencies in, tables and goals out.

/// One kind of copy that is measured.
package struct CopyCase: Hashable, Sendable {
    /// nil: everything, as the first copy of a pair.
    package var dirty: Dirty?
    package var load: HostPlace?

    package struct Dirty: Hashable, Sendable {
        package var percent: Int
        package var pattern: DirtyPattern

        package init(percent: Int, pattern: DirtyPattern) {
            self.percent = percent
            self.pattern = pattern
        }
    }

    /// Where a host writes meanwhile.
    package enum HostPlace: String, CaseIterable, Sendable {
        case simplex = "a simplex volume"
        case synchronous = "a synchronous pair on the same link"
    }

    package init(_ dirty: Dirty?, load: HostPlace? = nil) {
        self.dirty = dirty
        self.load = load
    }

    package var title: String {
        let what = dirty.map { "\($0.percent) % dirty, \($0.pattern.rawValue)" } ?? "full"
        return load.map { "\(what), host writes to \($0.rawValue)" } ?? what
    }
}

/// What was measured of one copy.
package struct CopyOutcome: Hashable, Sendable {
    /// From the start of the command until the pair is PAIR.
    package var seconds: Double
    /// Bytes of the tracks that were to be copied.
    package var dirtyBytes: Int
    /// Everything that the primary's array sent on the link meanwhile: payloads, headers, heartbeats, messages.
    package var bytesSent: UInt64

    package init(seconds: Double, dirtyBytes: Int, bytesSent: UInt64) {
        self.seconds = seconds
        self.dirtyBytes = dirtyBytes
        self.bytesSent = bytesSent
    }

    package var throughput: Double { Double(dirtyBytes) / seconds / 1_048_576 }
    package var sentPerByte: Double { Double(bytesSent) / Double(dirtyBytes) }
}

/// Tables of all rounds.
package struct ResyncFigures: Sendable {
    package static let throughput = "MiB/s"
    package static let milliseconds = "ms"
    package static let sent = "bytes sent per dirty byte"
    package static let mean = "mean, µs"
    package static let median = "median, µs"
    package static let percentile99 = "99 %, µs"
    package static let floor = "two-process floor"
    package static let mirror = "qemu mirror"

    private var full = ReportTable(
        "Full copy, beside what one could use instead", columns: [throughput, milliseconds], chart: throughput)
    private var copies = ReportTable(
        "Copies, the command until PAIR", columns: [throughput, milliseconds, sent], chart: throughput)
    private var latencies = ReportTable(
        "4 KiB writes of a host, one at a time, before and during a full copy",
        columns: [mean, median, percentile99])

    package init() {}

    package var tables: [ReportTable] { [full, copies, latencies] }

    package mutating func add(_ outcome: CopyOutcome, _ kind: CopyCase) {
        copies.add(outcome.throughput, Self.throughput, to: kind.title)
        copies.add(outcome.seconds * 1000, Self.milliseconds, to: kind.title)
        // A host that writes through the link sends bytes of its own.
        if kind.load != .synchronous { copies.add(outcome.sentPerByte, Self.sent, to: kind.title) }
        if kind == CopyCase(nil) { add(Self.arrays, seconds: outcome.seconds, bytes: outcome.dirtyBytes) }
    }

    private static let arrays = "arrays: paircreate until PAIR"

    /// A peer's or a floor's copy of the same amount.
    package mutating func add(_ name: String, seconds: Double, bytes: Int) {
        full.add(Double(bytes) / seconds / 1_048_576, Self.throughput, to: name)
        full.add(seconds * 1000, Self.milliseconds, to: name)
    }

    /// - Parameters:
    ///   - before: microseconds of each write while nothing was copied.
    ///   - during: the same while a full copy ran.
    package mutating func add(_ place: CopyCase.HostPlace, before: [Double], during: [Double]) {
        for (name, series) in [("before", before), ("during", during)] {
            guard let summary = LatencySummary(series) else { continue }
            let row = Self.row(place, name)
            latencies.add(summary.mean, Self.mean, to: row)
            latencies.add(summary.median, Self.median, to: row)
            latencies.add(summary.percentile99, Self.percentile99, to: row)
        }
    }

    private static func row(_ place: CopyCase.HostPlace, _ when: String) -> String { "\(place.rawValue), \(when)" }

    package var goals: [Goal] {
        let differential = copies.rows.filter { !$0.name.hasPrefix("full") }.compactMap { $0.cells[Self.sent]?.median }
        return [
            Goal(
                "full resync ÷ \(Self.mirror)", .atLeast(2.5), full.ratio(Self.arrays, Self.mirror, Self.throughput)),
            Goal(
                "full resync ÷ \(Self.floor)", .atLeast(0.8), full.ratio(Self.arrays, Self.floor, Self.throughput)),
            Goal("bytes sent in a differential resync ÷ bytes of dirty tracks", .atMost(1.01), differential.max()),
        ]
            + CopyCase.HostPlace.allCases.map { place in
                Goal(
                    "latency, 4 KiB writes to \(place.rawValue) during an unthrottled resync ÷ before", .atMost(3),
                    latencies.ratio(Self.row(place, "during"), Self.row(place, "before"), Self.mean))
            }
    }
}
