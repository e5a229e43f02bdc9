// Seeded changes of an input, of the kinds that find something: for the ordinary test run, which has no libFuzzer. The same
// seed gives the same inputs on every machine.

package struct FuzzMutator: Sendable {
    private var state: UInt64
    private let corpus: [[UInt8]]

    package init(seed: UInt64, corpus: [[UInt8]]) {
        state = seed | 1
        self.corpus = corpus
    }

    /// xorshift64.
    private mutating func draw(below limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % max(1, limit)
    }

    /// An input of the corpus with one to four changes.
    package mutating func next() -> [UInt8] {
        var bytes = corpus[draw(below: corpus.count)]
        for _ in 0...draw(below: 4) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = draw(below: bytes.count + 1)
        switch draw(below: 8) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(draw(below: 8))
        case 1 where place < bytes.count: bytes[place] = [0, 1, 0x20, 0x2D, 0x5B, 0x7F, 0x80, 0xFF][draw(below: 8)]
        case 2: bytes.removeLast(bytes.count - place)
        case 3: bytes.insert(UInt8(draw(below: 256)), at: place)
        case 4 where place < bytes.count: bytes.remove(at: place)
        case 5:
            // A piece of another input.
            let other = corpus[draw(below: corpus.count)]
            let start = draw(below: other.count + 1)
            bytes.insert(contentsOf: other[start..<min(other.count, start + draw(below: 24))], at: place)
        case 6:
            // A piece of the same once more, far away.
            let count = min(bytes.count - place, draw(below: 16))
            bytes += bytes[place..<place + count]
        case _:
            // Four bytes that are a large number, or a very large one.
            let value = [UInt32.max, 0x7FFF_FFFF, 0x1_0000, 0x100][draw(below: 4)]
            for (offset, index) in (place..<min(bytes.count, place + 4)).enumerated() {
                bytes[index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * offset))
            }
        }
    }
}
