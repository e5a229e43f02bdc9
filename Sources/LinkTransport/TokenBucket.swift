// The budget of a direction's bandwidth. Pure: the clock is an argument.
//
// Credit grows with time up to ten milliseconds' worth (a sender thread that wakes late catches up, so that the
// configured rate is reached) and is taken in slices of at least a millisecond's worth (so that a fast rate does not
// need a wake-up per packet).

/// A token bucket of bytes.
struct TokenBucket {
    let bytesPerSecond: Double
    private let slice: Double
    private let limit: Double
    private var credit: Double
    private var filledAt: UInt64

    init(bytesPerSecond rate: UInt64, now: UInt64) {
        bytesPerSecond = Double(max(1, rate))
        slice = min(max(bytesPerSecond / 1000, 1024), 1_048_576)
        limit = max(bytesPerSecond / 100, slice * 2)
        credit = slice
        filledAt = now
    }

    private mutating func fill(_ now: UInt64) {
        guard now > filledAt else { return }
        credit = min(limit, credit + Double(now - filledAt) * bytesPerSecond / 1e9)
        filledAt = now
    }

    /// How many of `wanted` bytes may go now: 0, or at least a slice (or all).
    mutating func allowance(wanted: Int, now: UInt64) -> Int {
        fill(now)
        return credit + 0.5 >= min(slice, Double(wanted)) ? min(wanted, Int(credit + 0.5)) : 0
    }

    mutating func take(_ count: Int) { credit -= Double(count) }

    /// When the next `allowance` of `wanted` bytes will not be 0.
    func nextAllowance(wanted: Int) -> UInt64 {
        let missing = min(slice, Double(wanted)) - credit
        return missing <= 0 ? filledAt : filledAt + UInt64(missing * 1e9 / bytesPerSecond) + 1
    }
}
