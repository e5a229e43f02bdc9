// A pair of two volumes of one array in the array's status. Words and keys as in `PairReport`.

package import CommandDevice
package import ReplicationCore

package struct LocalPairReport: Codable, Hashable, Sendable {
    /// `primary`, `secondary`.
    package var role: String
    /// The other volume, such as `03:10`.
    package var partner: String
    /// The mirror unit, 0 to 2.
    package var mirror: UInt8
    /// `copying`, `paired`, `splitting`, `split`, `restoring`, `failed`.
    package var status: String
    package var cleanPercent: UInt8
    package var copyPace: UInt8
    /// The number shared by pairs that are split at one instant; none for a pair that stands alone.
    package var group: UInt8?
    /// Whether the secondary's hosts have written since the split.
    package var isWrittenSinceSplit: Bool

    package init(_ pair: LocalPairSnapshot) {
        role = pair.role == .primary ? "primary" : "secondary"
        partner = pair.partner.description
        mirror = pair.name.mirror
        status = Self.word(pair.status)
        cleanPercent = pair.cleanPercent
        copyPace = pair.copyPace
        group = pair.group
        isWrittenSinceSplit = pair.isWrittenSinceSplit
    }

    package static func word(_ status: LocalStatus) -> String {
        switch status {
        case .copying: "copying"
        case .paired: "paired"
        case .splitting: "splitting"
        case .split: "split"
        case .restoring: "restoring"
        case .failed: "failed"
        }
    }
}
