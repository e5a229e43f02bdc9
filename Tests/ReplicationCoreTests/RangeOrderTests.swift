// Are overlapping ranges kept apart, and nothing else?

internal import ReplicationCore
internal import Simulator
import Testing

struct RangeOrderTests {
    @Test(arguments: 0..<20)
    func agreesWithAListOfHeldBytes(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var order = RangeOrder()
        var held: [(token: UInt32, bytes: Range<Int>)] = []
        for _ in 0..<400 {
            if dice.chance(60) {
                let first = dice.roll(200)
                let bytes = first..<first + dice.roll(1...20)
                let isFree = held.allSatisfy { !$0.bytes.overlaps(bytes) }
                let token = order.acquire(ByteExtent(offset: UInt64(first), count: UInt64(bytes.count)))
                #expect((token != nil) == isFree)
                if let token {
                    #expect(held.allSatisfy { $0.token != token })
                    held.append((token, bytes))
                }
            } else if !held.isEmpty {
                order.release(held.remove(at: dice.roll(held.count)).token)
            }
            #expect(order.isIdle == held.isEmpty)
        }
    }

    /// A line of people who want ranges: each may go when nobody before it has or wants a byte of its own.
    @Test(arguments: 0..<20)
    func nobodyIsOvertaken(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var order = RangeOrder()
        var line: [(token: UInt32, bytes: Range<Int>)] = []
        for _ in 0..<400 {
            if dice.chance(60) {
                let first = dice.roll(200)
                let bytes = first..<first + dice.roll(1...20)
                line.append((order.enter(ByteExtent(offset: UInt64(first), count: UInt64(bytes.count))), bytes))
            } else if !line.isEmpty {
                order.release(line.remove(at: dice.roll(line.count)).token)
            }
            for (place, entry) in line.enumerated() {
                let isFirst = line[..<place].allSatisfy { !$0.bytes.overlaps(entry.bytes) }
                #expect(order.isGranted(entry.token) == isFirst)
            }
        }
    }

    @Test("the whole volume is granted under a stream of writes that never pauses")
    func wholeVolumeIsNotStarved() {
        var order = RangeOrder()
        var writes = [order.enter(ByteExtent(offset: 0, count: 1)), order.enter(ByteExtent(offset: 1, count: 1))]
        let whole = order.enter(ByteExtent(offset: 0, count: 1 << 20))
        for next in 2..<10 {
            writes.append(order.enter(ByteExtent(offset: UInt64(next), count: 1)))
            order.release(writes.removeFirst())
            #expect(order.isGranted(whole) == (next > 2))
            #expect(!order.isGranted(writes.last!))
            if next > 2 { break }
        }
        order.release(whole)
        #expect(writes.allSatisfy { order.isGranted($0) })
    }
}
