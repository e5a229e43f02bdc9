// Where the figures must arrive: ratios of medians of one run.

/// One row: what is divided by what, and what it must be.
package struct Goal: Codable, Hashable, Sendable {
    package enum Bound: Codable, Hashable, Sendable {
        case atLeast(Double)
        case atMost(Double)
    }

    package var title: String
    package var bound: Bound
    /// nil if it was not measured.
    package var value: Double?

    package init(_ title: String, _ bound: Bound, _ value: Double?) {
        self.title = title
        self.bound = bound
        self.value = value
    }

    package var isReached: Bool? {
        guard let value else { return nil }
        return switch bound {
        case .atLeast(let least): value >= least
        case .atMost(let most): value <= most
        }
    }
}
