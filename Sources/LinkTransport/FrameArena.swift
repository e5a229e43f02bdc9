// Memory for the small frames that a link owns (acknowledgements, heartbeats, control): a ring, taken and given back
// in the same order, so that an acknowledgement costs no allocation. What does not fit goes to the heap.

/// A ring of bytes.
///
/// **Threads**: a value inside the link's state, used under its lock. Bytes handed out stay put until given back.
@safe struct FrameArena: ~Copyable {
    static let byteCount = 256 << 10
    /// Longer frames would crowd out the small ones.
    static let largestFrame = 16 << 10

    private let memory: UnsafeMutableRawBufferPointer
    private var head = 0
    private var used = 0

    init() { unsafe memory = .allocate(byteCount: Self.byteCount, alignment: 64) }
    deinit { unsafe memory.deallocate() }

    /// Takes `count` bytes. `spent` is what must be given back: at the ring's end some bytes are skipped.
    mutating func take(_ count: Int) -> (bytes: UnsafeMutableRawBufferPointer, spent: Int)? {
        guard count <= Self.largestFrame else { return nil }
        let start = (head + used) % Self.byteCount
        let skipped = start + count > Self.byteCount ? Self.byteCount - start : 0
        guard used + skipped + count <= Self.byteCount else { return nil }
        used += skipped + count
        let position = skipped > 0 ? 0 : start
        return unsafe (.init(rebasing: memory[position..<position + count]), skipped + count)
    }

    /// Gives back the oldest bytes still taken.
    mutating func giveBack(_ spent: Int) {
        precondition(spent <= used, "more was given back than taken")
        head = (head + spent) % Self.byteCount
        used -= spent
    }
}
