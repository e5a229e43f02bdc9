// The operator of the local world, its crashes, and the checks that hold after every step.

internal import ReplicationCore
internal import Simulator

extension LocalWorld {
    // MARK: Operator

    mutating func stepOperator() {
        guard var request else { return beginRequest() }
        if let volume = request.closing.first {
            guard let token = request.token else {
                request.token = ranges[volume].enter(Self.extent(0, Self.blocks))
                self.request = request
                return
            }
            guard ranges[volume].isGranted(token) else { return }
            isClosed[volume] = true
            ranges[volume].release(token)
            request.closing.removeFirst()
            request.token = nil
        } else if !request.holds {
            sets[request.set].machine.hold()
            request.holds = true
        } else {
            guard sets[request.set].machine.isAtRest else { return }
            perform(request)
            return
        }
        self.request = request
    }

    private mutating func perform(_ request: LocalOperator) {
        if sabotage == .forgetsSecondaryChanges, case .resynchronise = request.command {
            forgetSecondaryChanges(request.set)
        }
        do throws(Refusal) {
            let effects = try sets[request.set].machine.perform(request.command, pairs: request.pairs)
            carryOut(effects, request.set)
        } catch {
            // The state has changed since it was looked at: a copy ended or failed.
            for pair in request.pairs {
                openOrClose(sets[request.set].primaries[pair])
                openOrClose(sets[request.set].secondaries[pair])
            }
        }
        sets[request.set].machine.letGo()
        self.request = nil
        if !diesNow { createAgain(request.set) }
    }

    private mutating func beginRequest() {
        let set = dice.roll(sets.count)
        let machine = sets[set].machine
        let pairs = dice.chance(70) ? machine.record.livePairs : [dice.roll(machine.record.pairs.count)]
        let command: LocalCommand =
            switch dice.roll(20) {
            case 0..<8: .split
            case 8..<13: .resynchronise(pace: nil)
            case 13..<18: .restore(pace: 3)
            case 18: .fail
            case _: .delete
            }
        let before = machine.record
        if machine.refusal(of: command, pairs: pairs) != nil {
            if machine.record != before { violation = "a refusal changed the record" }
            return
        }
        guard pairs.allSatisfy({ isAllowedBeside(command, set, $0) }) else { return }
        var closing: [Int] = []
        for pair in pairs where machine.changes(command, pair) {
            switch command {
            case .restore: closing += [sets[set].primaries[pair], sets[set].secondaries[pair]]
            case .resynchronise, .fail: closing.append(sets[set].secondaries[pair])
            case .split, .delete: break
            }
        }
        request = LocalOperator(set: set, pairs: pairs, command: command, closing: closing)
    }

    /// What the other mirrors of the same primary allow: an array's shell asks the same.
    private func isAllowedBeside(_ command: LocalCommand, _ set: Int, _ pair: Int) -> Bool {
        attachments(sets[set].primaries[pair]).filter { $0.set != set }.allSatisfy { other in
            let beside = sets[other.set].machine.record.pairs[other.pair]
            if beside.isDeleted { return true }
            switch command {
            case .restore: return beside.status.allowsRestoreBeside && !beside.isHalfRestored
            case .split, .resynchronise: return !beside.isHalfRestored
            case .fail, .delete: return true
            }
        }
    }

    /// A set whose pairs are gone is made anew, so that a history goes on.
    private mutating func createAgain(_ set: Int) {
        guard sets[set].record.isGone, writers.isEmpty, copier == nil else { return }
        let id = sets[set].record.id.value
        let old = sets[set]
        sets[set] = Self.makeSet(id, old.primaries, old.secondaries, mirror: old.record.pairs[0].mirror)
        images[set] = images[set].map { _ in nil }
        synchronisations.removeAll { $0.set == set }
        for volume in old.primaries + old.secondaries { openOrClose(volume) }
    }

