// What operators ask. A command is given while the set is held and at rest, so that no write and no copy lies across
// the change; it is checked for all its pairs before the first one changes. The shell closes the volumes to which hosts
// lose their right before it asks, and opens those that `access` names after.

extension LocalCopyMachine {
    /// What stands against `command`, with the pair that it is about; nil if nothing does.
    package func refusal(of command: LocalCommand, pairs: [Int]) -> (refusal: Refusal, pair: Int)? {
        for index in pairs {
            let pair = record.pairs[index]
            if pair.isDeleted { return (.notPaired, index) }
            if case .refuse(let refusal) = pair.status.response(to: command, isHalfRestored: pair.isHalfRestored) {
                return (refusal, index)
            }
        }
        return nil
    }

    /// Whether `command` would change pair `index`.
    package func changes(_ command: LocalCommand, _ index: Int) -> Bool {
        let pair = record.pairs[index]
        return pair.status.response(to: command, isHalfRestored: pair.isHalfRestored) == .act
    }

    /// Carries `command` out on all of `pairs` at once, or on none.
    package mutating func perform(_ command: LocalCommand, pairs: [Int]) throws(Refusal) -> [LocalEffect] {
        precondition(isHeld && isAtRest, "a command comes when nothing is under way")
        if let (refusal, _) = refusal(of: command, pairs: pairs) { throw refusal }
        var effects: [LocalEffect] = []
        for index in pairs where changes(command, index) { effects += change(index, command) }
        // One record, written once: after a crash all pairs have changed or none.
        guard effects.contains(.persist) else { return effects }
        return [.persist] + effects.filter { $0 != .persist }
    }

    private mutating func change(_ index: Int, _ command: LocalCommand) -> [LocalEffect] {
        switch command {
        case .split:
            return setStatus(.splitting, of: index) + [.copy] + settle(index)
        case .resynchronise(let pace):
            gatherMarks(index)
            record.pairs[index].copyPace = pace ?? record.pairs[index].copyPace
            return setStatus(.copying, of: index) + [.copy] + settle(index)
        case .restore(let pace):
            gatherMarks(index)
            record.pairs[index].copyPace = pace ?? record.pairs[index].copyPace
            record.pairs[index].isHalfRestored = true
            return setStatus(.restoring, of: index) + [.copy] + settle(index)
        case .fail:
            return failed(index)
        case .delete:
            record.pairs[index].isDeleted = true
            return [.persist, .access(pair: index), .removed(pair: index)]
        }
    }

    /// Everything that may differ is to be copied. The union first, then the parts: a crash between loses no mark.
    mutating func gatherMarks(_ index: Int) {
        for word in 0..<pending[index].wordCount {
            pending[index].merge(primaryChanges[index].word(at: word), at: word)
            pending[index].merge(secondaryChanges[index].word(at: word), at: word)
        }
        primaryChanges[index].clearAll()
        secondaryChanges[index].clearAll()
    }

    /// Everything differs, as far as anybody knows: for a new pair.
    package mutating func markAll() {
        for index in record.pairs.indices { pending[index].markAll() }
    }
}
