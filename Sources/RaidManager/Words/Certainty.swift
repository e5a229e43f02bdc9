// How sure a fact about RAID Manager is. Nobody here has the real product: every message, number and option
// carries the mark of the source it came from, so that a listing from a real array finds what it corrects.
//
// - Source: RAID Manager reference, section 0.1.

package enum Certainty: String, Hashable, Sendable, CaseIterable {
    /// Two or more independent sources.
    case several = "S2+"
    /// One source.
    case one = "S1"
    /// Pasted output of a real installation, or the vendor's own script.
    case real = "REAL"
    /// Known of the published manuals, and not found again.
    case known = "K"
    /// Follows from the above.
    case inferred = "INF"
    /// The manuals are silent: the choice is ours.
    case ours = "OURS"

    /// Whether a listing from a real array is wanted.
    package var isOpen: Bool {
        switch self {
        case .known, .inferred, .ours: true
        case .several, .one, .real: false
        }
    }
}

/// A value with its mark and the section of the reference that has it.
package struct Fact<Value: Sendable>: Sendable {
    package let value: Value
    package let certainty: Certainty
    /// Such as `4.6`.
    package let section: String

    package init(_ value: Value, _ certainty: Certainty, _ section: String) {
        self.value = value
        self.certainty = certainty
        self.section = section
    }
}
