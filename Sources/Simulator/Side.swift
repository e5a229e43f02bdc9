// Where something is: a group has two sides, each at one of up to three arrays. What happens in a world is addressed by
// a side, also what happens to its whole array or to its end of a link: those are found from it.

package struct Side: Hashable, Sendable, CustomStringConvertible {
    /// 2 · group + half.
    package let index: Int
    package init(index: Int) { self.index = index }
    package init(group: Int, half: Int) { index = group << 1 | half }

    /// The sides of the first group.
    package static let a = Side(index: 0)
    package static let b = Side(index: 1)
    package static let allCases = [a, b]
    static func both(_ group: Int) -> [Side] { [Side(group: group, half: 0), Side(group: group, half: 1)] }

    package var group: Int { index >> 1 }
    /// 0 or 1: its place in its group.
    var half: Int { index & 1 }
    package var other: Side { Side(index: index ^ 1) }
    /// The number of the group from the second on.
    package var description: String { (half == 0 ? "a" : "b") + (group == 0 ? "" : "\(group + 1)") }
}

/// An array of the world.
package enum DiskArray: Int, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case a, b, c
    package var description: String { ["a", "b", "c"][rawValue] }
}
