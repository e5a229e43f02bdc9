// What the bench could not do, as its owner reads it: what stood in the way, where, and what to do about it.

package struct BenchFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which exit status a failure has.
    package enum Kind: Hashable, Sendable {
        /// The world's fault: exit 1.
        case failed
        /// What was asked makes no sense: exit 64.
        case usage
    }

    package var message: String
    package var remedy: String?
    package var kind: Kind

    package init(_ message: String, remedy: String? = nil, kind: Kind = .failed) {
        self.message = message
        self.remedy = remedy
        self.kind = kind
    }

    package var description: String { remedy.map { "\(message)\n  \($0)" } ?? message }
}
