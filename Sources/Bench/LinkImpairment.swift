// What is done to a link on purpose. Each end treats what it sends; a direction is therefore shaped at the array that
// sends in it, and a request to one end never changes the other direction.

/// Whether anything passes.
package enum LinkPassage: String, Codable, Hashable, Sendable, CaseIterable {
    /// Everything arrives.
    case open
    /// The connection is reset and refused until the link is open again. One cut direction cuts the connection.
    case cut
    /// The connection stays, and nothing that is sent arrives.
    case hole
}

/// The whole treatment of one direction.
package struct LinkImpairment: Codable, Hashable, Sendable {
    package var passage: LinkPassage = .open
    /// Time that every frame is held back.
    package var latencyMicroseconds: UInt64 = 0
    /// A frame is held back by up to this much more, drawn for each; the order is kept.
    package var jitterMicroseconds: UInt64 = 0
    /// Bytes per second that all frames of the direction share; 0 is no limit.
    package var bytesPerSecond: UInt64 = 0

    package init() {}
    package static let none = LinkImpairment()

    /// This treatment with what the request names put in its place.
    package func applying(_ request: ImpairmentRequest) -> LinkImpairment {
        var changed = self
        changed.passage = request.passage ?? passage
        changed.latencyMicroseconds = request.latencyMicroseconds ?? latencyMicroseconds
        changed.jitterMicroseconds = request.jitterMicroseconds ?? jitterMicroseconds
        changed.bytesPerSecond = request.bytesPerSecond ?? bytesPerSecond
        return changed
    }
}

/// A change of the treatment of what one array sends on one link; what is nil stays as it is.
package struct ImpairmentRequest: Codable, Hashable, Sendable {
    package var passage: LinkPassage?
    package var latencyMicroseconds: UInt64?
    package var jitterMicroseconds: UInt64?
    package var bytesPerSecond: UInt64?

    package init(
        passage: LinkPassage? = nil, latencyMicroseconds: UInt64? = nil, jitterMicroseconds: UInt64? = nil,
        bytesPerSecond: UInt64? = nil
    ) {
        self.passage = passage
        self.latencyMicroseconds = latencyMicroseconds
        self.jitterMicroseconds = jitterMicroseconds
        self.bytesPerSecond = bytesPerSecond
    }
}
