// Frames in place: bytes are read behind what is there, whole frames are taken from the front without a copy.
//
//   ┌───────────┬──────────────────────┬──────────────────┐
//   │   taken   │  read, not yet taken │   room           │
//   └───────────┴──────────────────────┴──────────────────┘
//   0           start                  end                region.count
//
// Invariant: the room is never empty, because the region holds the largest frame and a rest is moved to the front
// when its frame would not fit behind it.

internal import Platform
internal import ReplicationCore

/// The receive region with two marks.
///
/// **Threads**: the receive thread's alone.
@safe struct ReceiveBuffer {
    /// A frame whose checksums are right. `payload` is valid until the next `room()`.
    @unsafe struct Frame {
        var header: FrameHeader
        var payload: UnsafeRawBufferPointer
    }

    private let region: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    /// Length of the frame at `start`, once its header is there.
    private var pending = 0
    /// A longer frame is read to its end and not beyond: the next one is then read to the front again, where the
    /// processor's caches have the region, and its first part need not be moved there.
    private static let longFrame = 128 << 10

    init(_ region: UnsafeMutableRawBufferPointer) {
        precondition(region.count >= LinkConfiguration.smallestReceiveRegion, "the largest frame must fit")
        unsafe self.region = region
    }

    /// Where the next bytes go.
    mutating func room() -> UnsafeMutableRawBufferPointer {
        let needed = max(pending, FrameHeader.byteCount)
        if start == end {
            start = 0
            end = 0
        } else if unsafe start + needed > region.count {
            unsafe region.copyMemory(from: UnsafeRawBufferPointer(rebasing: region[start..<end]))
            end -= start
            start = 0
        }
        let limit = unsafe pending > Self.longFrame ? start + pending : region.count
        return unsafe UnsafeMutableRawBufferPointer(rebasing: region[end..<limit])
    }

    mutating func filled(_ count: Int) { end += count }

    /// Takes the next whole frame; nil when more bytes are needed. // hot
    mutating func next() throws(WireError) -> Frame? {
        let available = end - start
        guard available >= max(pending, FrameHeader.byteCount) else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: region[start..<end])
        let header = unsafe try FrameHeader(decoding: bytes)
        let length = FrameHeader.byteCount + Int(header.payloadBytes)
        guard available >= length else {
            pending = length
            return nil
        }
        let payload = unsafe UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.byteCount..<length])
        guard unsafe payloadChecksum(payload) == header.payloadChecksum else { throw .badChecksum }
        start += length
        pending = 0
        return unsafe Frame(header: header, payload: payload)
    }
}
