// The arithmetic of limited links: what was sent, against what was allowed, and which rates the machine reaches at all.

package struct LinkRate: Hashable, Sendable {
    package var title: String
    /// nil: no limit.
    package var bytesPerSecond: UInt64?

    package static let unlimited = LinkRate(title: "no limit")
    package static let all = [
        LinkRate(title: "10 Mbit/s", bytesPerSecond: 1_250_000),
        LinkRate(title: "100 Mbit/s", bytesPerSecond: 12_500_000),
        LinkRate(title: "1 Gbit/s", bytesPerSecond: 125_000_000),
        LinkRate(title: "10 Gbit/s", bytesPerSecond: 1_250_000_000),
    ]
}

/// What keeps a link full.
package enum LinkLoad: String, CaseIterable, Sendable {
    case hostWrites = "writes to an asynchronous pair"
    case resync = "a resynchronisation"
}

/// One kind of link, all rounds.
package struct LinkShares: Sendable {
    package static let mebibytes = "MiB/s"
    package static let share = "used ÷ configured"

    private let kind: String
    package private(set) var table: ReportTable

    package init(kind: String) {
        self.kind = kind
        table = ReportTable("Limited link, \(kind)", columns: [Self.mebibytes, Self.share])
    }

    private static func row(_ rate: LinkRate, _ load: LinkLoad) -> String { "\(rate.title), \(load.rawValue)" }

    package mutating func add(bytesPerSecond: Double, _ rate: LinkRate, _ load: LinkLoad) {
        table.add(bytesPerSecond / 1_048_576, Self.mebibytes, to: Self.row(rate, load))
        guard let limit = rate.bytesPerSecond else { return }
        table.add(bytesPerSecond / Double(limit), Self.share, to: Self.row(rate, load))
    }

    /// Whether the load gets that far without any limit: then what it leaves unused is the limit's fault.
    package func isReachable(_ rate: LinkRate, _ load: LinkLoad) -> Bool {
        guard let limit = rate.bytesPerSecond,
            let free = table.series(Self.row(.unlimited, load), Self.mebibytes)
        else { return false }
        return free.median * 1_048_576 >= Double(limit)
    }

    /// Two for each load and rate that the machine reaches.
    package var goals: [Goal] {
        LinkRate.all.flatMap { rate in
            LinkLoad.allCases.filter { isReachable(rate, $0) }.flatMap { load in
                let value = table.series(Self.row(rate, load), Self.share)?.median
                let title = "link of \(rate.title), \(kind), \(load.rawValue): used ÷ configured"
                return [Goal(title, .atLeast(0.95), value), Goal(title, .atMost(1.02), value)]
            }
        }
    }

    /// The others, with the reason.
    package var missing: [String] {
        LinkRate.all.flatMap { rate in
            LinkLoad.allCases.filter { !isReachable(rate, $0) }.map { load in
                let free = table.series(Self.row(.unlimited, load), Self.mebibytes)?.median ?? 0
                return "link of \(rate.title), \(kind), \(load.rawValue): out of this machine's reach, which gives "
                    + "\(Int(free.rounded())) of \(Int((rate.bytesPerSecond ?? 0) >> 20)) MiB/s without a limit"
            }
        }
    }
}
