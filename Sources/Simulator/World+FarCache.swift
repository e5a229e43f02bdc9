// The frame that an array is applying lies whole in the far cache of its link: a killed process finishes it when it
// starts again, so that a secondary is a prefix of the order and never a torn write after it.

internal import ReplicationCore

extension World {
    /// Finishes the frame that a killed process was applying at this end of a link.
    mutating func finishFrame(_ end: Int, isTrusted: Bool) {
        guard let note = farCaches[end], !sides(at: end).contains(where: { !self[$0].isUp }) else { return }
        farCaches[end] = nil
        guard isTrusted, sabotage != .forgetsTheFarCache, let side = owner(of: note, at: end) else { return }
        guard self[side].group[0].record.role == .secondary,
            self[side].group[0].memory.applied.next == note.sequence || sabotage == .repairsAnotherGroup
        else { return }
        self.note(side, "finishes number \(note.sequence.value), which it was applying")
        let blocks = shape(of: side).volumeBlocks[note.volume % shape(of: side).volumeBlocks.count]
        for offset in 0..<Int(note.frame.count) where Int(note.frame.first) + offset < blocks {
            contents[side.group].store(
                side, note.volume % shape(of: side).volumeBlocks.count, Int(note.frame.first) + offset,
                note.frame.value(at: offset))
        }
        if sabotage != .repairsAnotherGroup { self[side].group[0].applied(note.sequence) }
    }

    private func owner(of note: FarNote, at end: Int) -> Side? {
        let here = sides(at: end).filter { self[$0].hasGroup }
        if sabotage == .repairsAnotherGroup { return here.first { self[$0].groupIdentifier != note.group } }
        return here.first { self[$0].groupIdentifier == note.group }
    }

    /// Whether `value` may lie in this block although the order does not want it yet: its frame is being applied.
    func isBeingApplied(_ side: Side, _ volume: Int, _ block: Int, _ value: BlockValue) -> Bool {
        guard let note = farCaches[self[side].end], note.group == self[side].groupIdentifier else { return false }
        let offset = block - Int(note.frame.first)
        return note.volume == volume && offset >= 0 && offset < Int(note.frame.count)
            && note.frame.value(at: offset) == value
    }
}
