// The part of a group that must survive a killed process at any instant, as a layout of memory. An array maps a file
// there; a test allocates it. Everything in it is valid after any single store:
//
//   0      magic "ABGM" 4 · version 2 · reserved 2 · group 8 · slot count 4 · pair count 4
//   24     checksum of bytes 0..<24 and of the pairs' track counts, 4 · reserved 4
//   32     next sequence 8 · acknowledged 8 · applied 8 · arrived 8 (with a journal; else 0)
//   64     pair count × track count 4, padded to 8
//   …      slots: slot count × 32:  sequence 8 (0 = free, stored last) · pair 4 · first track 4 · tracks 4
//             · bytes of its frame 4 (bit 31: it is laid; bit 30: its write is on the local copy) · position of it 8
//   …      for each pair: its bitmap
//
// A slot is live from before a write touches either copy until both have it. After a crash the tracks of all live
// slots are marked: nobody knows which side has them. With a journal the frame is still there, and goes on from it.
//
// It has the shape that the group was made with, and nothing in it ever moves. A place that was added for a pair that joined
// later has its bitmap in a memory of its own (`PlaceMemory`).

internal import Synchronization

/// One write or copy under way.
package struct InFlightSlot: Hashable, Sendable {
    package var sequence: SequenceNumber
    package var pair: Int
    package var tracks: TrackRange
    /// Where its frame lies, and how long it is. Of use only if the ring is a journal: others die with the process.
    package var position: UInt64
    package var byteCount: UInt32
    /// The whole frame lay in the journal before either copy was touched.
    package var isLaid: Bool
    /// The write is on the local copy.
    package var isLocal: Bool
    package init(
        sequence: SequenceNumber, pair: Int, tracks: TrackRange, position: UInt64 = 0, byteCount: UInt32 = 0,
        isLaid: Bool = false, isLocal: Bool = false
    ) {
        self.sequence = sequence
        self.pair = pair
        self.tracks = tracks
        self.position = position
        self.byteCount = byteCount
        self.isLaid = isLaid
        self.isLocal = isLocal
    }
}

