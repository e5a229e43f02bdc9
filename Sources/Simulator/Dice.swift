// The only source of chance. A value: a copy of it draws the same numbers again.

/// SplitMix64: the same seed gives the same history on every machine.
package struct Dice: Sendable {
    private var state: UInt64
    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in `0..<count`; `count` is below 2³².
    package mutating func roll(_ count: Int) -> Int { Int(((next() >> 32) &* UInt64(count)) >> 32) }
    package mutating func roll(_ range: ClosedRange<Int>) -> Int { range.lowerBound + roll(range.count) }
    package mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }
    package mutating func pick<T>(_ choices: [T]) -> T { choices[roll(choices.count)] }
}
