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
}
