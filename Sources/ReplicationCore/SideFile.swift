// The side file's accounts: a ring of bytes in which each write waits, as a finished frame, until the far side has it.
// The bytes themselves are the shell's; here is only who may lie where, and how full it is.
//
// Positions only ever grow; a position's place in the ring is `position % capacity`. A frame is never split: what does
// not fit before the ring's end starts at its beginning, and the gap counts as used.

/// Who lies where in the ring.
package struct SideFile: Hashable, Sendable {
    package let limits: SideFileLimits
    /// Position after the newest frame.
    package private(set) var head: UInt64 = 0
    /// Position of the oldest byte in use.
    package private(set) var tail: UInt64 = 0

    /// Bytes kept back for frames of the machine itself (transitions), which must never wait.
    package static let reserve = 64 << 10

    package init(limits: SideFileLimits) { self.limits = limits }

    /// A ring in which frames lie from an earlier life of the array, from `tail` on up to `head`.
    package init(limits: SideFileLimits, tail: UInt64, head: UInt64) {
        precondition(tail <= head && head - tail <= UInt64(limits.capacity))
        self.limits = limits
        self.tail = tail
        self.head = head
    }

    private var capacity: UInt64 { UInt64(limits.capacity) }
    package var used: Int { Int(head - tail) }
    package var isEmpty: Bool { head == tail }

    /// Where a frame of `count` bytes may lie; nil if there is no room now. // hot
    package mutating func allocate(_ count: Int, mayUseReserve: Bool) -> UInt64? {
        let place = head % capacity
        let start = place + UInt64(count) > capacity ? head + (capacity - place) : head
        let room = capacity - (mayUseReserve ? 0 : UInt64(Self.reserve))
        // In an empty ring the gap is nobody's: counted as used, it could keep a long frame out for ever.
        let oldest = isEmpty ? start : tail
        guard start + UInt64(count) - oldest <= room else { return nil }
        tail = oldest
        head = start + UInt64(count)
        return start
    }

    /// Everything before `position` is free again. // hot
    package mutating func release(upTo position: UInt64) {
        precondition(position >= tail && position <= head)
        tail = position
    }

    /// All is free: nothing is in the ring any more.
    package mutating func releaseAll() { tail = head }

    /// The place of `position` in the ring, in bytes from its start.
    package func place(of position: UInt64) -> Int { Int(position % capacity) }

    /// Percent of the ring in use, 0 to 100.
    package var fillPercent: Int { min(100, Int(UInt64(used) * 100 / capacity)) }
    package var isAboveHighWater: Bool { fillPercent > limits.highWaterPercent }

    /// How long a response is delayed at this fill: nothing below the high-water mark, then rising in a straight line.
    /// - Source: seed 004: "writing responses are delayed" above the high-water mark.
    package var responseDelay: Span {
        let mark = UInt64(limits.highWaterPercent) * capacity / 100
        guard used > Int(mark), capacity > mark else { return Span(nanoseconds: 0) }
        let share = Double(UInt64(used) - mark) / Double(capacity - mark)
        return Span(nanoseconds: UInt64(share * Double(limits.longestDelay.nanoseconds)))
    }
}
