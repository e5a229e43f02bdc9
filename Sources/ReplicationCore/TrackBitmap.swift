// One bit for each track: set where the two copies may differ. The words lie in memory that the owner provides - a
// mapped NVRAM file in an array, plain memory in a test - so that a mark is safe the moment it is set.
//
// Invariants: bits at and beyond `trackCount` are zero; `markedCount` is the number of set bits.

/// A bitmap over the tracks of one volume.
@safe package struct TrackBitmap: @unchecked Sendable {
    private let words: UnsafeMutableBufferPointer<UInt64>
    package let trackCount: Int
    package private(set) var markedCount: Int

    package static func wordCount(forTracks count: Int) -> Int { (count + 63) / 64 }

    /// Takes over `words`, counting what is set. `words` must hold `wordCount(forTracks:)` words and outlive the bitmap.
    package init(words: UnsafeMutableBufferPointer<UInt64>, trackCount: Int) {
        precondition(words.count == Self.wordCount(forTracks: trackCount))
        unsafe self.words = words
        self.trackCount = trackCount
        markedCount = 0
        if trackCount % 64 != 0 { unsafe words[words.count - 1] &= (1 << UInt64(trackCount % 64)) - 1 }
        count()
    }

    /// Counts what is set now: somebody else may have changed the words.
    mutating func count() {
        markedCount = 0
        for index in unsafe words.indices { markedCount += unsafe words[index].nonzeroBitCount }
    }

    package var isEmpty: Bool { markedCount == 0 }

    /// Marks `range`. // hot
    package mutating func mark(_ range: TrackRange) {
        var added = 0
        forEachWord(range) { word, mask in
            let before = unsafe words[word]
            unsafe words[word] = before | mask
            added += (mask & ~before).nonzeroBitCount
        }
        markedCount += added
    }

    package mutating func clear(_ range: TrackRange) {
        var removed = 0
        forEachWord(range) { word, mask in
            let before = unsafe words[word]
            unsafe words[word] = before & ~mask
            removed += (mask & before).nonzeroBitCount
        }
        markedCount -= removed
    }

    package mutating func markAll() { mark(TrackRange(first: 0, count: trackCount)) }
    package mutating func clearAll() { clear(TrackRange(first: 0, count: trackCount)) }

    /// Whether any track of `range` is marked. // hot
    package func isAnyMarked(_ range: TrackRange) -> Bool {
        guard markedCount > 0 else { return false }
        var found = false
        forEachWord(range) { word, mask in
            if unsafe words[word] & mask != 0 { found = true }
        }
        return found
    }

    package func isMarked(_ track: Int) -> Bool { isAnyMarked(TrackRange(first: track, count: 1)) }

    /// The first marked run at or after `start`, at most `limit` tracks long.
    package func nextRun(from start: Int, limit: Int) -> TrackRange? {
        guard markedCount > 0, start < trackCount, limit > 0 else { return nil }
        var word = start / 64
        var bits = unsafe words[word] & (~0 << UInt64(start % 64))
        while bits == 0 {
            word += 1
            guard unsafe word < words.count else { return nil }
            unsafe bits = words[word]
        }
        let first = word * 64 + bits.trailingZeroBitCount
        var end = first
        while end < trackCount, end - first < limit {
            let offset = UInt64(end % 64)
            let ones = unsafe (~words[end / 64] >> offset).trailingZeroBitCount
            let run = min(ones, 64 - Int(offset))
            if run == 0 { break }
            end += run
        }
        return TrackRange(first: first, count: min(end - first, limit, trackCount - first))
    }

    package var wordCount: Int { unsafe words.count }
    package func word(at index: Int) -> UInt64 { unsafe words[index] }

    /// Marks what is set in `bits`, the word `index` of another bitmap of the same volume.
    package mutating func merge(_ bits: UInt64, at index: Int) {
        guard unsafe index < words.count else { return }
        let last = unsafe index == words.count - 1 && trackCount % 64 != 0
        let valid: UInt64 = last ? (1 << UInt64(trackCount % 64)) - 1 : ~0
        let before = unsafe words[index]
        unsafe words[index] = before | (bits & valid)
        markedCount += (bits & valid & ~before).nonzeroBitCount
    }

    @inline(__always)
    private func forEachWord(_ range: TrackRange, _ body: (Int, UInt64) -> Void) {
        precondition(range.first >= 0 && range.end <= trackCount)
        var track = range.first
        while track < range.end {
            let bit = track % 64
            let count = min(64 - bit, range.end - track)
            let mask: UInt64 = count == 64 ? ~0 : ((1 << UInt64(count)) - 1) << UInt64(bit)
            body(track / 64, mask)
            track += count
        }
    }
}
