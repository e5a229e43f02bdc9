// Waiting for what comes by itself. The limit is what a test gives up at, never what it measures.

internal import Platform

/// Tries until `condition` holds. Returns whether it did in time.
package func waitUntil(seconds: Double, _ condition: () -> Bool) -> Bool {
    let end = monotonicNanoseconds() + UInt64(seconds * 1e9)
    while !condition() {
        if monotonicNanoseconds() > end { return false }
        sleepNanoseconds(2_000_000)
    }
    return true
}
