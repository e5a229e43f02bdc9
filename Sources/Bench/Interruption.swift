// Ctrl-C and friends while something is being built up: the work stops at the next wait and is taken back, instead of
// the process just ending and leaving daemons behind.

internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

package enum Interruption {
    fileprivate static let signal = Atomic<Int32>(0)
    /// The same, and never taken back.
    fileprivate static let lastSignal = Atomic<Int32>(0)

    /// From now on SIGINT, SIGTERM and SIGHUP only set a mark.
    package static func catchSignals() {
        for number in [SIGINT, SIGTERM, SIGHUP] { Glibc.signal(number, noteInterruption) }
    }

    /// While what was begun is taken back, a second Ctrl-C must not stop that too.
    package static func ignoreFromNowOn() {
        for number in [SIGINT, SIGTERM, SIGHUP] { Glibc.signal(number, SIG_IGN) }
        signal.store(0, ordering: .relaxed)
    }

    package static var isRequested: Bool { signal.load(ordering: .relaxed) != 0 }

    /// Whether a signal came at any time, also if what it interrupted has been taken back since. For work that has more
    /// than one part: the next part is not begun.
    package static var wasRequested: Bool { lastSignal.load(ordering: .relaxed) != 0 }

    /// - Throws: if a signal came.
    package static func check() throws(BenchFailure) {
        guard isRequested else { return }
        throw BenchFailure("interrupted", remedy: "what had been started was ended again")
    }
}

/// Runs inside a signal handler: atomic stores and nothing else.
private func noteInterruption(_ number: Int32) {
    Interruption.lastSignal.store(number, ordering: .relaxed)
    Interruption.signal.store(number, ordering: .relaxed)
}
