// Overlapping writes to one volume are put in order once, before either copy sees them: without that the two copies
// could apply them differently and differ for ever. Disjoint writes run side by side.

/// The byte ranges of one volume that somebody is writing or copying now.
package struct RangeOrder: Sendable {
    private struct Entry: Sendable {
        var extent: ByteExtent
        var token: UInt32
    }
    private var held: [Entry] = []
    private var nextToken: UInt32 = 1

    package init() { held.reserveCapacity(64) }

    /// Takes `extent` if nobody holds a byte of it. Returns the token to give back, or nil. // hot
    package mutating func acquire(_ extent: ByteExtent) -> UInt32? {
        for entry in held where entry.extent.overlaps(extent) { return nil }
        let token = nextToken
        nextToken &+= 1
        held.append(Entry(extent: extent, token: token))
        return token
    }

    /// Gives a range back. // hot
    package mutating func release(_ token: UInt32) {
        guard let index = held.firstIndex(where: { $0.token == token }) else {
            preconditionFailure("a range was given back that nobody held")
        }
        held.swapAt(index, held.count - 1)
        held.removeLast()
    }

    package var isIdle: Bool { held.isEmpty }
}