    private mutating func forgetSecondaryChanges(_ set: Int) {
        let memory = Self.memory(sets[set].nvram, sets[set].record)
        for pair in sets[set].record.pairs.indices {
            var bitmap = memory.bitmap(.secondaryChanges, ofPair: pair)
            bitmap.clearAll()
        }
        sets[set].machine = LocalCopyMachine(record: sets[set].machine.record, memory: memory)
        sets[set].machine.hold()
    }

    // MARK: Crashes

    /// The process ends here and now, or the whole machine does; then the array starts again.
    mutating func crash(machine isMachine: Bool) {
        count(isMachine ? "machine crashed" : "killed")
        diesNow = false
        (writers, copier, request, synchronisations) = ([], nil, nil, [])
        ranges = ranges.map { _ in RangeOrder() }
        if isMachine { loseCache() }
        restart(isTrusted: !isMachine)
    }

    /// Another boot is noted only once every set has noted its distrust: a start that is killed before begins anew.
    private mutating func restart(isTrusted: Bool) {
        for set in sets.indices {
            let record = sets[set].record
            sets[set].machine = LocalCopyMachine(record: record, memory: Self.memory(sets[set].nvram, record))
            if !isTrusted { carryOut(sets[set].machine.distrust(), set) }
        }
        for set in sets.indices where !diesNow { carryOut(sets[set].machine.recover(), set) }
        for volume in files.indices { openOrClose(volume) }
        guard diesNow else { return }
        diesNow = false
        synchronisations = []
        restart(isTrusted: isTrusted)
    }

    /// Every block and every bit may be older than it was; records are not.
    private mutating func loseCache() {
        for volume in files.indices {
            for block in files[volume].indices where dice.chance(50) { files[volume][block] = disk[volume][block] }
        }
        disk = files
        for set in sets.indices {
            let memory = Self.memory(sets[set].nvram, sets[set].record)
            for (pair, kind) in sets[set].record.pairs.indices.flatMap({ pair in
                LocalBitmap.allCases.map { (pair, $0) }
            }) {
                var bitmap = memory.bitmap(kind, ofPair: pair)
                bitmap.clearAll()
                bitmap.merge(dice.next(), at: 0)
            }
            for pair in sets[set].record.livePairs {
                checkAfterCrash(set, pair)
                if sets[set].record.pairs[pair].status == .restoring {
                    sources[set][pair] = files[sets[set].secondaries[pair]]
                }
            }
        }
    }

    /// What the loss of the machine's memory may not take.
    private mutating func checkAfterCrash(_ set: Int, _ pair: Int) {
        switch sets[set].record.pairs[pair].status {
        case .split, .restoring: checkImage(set, pair, "a machine crashed")
        case .copying, .paired, .splitting, .failed: break
        }
    }

    // MARK: Checks

    mutating func checkMarks() {
        guard violation == nil else { return }
        for set in sets.indices {
            for pair in sets[set].machine.record.livePairs { checkMarks(set, pair) }
        }
    }

    private mutating func checkMarks(_ set: Int, _ pair: Int) {
        let machine = sets[set].machine
        let (primary, secondary) = (files[sets[set].primaries[pair]], files[sets[set].secondaries[pair]])
        for track in 0..<Self.tracks {
            let isMarked =
                machine.pending[pair].isMarked(track) || machine.primaryChanges[pair].isMarked(track)
                || machine.secondaryChanges[pair].isMarked(track)
            let differs = (2 * track..<2 * track + 2).contains { primary[$0] != secondary[$0] }
            if differs, !isMarked {
                violation = "track \(track) of set \(set), pair \(pair) differs and is marked nowhere"
            }
            if sets[set].record.pairs[pair].status == .splitting, machine.record.pairs[pair].status == .splitting,
                !machine.pending[pair].isMarked(track), !checked(set, pair, track)
            {
                violation = "track \(track) of set \(set), pair \(pair) counts as copied and is not the image"
            }
        }
    }
}
