// What waits to leave in one direction, in the order in which it was queued, and the impairment that holds it back.
// Pure except for the memory it points to: the clock is an argument.
//
// Invariants: bytes leave in the order of `append`, whatever is changed in between; nothing leaves before its latency
// is over, beyond the bandwidth's credit, or into a black hole. A change of the impairment applies to everything that
// is queued, because latency is kept as "queued at" and a share of the jitter, not as a due time.

internal import CPlatform
internal import DequeModule
internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// The queue of a sending direction.
///
/// **Threads**: part of the link's state, used under its lock; a class only because its memory must not be copied.
@safe final class OutboundQueue {
    /// Whose the bytes of an entry are.
    @safe private enum Ownership {
        /// The link's owner keeps them unchanged until the far side acknowledged them or the link is down.
        case borrowed
        case arena(spent: Int)
        case heap(UnsafeMutableRawPointer)
    }

    @safe private struct Entry {
        var start: UnsafeRawPointer
        var count: Int
        var ownership: Ownership
        /// Nanoseconds; 0 when no latency was set at the time.
        var queuedAt: UInt64
        /// 0...65535: how much of the jitter this entry draws.
        var jitterShare: UInt64
    }

    private var entries = Deque<Entry>()
    private var arena = FrameArena()
    private var bucket: TokenBucket?
    private var random: UInt64 = 0x9E37_79B9_7F4A_7C15
    private(set) var impairment = Impairment.none
    /// The sum of all entries.
    private(set) var byteCount = 0

    init() { entries.reserveCapacity(1024) }
    deinit { for entry in entries { if case .heap(let memory) = entry.ownership { unsafe memory.deallocate() } } }

    var isEmpty: Bool { entries.isEmpty }
    /// Whether `now` matters to `prepare`.
    var needsClock: Bool { impairment.delays || bucket != nil }

    func impair(_ impairment: Impairment, now: UInt64) {
        if impairment.bytesPerSecond != self.impairment.bytesPerSecond {
            bucket = impairment.bytesPerSecond.map { TokenBucket(bytesPerSecond: $0, now: now) }
        }
        if impairment.delays && !self.impairment.delays {
            for index in entries.indices where entries[index].queuedAt == 0 { entries[index].queuedAt = now }
        }
        self.impairment = impairment
    }

    /// Queues bytes that belong to somebody else. // hot
    func append(borrowed span: UnsafeRawBufferPointer) {
        guard let start = span.baseAddress, span.count > 0 else { return }
        byteCount += span.count
        if !impairment.delays, let last = entries.indices.last, case .borrowed = entries[last].ownership,
            unsafe entries[last].start + entries[last].count == start
        {
            entries[last].count += span.count
            return
        }
        unsafe push(start, span.count, .borrowed)
    }

    /// Queues a frame of its own: lengths and checksums are filled in here. // hot
    func append(_ header: FrameHeader, payload: [UInt8]) {
        precondition(payload.count <= FrameHeader.largestPayload, "a payload of \(payload.count) bytes fits no frame")
        let count = FrameHeader.byteCount + payload.count
        let taken = unsafe arena.take(count)
        let bytes: UnsafeMutableRawBufferPointer
        let ownership: Ownership
        if let taken = unsafe taken {
            unsafe bytes = taken.bytes
            unsafe ownership = .arena(spent: taken.spent)
        } else {
            unsafe bytes = .allocate(byteCount: count, alignment: 64)
            unsafe ownership = .heap(bytes.baseAddress!)
        }
        var header = header
        header.payloadBytes = UInt32(payload.count)
        unsafe payload.withUnsafeBytes { payloadBytes in
            unsafe header.payloadChecksum = payloadChecksum(payloadBytes)
            unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[FrameHeader.byteCount...]).copyMemory(
                from: payloadBytes)
        }
        unsafe header.encode(into: bytes)
        byteCount += count
        unsafe push(UnsafeRawPointer(bytes.baseAddress!), count, ownership)
    }

    private func push(_ start: UnsafeRawPointer, _ count: Int, _ ownership: Ownership) {
        let delays = impairment.delays
        unsafe entries.append(
            Entry(
                start: start, count: count, ownership: ownership, queuedAt: delays ? monotonicNanoseconds() : 0,
                jitterShare: delays ? draw() : 0))
    }

    private func draw() -> UInt64 {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return random & 0xFFFF
    }

    private func due(_ entry: Entry) -> UInt64 {
        guard impairment.delays else { return 0 }
        let jitter = impairment.jitter.nanoseconds.multipliedFullWidth(by: entry.jitterShare)
        return entry.queuedAt &+ impairment.latency.nanoseconds &+ (jitter.high << 48 | jitter.low >> 16)
    }

    /// Lists what may leave now. Returns the number of vectors filled; 0 = nothing may. // hot
    func prepare(_ vectors: UnsafeMutableBufferPointer<iovec>, now: UInt64) -> Int {
        guard !impairment.isBlackHole, !impairment.isCut, !entries.isEmpty else { return 0 }
        var room = Self.largestBatch
        if bucket != nil { room = bucket!.allowance(wanted: min(byteCount, room), now: now) }
        var count = 0
        for entry in entries {
            guard count < vectors.count, room > 0, due(entry) <= now else { break }
            let length = min(entry.count, room)
            unsafe vectors[count] = iovec(iov_base: UnsafeMutableRawPointer(mutating: entry.start), iov_len: length)
            room -= length
            count += 1
        }
        return count
    }

    /// More than a socket takes at once.
    private static let largestBatch = 4 << 20

    /// The socket took `count` bytes. // hot
    func consume(_ count: Int) {
        byteCount -= count
        if bucket != nil { bucket!.take(count) }
        var rest = count
        while rest > 0 {
            let length = entries[0].count
            if length > rest {
                unsafe entries[0].start += rest
                entries[0].count -= rest
                return
            }
            rest -= length
            release(entries.removeFirst())
        }
    }

    /// When `prepare` is worth another try; nil = not before something changes.
    func nextDue() -> UInt64? {
        guard !impairment.isBlackHole, !impairment.isCut, let first = entries.first else { return nil }
        guard let bucket else { return due(first) }
        return max(due(first), bucket.nextAllowance(wanted: min(byteCount, Self.largestBatch)))
    }

    func removeAll() {
        while let entry = entries.popFirst() { release(entry) }
        byteCount = 0
    }

    private func release(_ entry: Entry) {
        switch entry.ownership {
        case .borrowed: break
        case .arena(let spent): arena.giveBack(spent)
        case .heap(let memory): unsafe memory.deallocate()
        }
    }
}
