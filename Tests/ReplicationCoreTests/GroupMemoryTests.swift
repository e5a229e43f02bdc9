// Does a group's memory lie where it always lay, and is memory of something else left alone?

internal import ReplicationCore
internal import Simulator
import Testing

struct GroupMemoryTests {
    private static let counts = [1, 65, 130]
    private let group = GroupIdentifier(0x1122_3344_5566_7788)

    private func open(_ nvram: Nvram, slots: Int = 16, counts: [Int] = counts) throws(WireError) -> GroupMemory {
        try unsafe GroupMemory(bytes: nvram.bytes, group: group, slotCount: slots, trackCounts: counts)
    }
    private func blank(slots: Int = 16) -> Nvram {
        Nvram(byteCount: GroupMemory.byteCount(slotCount: slots, trackCounts: Self.counts))
    }

    @Test func sizesAndOffsetsArePinned() throws {
        // 64 header, 12 track counts padded to 16, 16 slots of 32, bitmaps of 1, 2 and 3 words.
        #expect(GroupMemory.byteCount(slotCount: 16, trackCounts: Self.counts) == 64 + 16 + 512 + 48)
        #expect(GroupMemory.byteCount(slotCount: 16, trackCounts: [1, 1]) == 64 + 8 + 512 + 16)
        let nvram = blank()
        let memory = try open(nvram)
        memory.nextSequence = SequenceNumber(0x0A0B)
        memory.acknowledged = SequenceNumber(0x0C)
        memory.applied = SequenceNumber(0x0D)
        memory.arrived = SequenceNumber(0x0E)
        memory.occupy(
            InFlightSlot(
                sequence: SequenceNumber(0x12), pair: 2, tracks: TrackRange(first: 0x33, count: 0x44),
                position: 0x6655_4433_2211, byteCount: 0x1040))
        for index in Self.counts.indices {
            var bitmap = memory.bitmap(index)
            bitmap.mark(TrackRange(first: Self.counts[index] - 1, count: 1))
        }
        let bytes = nvram.contents
        #expect(Array(bytes[0..<8]) == [0x41, 0x42, 0x47, 0x4D, 1, 0, 0, 0])
        #expect(Array(bytes[8..<16]) == [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11])
        #expect(Array(bytes[16..<24]) == [16, 0, 0, 0, 3, 0, 0, 0])
        #expect(Array(bytes[32..<34]) == [0x0B, 0x0A] && bytes[40] == 0x0C && bytes[48] == 0x0D)
        #expect(bytes[56] == 0x0E)
        #expect(bytes[64] == 1 && bytes[68] == 65 && bytes[72] == 130)
        let slot = 80 + 2 * 32
        #expect(bytes[slot] == 0x12 && bytes[slot + 8] == 2 && bytes[slot + 12] == 0x33 && bytes[slot + 16] == 0x44)
        #expect(Array(bytes[slot + 20..<slot + 32]) == [0x40, 0x10, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0, 0])
        memory.noteLaid(SequenceNumber(0x12))
        #expect(nvram.contents[slot + 23] == 0x80)
        memory.noteLocal(SequenceNumber(0x12))
        #expect(nvram.contents[slot + 23] == 0xC0)
        #expect(bytes[592] == 1 && bytes[600 + 8] == 1 && bytes[616 + 16] == 2)
    }

    @Test func whatWasStoredIsThereWhenTheMemoryIsOpenedAgain() throws {
        let nvram = blank()
        let first = try open(nvram)
        let slot = InFlightSlot(sequence: SequenceNumber(33), pair: 1, tracks: TrackRange(first: 4, count: 3))
        first.occupy(slot)
        first.nextSequence = SequenceNumber(34)
        let again = try open(nvram)
        #expect(again.nextSequence == SequenceNumber(34))
        #expect(again.slot(at: again.slotIndex(of: slot.sequence)) == slot)
        again.vacate(again.slotIndex(of: slot.sequence))
        #expect((0..<16).allSatisfy { again.slot(at: $0) == nil })
    }

