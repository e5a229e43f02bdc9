// Every timer and threshold of an array with its real default. `arrayd` shortens the times by the bench's clock rate
// before the core sees them; the core itself knows one clock only.

/// - Source: RAID Manager reference, sections 2.2 and 6.1; seed 004 (link timeout, side file).
package struct ArrayTimers: Hashable, Sendable {
    /// How long an asynchronous pair waits for a lost link before both sides suspend. 300 s.
    package var linkTimeout: Span = .seconds(300)
    /// How long a host write waits for room in a full side file before the pair goes over to marking. 90 s.
    package var sideFileTimeout: Span = .seconds(90)
    /// The same for a full journal: the data overflow timer. 60 s.
    /// - Source: RAID Manager reference, section 6.2.
    package var journalTimeout: Span = .seconds(60)
    /// A link that was silent for this long is lost. 3 s: three missed heartbeats.
    package var heartbeatTimeout: Span = .seconds(3)
    /// How often a quiet link says that it lives. 1 s.
    package var heartbeatInterval: Span = .seconds(1)
    /// After its start an array waits this long for its links before a synchronous write counts as undeliverable. 10 s.
    package var startGrace: Span = .seconds(10)

    package init() {}

    /// The same timers on a clock that runs `rate` times as fast.
    package func shortened(by rate: UInt32) -> ArrayTimers {
        var timers = self
        timers.linkTimeout = linkTimeout.shortened(by: rate)
        timers.sideFileTimeout = sideFileTimeout.shortened(by: rate)
        timers.journalTimeout = journalTimeout.shortened(by: rate)
        timers.heartbeatTimeout = max(heartbeatTimeout.shortened(by: rate), .milliseconds(250))
        timers.heartbeatInterval = max(heartbeatInterval.shortened(by: rate), .milliseconds(50))
        timers.startGrace = startGrace.shortened(by: rate)
        return timers
    }
}

/// How much the side file of a group may hold and from when on it slows its writers down.
package struct SideFileLimits: Hashable, Sendable {
    /// Bytes of the ring, headers included. A power of two is not needed; at least 4 MiB.
    package var capacity: Int = 64 << 20
    /// Filled to this many percent, the side file is above its high-water mark and responses are delayed.
    /// - Source: seed 004 (30 % of cache); reference 6.1.
    package var highWaterPercent: Int = 30
    /// The longest delay of a response, reached when the side file is full.
    package var longestDelay: Span = .milliseconds(20)

    package static let smallestCapacity = 4 << 20
    package init() {}
}
