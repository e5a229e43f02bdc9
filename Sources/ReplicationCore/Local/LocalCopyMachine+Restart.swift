// What an array believes of its local pairs after it was killed, or after its machine was.
//
// A killed process leaves record and bitmaps as they were, and every write of its own is in the files. What it may leave
// half done is a command, whose marks were gathered under a record that was not written: the union of the bitmaps is
// whole all the same, and only has to lie where the record's state wants it.
//
// A machine that crashed may have lost any write that no host had flushed, and any mark. Then everything counts as
// marked; an image that was being taken is lost, because what was copied into it may be lost without a mark.

extension LocalCopyMachine {
    /// Takes up the work of a killed process.
    package mutating func recover() -> [LocalEffect] {
        var effects: [LocalEffect] = []
        for index in record.livePairs {
            switch record.pairs[index].status {
            case .copying, .paired, .restoring: gatherMarks(index)
            case .splitting: break
            case .split:
                for word in 0..<pending[index].wordCount {
                    primaryChanges[index].merge(pending[index].word(at: word), at: word)
                }
                pending[index].clearAll()
            case .failed: break
            }
            effects += settle(index)
            if !pending[index].isEmpty { effects.append(.copy) }
        }
        return effects
    }

    /// Trusts no bitmap. Call before `recover`.
    package mutating func distrust() -> [LocalEffect] {
        var effects: [LocalEffect] = []
        for index in record.livePairs {
            switch record.pairs[index].status {
            case .copying, .restoring: pending[index].markAll()
            case .paired:
                pending[index].markAll()
                effects += setStatus(.copying, of: index)
            case .splitting:
                primaryChanges[index].markAll()
                effects += failed(index)
            case .split, .failed: primaryChanges[index].markAll()
            }
        }
        return effects.contains(.persist) ? [.persist] + effects.filter { $0 != .persist } : []
    }
}
