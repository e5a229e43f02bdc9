// Does the bitmap say what a plain set of numbers says, for every size up to 130 tracks?

internal import ReplicationCore
internal import Simulator
import Testing

struct TrackBitmapTests {
    /// A bitmap over memory of its own.
    @safe private final class Owner {
        private let words: UnsafeMutableBufferPointer<UInt64>
        init(tracks: Int, filledWith word: UInt64 = 0) {
            unsafe words = .allocate(capacity: TrackBitmap.wordCount(forTracks: tracks))
            unsafe words.initialize(repeating: word)
        }
        deinit { unsafe words.deallocate() }
        func bitmap(tracks: Int) -> TrackBitmap { unsafe TrackBitmap(words: words, trackCount: tracks) }
    }

    @Test(arguments: 1...130)
    func agreesWithASet(tracks: Int) {
        var dice = Dice(seed: UInt64(tracks))
        let owner = Owner(tracks: tracks)
        var bitmap = owner.bitmap(tracks: tracks)
        var model: Set<Int> = []
        for _ in 0..<150 {
            let first = dice.roll(tracks + 1)
            let range = TrackRange(first: first, count: dice.roll(tracks - first + 1))
            switch dice.roll(10) {
            case 0..<5:
                bitmap.mark(range)
                model.formUnion(range.first..<range.end)
            case 5..<8:
                bitmap.clear(range)
                model.subtract(range.first..<range.end)
            case 8:
                let word = dice.roll(bitmap.wordCount)
                let bits = dice.next() & dice.next()
                bitmap.merge(bits, at: word)
                for bit in 0..<64 where bits >> UInt64(bit) & 1 == 1 && word * 64 + bit < tracks {
                    model.insert(word * 64 + bit)
                }
            case _:
                if dice.chance(50) { bitmap.markAll() } else { bitmap.clearAll() }
                model = bitmap.isEmpty ? [] : Set(0..<tracks)
            }
            #expect(bitmap.isAnyMarked(range) == !model.isDisjoint(with: range.first..<range.end))
            check(bitmap, model, &dice)
        }
        // Whoever opens the memory again finds the same.
        check(owner.bitmap(tracks: tracks), model, &dice)
    }

    private func check(_ bitmap: TrackBitmap, _ model: Set<Int>, _ dice: inout Dice) {
        #expect(bitmap.markedCount == model.count)
        #expect(bitmap.isEmpty == model.isEmpty)
        #expect((0..<bitmap.trackCount).allSatisfy { bitmap.isMarked($0) == model.contains($0) })
        let start = dice.roll(bitmap.trackCount + 2)
        let limit = dice.roll(bitmap.trackCount + 2)
        #expect(bitmap.nextRun(from: start, limit: limit) == run(in: model, bitmap.trackCount, start, limit))
    }

    private func run(in model: Set<Int>, _ tracks: Int, _ start: Int, _ limit: Int) -> TrackRange? {
        guard limit > 0, let first = (0..<tracks).first(where: { $0 >= start && model.contains($0) }) else {
            return nil
        }
        var end = first
        while end < tracks, end - first < limit, model.contains(end) { end += 1 }
        return TrackRange(first: first, count: end - first)
    }

    /// Every run of every length at every place, one at a time.
    @Test(arguments: [1, 63, 64, 65, 127, 128, 129, 130])
    func everyRunIsFoundWhole(tracks: Int) {
        for first in 0..<tracks {
            for count in 1...tracks - first {
                let owner = Owner(tracks: tracks)
                var bitmap = owner.bitmap(tracks: tracks)
                let range = TrackRange(first: first, count: count)
                bitmap.mark(range)
                if bitmap.nextRun(from: 0, limit: tracks) != range || bitmap.markedCount != count {
                    Issue.record("\(range) of \(tracks): \(String(describing: bitmap.nextRun(from: 0, limit: tracks)))")
                }
            }
        }
    }

    @Test(arguments: 1...130)
    func bitsBeyondTheEndAreCutWhenMemoryIsTakenOver(tracks: Int) {
        let owner = Owner(tracks: tracks, filledWith: ~0)
        let bitmap = owner.bitmap(tracks: tracks)
        #expect(bitmap.markedCount == tracks)
        #expect(bitmap.nextRun(from: 0, limit: .max) == TrackRange(first: 0, count: tracks))
    }
}