    @Test func aSlotSaysHowFarItsWriteCame() throws {
        let memory = try open(blank())
        var slot = InFlightSlot(
            sequence: SequenceNumber(5), pair: 1, tracks: TrackRange(first: 0, count: 1), position: 1 << 40,
            byteCount: UInt32(FrameHeader.byteCount + FrameHeader.largestPayload))
        memory.occupy(slot)
        #expect(memory.slot(at: 5) == slot)
        memory.noteLaid(slot.sequence)
        slot.isLaid = true
        #expect(memory.slot(at: 5) == slot)
        memory.noteLocal(slot.sequence)
        slot.isLocal = true
        #expect(memory.slot(at: 5) == slot)
        // The next one in the same place begins anew.
        memory.occupy(InFlightSlot(sequence: SequenceNumber(21), pair: 0, tracks: TrackRange(first: 2, count: 1)))
        #expect(memory.slot(at: 5)?.isLaid == false && memory.slot(at: 5)?.isLocal == false)
    }

    @Test func aNewMemoryBeginsWithTheFirstWrite() throws {
        let memory = try open(blank())
        #expect(memory.nextSequence == SequenceNumber(1))
        #expect(memory.acknowledged == .none && memory.applied == .none && memory.arrived == .none)
        #expect(Self.counts.indices.allSatisfy { memory.bitmap($0).isEmpty })
    }

    @Test func damagedOrForeignMemoryIsRefusedUntouched() throws {
        let nvram = blank()
        _ = try open(nvram)
        for bit in 0..<28 * 8 {
            unsafe nvram.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let before = nvram.contents
            #expect(throws: WireError.self, "bit \(bit)") { try open(nvram) }
            #expect(nvram.contents == before)
            unsafe nvram.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        #expect(throws: Never.self) { try open(nvram) }
        #expect(throws: WireError.badChecksum) {
            try unsafe GroupMemory(
                bytes: nvram.bytes, group: GroupIdentifier(1), slotCount: 16, trackCounts: Self.counts)
        }
        // The same size in bytes, but another division of it.
        #expect(throws: WireError.badChecksum) { try open(nvram, counts: [2, 65, 130]) }
        #expect(throws: WireError.truncated) { try open(nvram, slots: 32) }
    }

    @Test func aPlaceOfItsOwnLiesWhereItAlwaysLay() throws {
        #expect(PlaceMemory.byteCount(trackCount: 65) == 32 + 16)
        let nvram = Nvram(byteCount: PlaceMemory.byteCount(trackCount: 65))
        var bitmap = try place(nvram).bitmap
        bitmap.mark(TrackRange(first: 64, count: 1))
        let bytes = nvram.contents
        #expect(Array(bytes[0..<8]) == [0x41, 0x42, 0x50, 0x4D, 1, 0, 0, 0])
        #expect(Array(bytes[8..<16]) == [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11])
        #expect(Array(bytes[16..<24]) == [7, 0, 0, 0, 65, 0, 0, 0])
        #expect(bytes[40] == 1 && bytes[32] == 0)
        #expect(try place(nvram).bitmap.markedCount == 1)
        // Memory of something else is left as it is.
        #expect(throws: WireError.badChecksum) { try place(nvram, number: 8) }
        #expect(throws: WireError.truncated) { try place(nvram, tracks: 64) }
        #expect(nvram.contents == bytes)
    }

    private func place(_ nvram: Nvram, number: Int = 7, tracks: Int = 65) throws(WireError) -> PlaceMemory {
        try unsafe PlaceMemory(bytes: nvram.bytes, group: group, place: number, trackCount: tracks)
    }

    @Test func aPlaceThatIsAddedComesBehindTheOthers() throws {
        let nvram = blank()
        var memory = try open(nvram)
        let added = Nvram(byteCount: PlaceMemory.byteCount(trackCount: 65))
        memory.add(try place(added).bitmap)
        #expect(memory.trackCounts == Self.counts + [65])
        var bitmap = memory.bitmap(3)
        bitmap.mark(TrackRange(first: 3, count: 2))
        #expect(memory.bitmap(3).markedCount == 2 && memory.bitmap(2).isEmpty)
        #expect(try place(added).bitmap.markedCount == 2)
    }
}
