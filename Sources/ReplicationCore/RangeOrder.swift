// Overlapping writes to one volume are put in order once, before either copy sees them: without that the two copies
// could apply them differently and differ for ever. Disjoint writes run side by side.
//
// Whoever waits keeps those who come later out of its range. Without that a range of many bytes - the whole volume,
// when a pair is made - would never be free under a stream of small writes.

/// The byte ranges of one volume that somebody is writing or copying now, or wants to.
package struct RangeOrder: Sendable {
    private struct Entry: Sendable {
        var extent: ByteExtent
        var token: UInt32
    }
    /// In the order of their arrival.
    private var entries: [Entry] = []
    private var nextToken: UInt32 = 1

    package init() { entries.reserveCapacity(64) }

    /// Takes a place in the line for `extent`. It is held once `isGranted` says so. // hot
    package mutating func enter(_ extent: ByteExtent) -> UInt32 {
        let token = nextToken
        nextToken &+= 1
        entries.append(Entry(extent: extent, token: token))
        return token
    }

    /// Whether nobody who came before `token` has a byte of its range any more. // hot
    package func isGranted(_ token: UInt32) -> Bool {
        guard let extent = entries.last(where: { $0.token == token })?.extent else {
            preconditionFailure("nobody stands in line with this token")
        }
        for entry in entries {
            if entry.token == token { break }
            if entry.extent.overlaps(extent) { return false }
        }
        return true
    }

    /// Takes `extent` if nobody holds a byte of it or waits for one. Returns the token to give back, or nil.
    package mutating func acquire(_ extent: ByteExtent) -> UInt32? {
        let token = enter(extent)
        if isGranted(token) { return token }
        release(token)
        return nil
    }

    /// Gives a range or a place in the line back. // hot
    package mutating func release(_ token: UInt32) {
        guard let index = entries.firstIndex(where: { $0.token == token }) else {
            preconditionFailure("a range was given back that nobody held")
        }
        entries.remove(at: index)
    }

    package var isIdle: Bool { entries.isEmpty }
}
