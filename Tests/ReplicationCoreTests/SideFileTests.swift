// Does the ring give each frame a place of its own, and does it never run out while it is empty?

internal import ReplicationCore
internal import Simulator
import Testing

struct SideFileTests {
    private func limits(_ capacity: Int) -> SideFileLimits {
        var limits = SideFileLimits()
        limits.capacity = capacity
        return limits
    }

    @Test(arguments: 0..<40)
    func noTwoFramesShareAByte(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        let capacity = SideFile.reserve + dice.roll(200...4000)
        var file = SideFile(limits: limits(capacity))
        var live: [(position: UInt64, count: Int)] = []
        for _ in 0..<600 {
            if dice.chance(55) {
                let count = dice.roll(64...30_000)
                guard let position = file.allocate(count, mayUseReserve: dice.chance(20)) else { continue }
                let place = file.place(of: position)
                #expect(place + count <= capacity)
                for other in live {
                    let taken = file.place(of: other.position)
                    #expect(place + count <= taken || taken + other.count <= place)
                }
                if let last = live.last { #expect(position >= last.position + UInt64(last.count)) }
                live.append((position, count))
            } else if !live.isEmpty {
                live.removeFirst(dice.roll(1...live.count))
                if let oldest = live.first { file.release(upTo: oldest.position) } else { file.releaseAll() }
            }
            #expect(file.used >= live.reduce(0) { $0 + $1.count })
            #expect(file.used <= capacity)
            #expect(file.isEmpty == live.isEmpty)
            #expect((0...100).contains(file.fillPercent))
        }
    }

    /// Nothing would ever free more room: a frame that fits the ring must fit the empty ring wherever its head stands.
    @Test(arguments: [1000, 3000, 3999])
    func anEmptyRingTakesWhateverFitsIt(head: Int) {
        var file = SideFile(limits: limits(SideFile.reserve + 4000))
        #expect(file.allocate(SideFile.reserve + head, mayUseReserve: true) != nil)
        file.releaseAll()
        let position = file.allocate(4000, mayUseReserve: false)
        #expect(position != nil)
        if let position { #expect(file.place(of: position) + 4000 <= SideFile.reserve + 4000) }
    }

    @Test func theReserveIsKeptForTheMachine() {
        var file = SideFile(limits: limits(SideFile.reserve + 1000))
        #expect(file.allocate(1000, mayUseReserve: false) == 0)
        #expect(file.allocate(1, mayUseReserve: false) == nil)
        #expect(file.allocate(SideFile.reserve, mayUseReserve: true) == 1000)
        #expect(file.allocate(1, mayUseReserve: true) == nil)
        #expect(file.fillPercent == 100)
    }

    @Test func responsesAreDelayedInAStraightLineAboveTheHighWaterMark() {
        let capacity = SideFile.reserve + 936 * 1024
        var file = SideFile(limits: limits(capacity))
        var last = Span(nanoseconds: 0)
        while file.allocate(10_000, mayUseReserve: true) != nil {
            let delay = file.responseDelay
            #expect(delay >= last)
            #expect((delay.nanoseconds > 0) == (file.used > capacity * 30 / 100))
            last = delay
        }
        #expect(last <= file.limits.longestDelay)
        file.releaseAll()
        #expect(file.responseDelay.nanoseconds == 0 && !file.isAboveHighWater)
    }
}
