// Figures of several rounds, and what may be said of them.

/// What was measured in each round. At least one value.
package struct Series: Codable, Hashable, Sendable {
    package private(set) var values: [Double]

    package init(_ values: [Double] = []) { self.values = values }

    package mutating func add(_ value: Double) { values.append(value) }

    package var isEmpty: Bool { values.isEmpty }

    /// The middle value; of an even number the mean of the two in the middle. 0 if there is none.
    package var median: Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return 0 }
        let middle = sorted.count / 2
        if sorted.count == 1 { return last }
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    package var least: Double { values.min() ?? 0 }
    package var most: Double { values.max() ?? 0 }
}
