// What travels between the two arrays of the world, and the pipes it travels in.

internal import ReplicationCore

struct Frame: Sendable {
    enum Body: Sendable {
        /// The values of the blocks from `first` on.
        case blocks(first: Int, [UInt64])
        /// Bytes of a stream transition or of a peer message.
        case bytes([UInt8])
        case nothing
    }
    var header: FrameHeader
    var body: Body
    var byteCount: Int { FrameHeader.byteCount + Int(header.payloadBytes) }
}

/// One direction of a connection: frames arrive in the order in which they were sent, or not at all.
struct Pipe: Sendable {
    var frames: [Frame] = []
    /// Nothing more goes in; what is in it may still arrive.
    var isSevered = true
    /// Frames go in and stay there.
    var isBlackHole = false

    mutating func send(_ frame: Frame) { if !isSevered { frames.append(frame) } }
}
