// What the arrays report of a pair, and what the bytes say. Counts are tracks; the keys are pinned by a test.

package struct TruthReport: Codable, Hashable, Sendable {
    /// What one array has in its NVRAM.
    package struct Side: Codable, Hashable, Sendable {
        package var array: String
        package var ldev: String
        package var isRunning: Bool
        /// `primary`, `secondary`; null without a pair.
        package var role: String?
        /// As in `arraybench status`.
        package var status: String?
        package var isUsable: Bool?
        package var markedTracks: Int
        package var tracksInFlight: Int
    }

    package var group: String
    package var pair: String
    package var sides: [Side]
    package var trackBytes: UInt32
    package var trackCount: Int
    package var isIdentical: Bool
    package var differingTracks: Int
    /// Runs of differing tracks, first and last, at most 64.
    package var differing: [[Int]]
    /// Tracks that differ and are neither marked nor in flight on either side. Hosts that write while this is looked at
    /// can make such a track appear; it is looked at again before it is reported.
    package var unmarkedDifferingTracks: Int
    package var unmarked: [Int]
    /// `clean`, `interrupted copy`, `copying`; null where the pair is not suspended.
    package var suspension: String?
    /// Whether the secondary may be taken over.
    package var isSecondaryUsable: Bool?
    /// Since when the copy has stood still: wall clock, nanoseconds; null if it follows, or nobody knows.
    package var staleSince: UInt64?
    /// How long it has stood still, up to the last write of the other side's hosts.
    package var staleMilliseconds: Double?
    /// What contradicts: null if screens and bytes agree.
    package var problem: String?
}
