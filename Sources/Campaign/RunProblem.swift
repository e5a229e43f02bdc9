// Why a run failed. The kind is for tables and for whoever sorts many failures; the text is for whoever looks at one.

package struct RunProblem: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// The pairs do not come together after everything is mended.
        case noWayHome = "no way home"
        /// PAIR, and the copies are not equal.
        case copiesDiffer = "copies differ"
        /// The verdict of the arrays' evidence and the application's own finding exclude each other.
        case disagreement = "disagreement"
        /// What the fence promises was not kept.
        case promiseBroken = "promise broken"
        /// The array shows something that its bytes contradict.
        case untruth = "untruth"
        /// A process, mount, loop device or folder is left.
        case leftovers = "leftovers"
        /// A step of the run did not work at all.
        case stopped = "stopped"
    }

    package var kind: Kind
    package var text: String
    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
    package var description: String { "\(kind.rawValue): \(text)" }
}
