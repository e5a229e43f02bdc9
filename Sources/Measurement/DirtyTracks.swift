// Which tracks a host writes between a split and a resynchronisation, and the writing.

internal import Bench
internal import Foundation

/// How written tracks lie on the volume.
package enum DirtyPattern: String, CaseIterable, Sendable {
    /// One after the other, from a place that differs from round to round.
    case clustered
    /// Anywhere, drawn without regard to each other.
    case scattered
}

package enum DirtyTracks {
    /// The tracks to be written, ascending, each once.
    /// - Parameters:
    ///   - percent: of the volume; at least one track is chosen.
    ///   - seed: another one gives another choice.
    package static func choose(percent: Int, of count: Int, _ pattern: DirtyPattern, seed: UInt64) -> [Int] {
        let wanted = min(count, max(1, count * percent / 100))
        var dice = Dice(state: seed)
        switch pattern {
        case .clustered:
            let first = Int.random(in: 0...(count - wanted), using: &dice)
            return Array(first..<first + wanted)
        case .scattered:
            return Array((0..<count).shuffled(using: &dice).prefix(wanted)).sorted()
        }
    }

    /// Writes 4 KiB into each of `tracks` through the path that hosts use.
    static func write(_ tracks: [Int], trackBytes: Int, to target: Target, seed: UInt64) throws(BenchFailure) {
        try target.check()
        let file = try RawFile(target.path, writing: true)
        var dice = Dice(state: seed)
        var block = (0..<512).map { _ in dice.next() }
        for track in tracks {
            block[0] = UInt64(track) ^ seed
            try file.write(block, count: 4096, at: track * trackBytes)
        }
    }

    /// SplitMix64.
    /// - Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
