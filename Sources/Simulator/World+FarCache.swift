// The frame that an array is applying lies whole in the far cache of its link: a killed process finishes it when it
// starts again, so that a secondary is a prefix of the order and never a torn write after it.

internal import ReplicationCore

extension World {
    /// Finishes the frame that a killed process was applying at this end of a link. After a crash of the machine the note
    /// is not believed: every track is marked then anyway.
    mutating func finishFrame(_ end: Int, isTrusted: Bool) {
        guard let note = farCaches[end], !sides(at: end).contains(where: { !self[$0].isUp }) else { return }
        farCaches[end] = nil
        guard isTrusted, sabotage != .forgetsTheFarCache,
            let side = sides(at: end).first(where: { self[$0].hasGroup && self[$0].groupIdentifier == note.group }),
            self[side].group[0].record.role == .secondary, self[side].group[0].memory.applied.next == note.sequence
        else { return }
        self.note(side, "finishes number \(note.sequence.value), which it was applying")
        put(note.frame, on: note.volume, of: repaired(side, end))
        self[side].group[0].applied(note.sequence)
        self[side].hasNews = true
    }

    private mutating func put(_ frame: Frame, on volume: Int, of side: Side) {
        let volume = volume % shape(of: side).volumeBlocks.count
        let end = min(Int(frame.first + frame.count), shape(of: side).volumeBlocks[volume])
        for block in Int(frame.first)..<max(end, Int(frame.first)) {
            contents[side.group].store(side, volume, block, frame.value(at: block - Int(frame.first)))
        }
    }

    /// For a canary: another group's side at the same end, if there is one.
    private func repaired(_ side: Side, _ end: Int) -> Side {
        guard sabotage == .repairsAnotherGroup else { return side }
        return sides(at: end).first { $0 != side && self[$0].hasGroup } ?? side
    }

    /// Whether `value` may lie in this block although the order does not want it yet: its frame is being applied.
    func isBeingApplied(_ side: Side, _ volume: Int, _ block: Int, _ value: BlockValue) -> Bool {
        guard let note = self[side].restoring ?? farCaches[self[side].end], note.group == self[side].groupIdentifier
        else { return false }
        let offset = block - Int(note.frame.first)
        return note.volume == volume && offset >= 0 && offset < Int(note.frame.count)
            && note.frame.value(at: offset) == value
    }
}
