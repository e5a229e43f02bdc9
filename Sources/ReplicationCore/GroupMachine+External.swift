// What a remote pair is told when its volume changes behind its back: a local copy is restored onto it.

extension GroupMachine {
    /// Whether the volume of pair `index` may be changed behind the pair's back: nothing of it travels, and nothing that
    /// would make it travel is under way.
    package func isAtRest(_ index: Int) -> Bool {
        let pair = record.pairs[index]
        return pair.isDeleted || !pair.status.isReplicating && operation == nil && handover == nil
    }

    /// Marks what is about to change behind the back of pair `index`: it travels with the next resynchronisation.
    package mutating func markExternal(_ index: Int, _ extent: ByteExtent) {
        let pair = record.pairs[index]
        guard !pair.isDeleted else { return }
        marks[index].mark(pair.layout.tracks(of: extent))
    }
}

extension PeerMessage {
    /// Whether the receiver would begin to move data of its pairs.
    package var startsCopy: Bool {
        switch self {
        case .resynchronise, .swap, .requestSwap: true
        case .greeting, .unknownGroup, .create, .join, .takeOver, .delete, .marks, .ready, .suspended, .done, .refused:
            false
        }
    }
}
