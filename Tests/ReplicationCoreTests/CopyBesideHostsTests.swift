// How much of a copy may be under way: by the pair's pace alone, and while hosts wait for the same link.

internal import ReplicationCore
internal import Simulator
import Testing

struct CopyBesideHostsTests {
    private static let trackBytes: UInt32 = 16 << 10

    private func copying(in nvram: Nvram) throws -> GroupMachine {
        let layout = TrackLayout(volumeBytes: UInt64(Self.trackBytes) * 200, trackBytes: Self.trackBytes)
        let record = GroupRecord(
            id: GroupIdentifier(creator: ArraySerial(10), counter: 1), localSerial: World.serial(.a),
            remoteSerial: World.serial(.b), consistencyGroup: nil, role: .primary, mode: .synchronous(.data),
            epoch: Epoch(3), slotCount: 64,
            pairs: [
                PairRecord(
                    local: LDEVNumber(1), remote: LDEVNumber(1), layout: layout, status: .copying, isUsable: false,
                    copyPace: 15)
            ])
        let memory = try unsafe GroupMemory(
            bytes: nvram.bytes, group: record.id, slotCount: 64, trackCounts: record.trackCounts)
        var marks = memory.bitmap(0)
        marks.mark(TrackRange(first: 0, count: 200))
        var limits = SideFileLimits()
        limits.capacity = 16 << 20
        var machine = GroupMachine(
            record: record, memory: memory, limits: limits, timers: ArrayTimers(), now: Moment(nanoseconds: 0))
        machine.joinOpenLink()
        return machine
    }

    private func nvram() -> Nvram { Nvram(byteCount: GroupMemory.byteCount(slotCount: 64, trackCounts: [200])) }

    /// The tracks of each frame that may be under way at once.
    private func fill(_ machine: inout GroupMachine, _ allowance: Int?) -> [Int] {
        var frames: [Int] = []
        while let next = machine.peekCopy(allowance: allowance),
            let job = machine.issueCopy(pair: next.pair, tracks: next.tracks).job
        {
            _ = machine.copyFilled(job.sequence, succeeded: true)
            frames.append(next.tracks.count)
        }
        return frames
    }

    /// Beside hosts frames are short and no more of them are under way than allowed; one always is, or the copy would end.
    @Test(arguments: [
        (nil, [15, 15, 15, 15]), (0, [4]), (1 << 16, [4]), (1 << 17, [4, 4]), (3 << 17, [4, 4, 4, 4, 4, 4]),
    ])
    func framesUnderWay(allowance: Int?, frames: [Int]) throws {
        let nvram = nvram()
        var machine = try copying(in: nvram)
        #expect(fill(&machine, allowance) == frames)
    }

    /// An allowance is no more than the pace would let through.
    @Test func thePaceStillCounts() throws {
        let nvram = nvram()
        var machine = try copying(in: nvram)
        let tracks = fill(&machine, .max).reduce(0, +)
        #expect((60...64).contains(tracks))
    }

    /// When hosts come, what was under way before has to come down; every acknowledgement asks for copies again.
    @Test func hostsComeAndGo() throws {
        let nvram = nvram()
        var machine = try copying(in: nvram)
        #expect(fill(&machine, nil).count == 4)
        #expect(fill(&machine, 1 << 17) == [])
        while machine.nextSendable(limit: 1 << 20) != nil {}
        let last = SequenceNumber(machine.memory.nextSequence.value - 1)
        #expect(machine.acknowledge(through: last) { _ in } == true)
        #expect(machine.settle().contains(.copy))
        #expect(fill(&machine, 1 << 17) == [4, 4])
        #expect(fill(&machine, nil).first == 15)
    }
}
