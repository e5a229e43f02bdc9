// What a link is told before it starts, and what of it may change while it runs: the impairment of its own sending
// direction. The far side's direction is impaired at the far side.

package import ReplicationCore

/// Which side opens the connection.
package enum LinkEnd: Hashable, Sendable {
    case listens(LinkAddress)
    case connects(LinkAddress)

    package var address: LinkAddress {
        switch self {
        case .listens(let address), .connects(let address): address
        }
    }
}

/// A link's settings. Fixed once the link is made.
package struct LinkConfiguration: Sendable {
    /// For logs and thread names.
    package var name: String
    package var end: LinkEnd
    package var localSerial: ArraySerial
    package var remoteSerial: ArraySerial
    /// The shared key of both arrays: at least 16 bytes.
    package var key: [UInt8]
    /// Already shortened to the bench's clock.
    package var timers: ArrayTimers
    /// How long a handshake may take. 5 s on the bench's clock.
    package var handshakeLimit: Span = .seconds(5)
    /// Size of the receive region if the owner gives none: at least `smallestReceiveRegion`.
    package var receiveRegionBytes: Int = LinkConfiguration.smallestReceiveRegion

    package static let smallestKey = 16
    /// The largest frame must fit.
    package static let smallestReceiveRegion = FrameHeader.largestPayload + FrameHeader.byteCount

    package init(
        name: String, end: LinkEnd, localSerial: ArraySerial, remoteSerial: ArraySerial, key: [UInt8],
        timers: ArrayTimers
    ) {
        self.name = name
        self.end = end
        self.localSerial = localSerial
        self.remoteSerial = remoteSerial
        self.key = key
        self.timers = timers
    }
}

/// What is done to one direction of a link on purpose.
package struct Impairment: Hashable, Sendable {
    /// Added to every frame's way.
    package var latency: Span
    /// At most this much more, drawn evenly for each frame; frames never overtake each other.
    package var jitter: Span
    /// One budget for everything of this direction; nil = unlimited. 10 Mbit/s = 1,250,000.
    package var bytesPerSecond: UInt64?
    /// The connection is reset, and none is made until it is healed.
    package var isCut: Bool
    /// The connection stays and nothing leaves. What is queued goes on if it is healed before the far side gives up.
    package var isBlackHole: Bool

    package init(
        latency: Span = Span(nanoseconds: 0), jitter: Span = Span(nanoseconds: 0), bytesPerSecond: UInt64? = nil,
        isCut: Bool = false, isBlackHole: Bool = false
    ) {
        self.latency = latency
        self.jitter = jitter
        self.bytesPerSecond = bytesPerSecond
        self.isCut = isCut
        self.isBlackHole = isBlackHole
    }

    package static let none = Impairment()

    /// Whether a new connection may be made: neither cut nor black hole lets a handshake through.
    var allowsConnection: Bool { !isCut && !isBlackHole }
    var delays: Bool { latency.nanoseconds > 0 || jitter.nanoseconds > 0 }
}
