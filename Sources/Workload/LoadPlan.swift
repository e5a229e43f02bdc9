// What a load shall do, and what it has done so far.

/// One block size of a mix and its weight.
package struct BlockShare: Hashable, Sendable {
    package var bytes: Int
    package var weight: Int
    package init(bytes: Int, weight: Int) {
        self.bytes = bytes
        self.weight = weight
    }
}

/// For tests: devices that fail on purpose.
package struct LoadFaults: Sendable {
    /// The answer to an operation in place of doing it, by sequence: an errno; nil does it.
    package var answer: @Sendable (UInt64) -> Int32?
    package init(answer: @escaping @Sendable (UInt64) -> Int32?) { self.answer = answer }
}

package struct LoadPlan: Sendable {
    package enum OnError: String, Hashable, Sendable, CaseIterable {
        /// Goes on after an error, but ends when nothing has succeeded for `errorPatience`.
        case stop
        /// Goes on until the time, the count or the owner ends it; opens the devices anew after an error.
        case retry
    }

    package var targets: [String]
    package var record: String
    package var mix: [BlockShare] = [BlockShare(bytes: 4096, weight: 1)]
    /// What offsets are multiples of; nil: 4096, or the smallest block if that is smaller.
    package var alignment: Int?
    /// Operations under way at once, over all volumes.
    package var queueDepth = 8
    package var regionOffset: UInt64 = 0
    /// nil: to the volume's end.
    package var regionLength: UInt64?
    package var flushPercent = 0
    package var discardPercent = 0
    /// Of the writes, how many are followed by one on the next volume that depends on it.
    package var dependentPercent = 0
    /// Operations per second over all threads; 0 is no limit.
    package var rate = 0
    /// nil: until somebody stops it.
    package var seconds: Double?
    package var count: UInt64?
    package var onError = OnError.stop
    /// How long errors may last without any success.
    package var errorPatienceSeconds = 3.0
    /// Makes missing targets as files of this size.
    package var create: UInt64?
    package var seed: UInt64?
    package var faults: LoadFaults?

    package init(targets: [String], record: String) {
        self.targets = targets
        self.record = record
    }

    var largestBlock: Int { mix.map(\.bytes).max() ?? 0 }
    var smallestBlock: Int { mix.map(\.bytes).min() ?? 0 }
    var step: Int { alignment ?? min(4096, smallestBlock) }

    /// What makes no sense in it; nil if all is well.
    package var mistake: String? {
        let sector = Stamp.sectorBytes
        if targets.isEmpty { return "no volume is named" }
        if targets.count > 1024 { return "more than 1024 volumes" }
        if Set(targets).count < targets.count { return "a volume is named twice: its order would not be defined" }
        if mix.isEmpty || mix.contains(where: { $0.weight < 1 }) { return "the mix needs weights from 1 on" }
        if mix.contains(where: { $0.bytes < sector || $0.bytes % sector != 0 || $0.bytes > 64 << 20 }) {
            return "a block is a multiple of 512 bytes, up to 64 MiB"
        }
        if step < sector || step % sector != 0 { return "the alignment is a multiple of 512 bytes" }
        if regionOffset % UInt64(sector) != 0 || (regionLength ?? 0) % UInt64(sector) != 0 {
            return "the region begins and ends at multiples of 512 bytes"
        }
        if !(1...1024).contains(queueDepth) { return "the queue depth is 1 to 1024" }
        if !(0...100).contains(dependentPercent) || flushPercent < 0 || discardPercent < 0
            || flushPercent + discardPercent > 100
        {
            return "percentages are 0 to 100, flushes and discards together as well"
        }
        if rate < 0 || (seconds ?? 1) <= 0 || count == 0 { return "rate, time and count must be above 0" }
        return nil
    }
}

/// Times in classes that are a sixteenth of a power of two wide. // hot
package struct LatencyHistogram: Hashable, Sendable {
    private var counts = Array(repeating: UInt64(0), count: 1024)
    package private(set) var total: UInt64 = 0
    package private(set) var maximum: UInt64 = 0

    package init() {}

    package mutating func add(_ nanoseconds: UInt64) {
        counts[Self.index(nanoseconds)] += 1
        total += 1
        maximum = max(maximum, nanoseconds)
    }

    /// The upper end of the class in which this part (0 … 1) of all times ends.
    package func quantile(_ part: Double) -> UInt64 {
        var rest = UInt64((Double(total) * part).rounded(.up))
        for (index, count) in counts.enumerated() where count > 0 {
            if count >= rest { return min(maximum, Self.upperEnd(index)) }
            rest -= count
        }
        return maximum
    }

    static func index(_ value: UInt64) -> Int {
        guard value >= 16 else { return Int(value) }
        let power = 63 - value.leadingZeroBitCount
        return (power - 3) * 16 + Int(value >> UInt64(power - 4)) - 16
    }

    static func upperEnd(_ index: Int) -> UInt64 {
        guard index >= 16 else { return UInt64(index) }
        let power = index / 16 + 3
        return (UInt64(index % 16 + 17) << UInt64(power - 4)) &- 1
    }
}

package struct LoadStatistics: Hashable, Sendable, Codable {
    package struct Latency: Hashable, Sendable, Codable {
        package var median = 0.0
        package var percentile99 = 0.0
        package var percentile999 = 0.0
        package var maximum = 0.0
    }

    package var run = ""
    package var record = ""
    package var seconds = 0.0
    package var writes: UInt64 = 0
    package var discards: UInt64 = 0
    package var flushes: UInt64 = 0
    package var dependentWrites: UInt64 = 0
    package var bytesWritten: UInt64 = 0
    package var writesPerSecond = 0.0
    /// Of acknowledged writes.
    package var latencyMicroseconds = Latency()
    package var failures: UInt64 = 0
    package var lastError: String?
    /// Under way; after the end: never answered.
    package var outstanding = 0
    /// Why it ended; nil while it runs.
    package var end: String?
    package var notes: [String] = []
}