/// Access to a group's memory. The owner of the memory keeps it alive and lends it to one machine at a time.
@safe package struct GroupMemory: @unchecked Sendable {
    package static let magic: UInt32 = 0x4D47_4241
    package static let version: UInt16 = 1
    static let countersAt = 32
    static let trackCountsAt = 64
    static let slotBytes = 32

    private let base: UnsafeMutableRawBufferPointer
    package let slotCount: Int
    /// Of every place, those that were added later at the end.
    package private(set) var trackCounts: [Int]
    private let slotsAt: Int
    private let bitmapsAt: [Int]
    private var addedBitmaps: [TrackBitmap] = []

    private static func layout(slotCount: Int, trackCounts: [Int]) -> (slots: Int, bitmaps: [Int], end: Int) {
        let slots = (trackCountsAt + 4 * trackCounts.count + 7) / 8 * 8
        var position = slots + slotCount * slotBytes
        var bitmaps: [Int] = []
        for count in trackCounts {
            bitmaps.append(position)
            position += TrackBitmap.wordCount(forTracks: count) * 8
        }
        return (slots, bitmaps, position)
    }

    /// Bytes that a group of this shape needs.
    package static func byteCount(slotCount: Int, trackCounts: [Int]) -> Int {
        layout(slotCount: slotCount, trackCounts: trackCounts).end
    }

    /// Uses `bytes`, which must have `byteCount(slotCount:trackCounts:)` bytes at 8-byte alignment. Memory that is all
    /// zero is laid out anew.
    /// - Throws: `WireError` if the memory holds something else; it is left untouched then.
    package init(
        bytes: UnsafeMutableRawBufferPointer, group: GroupIdentifier, slotCount: Int, trackCounts: [Int]
    ) throws(WireError) {
        precondition(slotCount > 0 && slotCount & (slotCount - 1) == 0, "the number of slots is a power of two")
        let layout = Self.layout(slotCount: slotCount, trackCounts: trackCounts)
        guard bytes.count == layout.end else { throw .truncated }
        unsafe base = bytes
        self.slotCount = slotCount
        self.trackCounts = trackCounts
        slotsAt = layout.slots
        bitmapsAt = layout.bitmaps

        var header = WireWriter()
        header.write(Self.magic)
        header.write(Self.version)
        header.write(UInt16(0))
        header.write(group.value)
        header.write(UInt32(slotCount))
        header.write(UInt32(trackCounts.count))
        var summed = header
        for count in trackCounts { summed.write(UInt32(count)) }
        let checksum = Checksum.crc32c(summed.bytes)

        if unsafe bytes.prefix(Self.countersAt).allSatisfy({ $0 == 0 }) {
            unsafe bytes.storeLittleEndian(UInt64(1), at: Self.countersAt)
            for (index, count) in trackCounts.enumerated() {
                unsafe bytes.storeLittleEndian(UInt32(count), at: Self.trackCountsAt + 4 * index)
            }
            unsafe bytes.storeLittleEndian(checksum, at: 24)
            for (index, byte) in header.bytes.enumerated().reversed() { unsafe bytes[index] = byte }
            return
        }
        let view = UnsafeRawBufferPointer(bytes)
        guard unsafe view.loadLittleEndian(UInt32.self, at: 0) == Self.magic else { throw .badMagic }
        let version = unsafe view.loadLittleEndian(UInt16.self, at: 4)
        guard version == Self.version else { throw .unsupportedVersion(version) }
        guard unsafe view.prefix(24).elementsEqual(header.bytes),
            unsafe view.loadLittleEndian(UInt32.self, at: 24) == checksum
        else { throw .badChecksum }
    }

    package var nextSequence: SequenceNumber {
        get { SequenceNumber(counter(0)) }
        nonmutating set { setCounter(0, newValue.value) }
    }
    package var acknowledged: SequenceNumber {
        get { SequenceNumber(counter(1)) }
        nonmutating set { setCounter(1, newValue.value) }
    }
    package var applied: SequenceNumber {
        get { SequenceNumber(counter(2)) }
        nonmutating set { setCounter(2, newValue.value) }
    }

    /// The newest frame that lies in the restore journal of a secondary; everything after `applied` waits there.
    package var arrived: SequenceNumber {
        get { SequenceNumber(counter(3)) }
        nonmutating set { setCounter(3, newValue.value) }
    }

    private func counter(_ index: Int) -> UInt64 {
        unsafe base.load(fromByteOffset: Self.countersAt + 8 * index, as: UInt64.self)
    }
    private func setCounter(_ index: Int, _ value: UInt64) {
        unsafe base.storeBytes(of: value, toByteOffset: Self.countersAt + 8 * index, as: UInt64.self)
    }

    /// The place of `sequence` in the table.
    package func slotIndex(of sequence: SequenceNumber) -> Int { Int(sequence.value & UInt64(slotCount - 1)) }

    /// Makes a slot live. The sequence number is stored last: a half-written slot does not count. // hot
    package func occupy(_ slot: InFlightSlot) {
        let at = slotsAt + slotIndex(of: slot.sequence) * Self.slotBytes
        unsafe base.storeBytes(of: UInt32(slot.pair), toByteOffset: at + 8, as: UInt32.self)
        unsafe base.storeBytes(of: UInt32(slot.tracks.first), toByteOffset: at + 12, as: UInt32.self)
        unsafe base.storeBytes(of: UInt32(slot.tracks.count), toByteOffset: at + 16, as: UInt32.self)
        let length = slot.byteCount | (slot.isLaid ? Self.laid : 0) | (slot.isLocal ? Self.local : 0)
        unsafe base.storeBytes(of: length, toByteOffset: at + 20, as: UInt32.self)
        unsafe base.storeBytes(of: slot.position, toByteOffset: at + 24, as: UInt64.self)
        atomicMemoryFence(ordering: .releasing)
        unsafe base.storeBytes(of: slot.sequence.value, toByteOffset: at, as: UInt64.self)
        atomicMemoryFence(ordering: .releasing)
    }

    /// Set in the length of a slot's frame, which is far shorter.
    private static let laid: UInt32 = 1 << 31
    private static let local: UInt32 = 1 << 30

    /// The frame of the live slot of `sequence` lies whole in the journal. Call before either copy is touched. Only the
    /// thread that lays the frame may call it, without any lock. // hot
    package func noteLaid(_ sequence: SequenceNumber) { note(Self.laid, sequence) }

    /// The write of the live slot of `sequence` is on the local copy. // hot
    package func noteLocal(_ sequence: SequenceNumber) { note(Self.local, sequence) }

    private func note(_ flag: UInt32, _ sequence: SequenceNumber) {
        let at = slotsAt + slotIndex(of: sequence) * Self.slotBytes + 20
        atomicMemoryFence(ordering: .releasing)
        let length = unsafe base.load(fromByteOffset: at, as: UInt32.self)
        unsafe base.storeBytes(of: length | flag, toByteOffset: at, as: UInt32.self)
        atomicMemoryFence(ordering: .releasing)
    }

    /// Frees the slot at `index`. // hot
    package func vacate(_ index: Int) {
        atomicMemoryFence(ordering: .releasing)
        unsafe base.storeBytes(of: UInt64(0), toByteOffset: slotsAt + index * Self.slotBytes, as: UInt64.self)
    }

    package func slot(at index: Int) -> InFlightSlot? {
        let at = slotsAt + index * Self.slotBytes
        let sequence = unsafe base.load(fromByteOffset: at, as: UInt64.self)
        guard sequence != 0 else { return nil }
        let length = unsafe base.load(fromByteOffset: at + 20, as: UInt32.self)
        return InFlightSlot(
            sequence: SequenceNumber(sequence),
            pair: unsafe Int(base.load(fromByteOffset: at + 8, as: UInt32.self)),
            tracks: TrackRange(
                first: unsafe Int(base.load(fromByteOffset: at + 12, as: UInt32.self)),
                count: unsafe Int(base.load(fromByteOffset: at + 16, as: UInt32.self))),
            position: unsafe base.load(fromByteOffset: at + 24, as: UInt64.self),
            byteCount: length & ~(Self.laid | Self.local), isLaid: length & Self.laid != 0,
            isLocal: length & Self.local != 0)
    }

    /// Adds a place whose bitmap lies elsewhere.
    package mutating func add(_ bitmap: TrackBitmap) {
        addedBitmaps.append(bitmap)
        trackCounts.append(bitmap.trackCount)
    }

    /// The bitmap of the pair at `index`.
    package func bitmap(_ index: Int) -> TrackBitmap {
        guard index < bitmapsAt.count else {
            var added = addedBitmaps[index - bitmapsAt.count]
            added.count()
            return added
        }
        let count = TrackBitmap.wordCount(forTracks: trackCounts[index])
        let raw = unsafe UnsafeMutableRawBufferPointer(
            rebasing: base[bitmapsAt[index]..<bitmapsAt[index] + count * 8])
        return unsafe TrackBitmap(words: raw.bindMemory(to: UInt64.self), trackCount: trackCounts[index])
    }
}
