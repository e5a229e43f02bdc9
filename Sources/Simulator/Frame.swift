// What travels between the arrays of the world, and the pipes it travels in.

internal import ReplicationCore

/// The value of a block: a number that rises with every admitted write.
package typealias BlockValue = UInt32

package struct Frame: Sendable {
    enum Payload: Sendable {
        case none
        /// A copy: the values of the blocks from `first` on.
        case values([BlockValue])
        /// The bytes of a stream transition or of a peer message.
        case bytes([UInt8])
    }
    var header: FrameHeader
    /// A host's write: `value` in `count` blocks from `first` on.
    var first: Int32 = 0
    var count: Int32 = 0
    var value: BlockValue = 0
    var payload = Payload.none
    var byteCount: Int { FrameHeader.byteCount + Int(header.payloadBytes) }

    func value(at offset: Int) -> BlockValue {
        if case .values(let values) = payload { return values[offset] }
        return value
    }
}

/// What the far cache keeps of the frame that is being applied: it is finished when a killed array starts again.
struct FarNote: Sendable {
    var group: GroupIdentifier
    var sequence: SequenceNumber
    var volume: Int
    var frame: Frame
}

/// One direction of a connection: frames arrive in the order in which they were sent, or not at all.
package struct Pipe: Sendable {
    private var frames: [Frame] = []
    private var next = 0
    /// Nothing more goes in; what is in it may still arrive.
    package var isSevered = true
    /// Frames go in and stay there.
    package var isBlackHole = false

    init(isSevered: Bool = true) { self.isSevered = isSevered }

    var isEmpty: Bool { next == frames.count }
    mutating func send(_ frame: consuming Frame) { if !isSevered { frames.append(frame) } }
    mutating func clear() {
        frames.removeAll(keepingCapacity: true)
        next = 0
    }
    mutating func receive() -> Frame {
        let frame = frames[next]
        next += 1
        if next == frames.count { clear() }
        return frame
    }

    /// For a canary: gives `value` to the next write of `count` blocks for the same volume that is on its way.
    mutating func exchange(_ frame: inout Frame) {
        guard let index = frames[next...].firstIndex(where: { $0.header.kind.isStream }),
            frames[index].header.kind == .write, frames[index].header.ldev == frame.header.ldev
        else { return }
        (frames[index].first, frame.first) = (frame.first, frames[index].first)
        (frames[index].count, frame.count) = (frame.count, frames[index].count)
        (frames[index].value, frame.value) = (frame.value, frames[index].value)
    }
}
