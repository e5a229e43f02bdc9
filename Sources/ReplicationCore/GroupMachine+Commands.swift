// What operators ask of an array for one group. Each request is checked completely before anything changes (I7), and
// ends with exactly one `finished`, now or when the other array has answered.

extension GroupMachine {
    /// Starts the life of a group whose machine was just made as primary: the other array is asked to make its half.
    package mutating func create(_ token: CommandToken, _ order: PeerCreation) -> [GroupEffect] {
        guard isLinkOpen else { return [.finished(token, .linkDown)] }
        operation = .creating(token)
        return [.send(.create(order))]
    }

    /// Splits pairs of a primary. Ends when the secondary has everything written before, or the link failed.
    package mutating func split(
        _ token: CommandToken, pairs: [Int], secondaryWritable: Bool, protectsPrimary: Bool
    ) -> [GroupEffect] {
        if let refusal = refusalForPrimary() { return [.finished(token, refusal)] }
        if protectsPrimary, pairs.contains(where: { record.pairs[$0].status == .copying }) {
            return [.finished(token, .wrongStatus)]
        }
        let replicating = pairs.filter { record.pairs[$0].status.isReplicating }
        guard !replicating.isEmpty else { return [.finished(token, nil)] }
        let remote = replicating.map { record.pairs[$0].remote }
        let order = StreamTransition.suspend(remote, .byOperator, secondaryWritable: secondaryWritable)
        // The stream of the other pairs goes on: without a place in it the secondary would never hear of the split.
        let othersReplicate = livePairs.contains { record.pairs[$0].status.isReplicating && !replicating.contains($0) }
        if othersReplicate, !hasPlace(for: order) { return [.finished(token, .busy)] }
        var effects: [GroupEffect] = []
        for index in replicating {
            setStatus(.suspended(.byOperator), of: index, &effects)
            record.pairs[index].isSecondaryHostWritable = secondaryWritable
            record.pairs[index].isPrimaryWriteProtected = protectsPrimary
            completion[index] = nil
        }
        effects.append(.persist)
        // While other pairs replicate, a lost link does not end the stream: the secondary hears of it later.
        let last = isLinkOpen || isReplicating ? issue(order, &effects) : nil
        if let last {
            for index in replicating { suspension[index] = last }
        } else if !isReplicating {
            abandonStream(hostWritesSucceed: true, &effects)
            effects.append(.send(.suspended(.byOperator)))
        }
        if isLinkOpen, let last {
            operation = .splitting(token, last: last)
        } else {
            effects.append(.finished(token, nil))
        }
        effects.append(.wakeWriters)
        return effects
    }

    /// Copies the union of both sides' marks from this primary to its secondary.
    package mutating func resynchronise(
        _ token: CommandToken, pairs: [Int], pace: UInt8?, fence: FencePolicy?
    ) -> [GroupEffect] {
        if let refusal = refusalForPrimary() { return [.finished(token, refusal)] }
        let suspended = pairs.filter { record.pairs[$0].status.isSuspended }
        guard !suspended.isEmpty else { return [.finished(token, nil)] }
        guard isLinkOpen else { return [.finished(token, .linkDown)] }
        guard fence == nil || isSynchronous else { return [.finished(token, .wrongStatus)] }
        if hasOldFrames(suspended) {
            operation = .drainingBeforeCopy(token, pairs: pairs, pace: pace, fence: fence)
            return []
        }
        // While other pairs of the group replicate, their stream goes on and the copy joins it.
        let epoch = isReplicating ? record.epoch : nextEpoch
        operation = .resynchronising(token, pairs: suspended, epoch: epoch, fence: fence, pace: pace)
        let mode = fence.map { ReplicationMode.synchronous($0) } ?? record.mode
        return [
            .send(
                .resynchronise(
                    suspended.map { record.pairs[$0].remote }, epoch: epoch, start: memory.nextSequence, mode: mode))
        ]
    }

    /// Exchanges the roles. Asked of either side, for all pairs of the group.
    package mutating func swap(_ token: CommandToken, pairs: [Int], pace: UInt8?) -> [GroupEffect] {
        if operation != nil || handover != nil { return [.finished(token, .busy)] }
        guard pairs.count == livePairs.count else { return [.finished(token, .partOfGroup)] }
        switch record.role {
        case .secondary:
            return beginSwap(token, pace: pace)
        case .primary:
            guard pairs.allSatisfy({ record.pairs[$0].status.isSuspended }) else {
                return [.finished(token, .wrongStatus)]
            }
            guard isLinkOpen else { return [.finished(token, .linkDown)] }
            operation = .requestingSwap(token)
            return [.send(.requestSwap(copyPace: pace))]
        }
    }

    /// - Parameter token: nil if the primary's operator asked.
    mutating func beginSwap(_ token: CommandToken?, pace: UInt8?) -> [GroupEffect] {
        let refuse = { (refusal: Refusal) -> [GroupEffect] in
            token.map { [.finished($0, refusal)] } ?? [.send(.refused(refusal))]
        }
        guard record.role == .secondary else { return refuse(.notSecondary) }
        guard operation == nil, handover == nil else { return refuse(.busy) }
        if let refusal = refusalForTakeover() { return refuse(refusal) }
        guard isLinkOpen else { return refuse(.linkDown) }
        // A pair without its other half would be called paired with nobody behind it.
        if livePairs.contains(where: { isMissingAtPeer[$0] }) { return refuse(.peerDisagrees) }
        promise()
        if !isRestored {
            operation = .swappingOnceRestored(token, pace: pace)
            return []
        }
        return askForSwap(token, pace: pace)
    }

    /// All stands ready here for the other side to step down.
    mutating func askForSwap(_ token: CommandToken?, pace: UInt8?) -> [GroupEffect] {
        operation = .swapping(token, epoch: nextEpoch, pace: pace)
        // The primary's operator saw its pairs suspended, whatever this side has heard of that.
        let believed = token == nil ? [] : livePairs.filter { record.pairs[$0].status == .paired }
        let remote = believed.map { record.pairs[$0].remote }
        return [.send(.swap(epoch: nextEpoch, start: memory.nextSequence, believedPaired: remote))]
    }

    /// Makes this secondary writable after draining what the primary still has, if it can be reached.
    package mutating func takeOver(_ token: CommandToken, pairs: [Int]) -> [GroupEffect] {
        guard record.role == .secondary else { return [.finished(token, .notSecondary)] }
        guard operation == nil, handover == nil else { return [.finished(token, .busy)] }
        guard pairs.count == livePairs.count else { return [.finished(token, .partOfGroup)] }
        if pairs.allSatisfy({ record.pairs[$0].status == .takenOver }) { return [.finished(token, nil)] }
        if let refusal = refusalForTakeover() { return [.finished(token, refusal)] }
        promise()
        operation = .takingOverOnceRestored(token)
        var effects: [GroupEffect] = []
        settleOperation(&effects)
        return effects
    }

    /// Gives a takeover up: the pair is suspended again, and the next resynchronisation overwrites this side's changes.
    package mutating func rollBackTakeover(_ token: CommandToken, pairs: [Int]) -> [GroupEffect] {
        guard record.role == .secondary else { return [.finished(token, .notSecondary)] }
        guard operation == nil, handover == nil else { return [.finished(token, .busy)] }
        guard pairs.allSatisfy({ record.pairs[$0].status == .takenOver }) else {
            return [.finished(token, .wrongStatus)]
        }
        var effects: [GroupEffect] = []
        for index in pairs {
            setStatus(.suspended(.byOperator), of: index, &effects)
            record.pairs[index].isSecondaryHostWritable = false
        }
        return effects + [.persist, .finished(token, nil)]
    }

    /// Lets the hosts write to a primary whose fence refuses them. The pair stays suspended by fault.
    package mutating func lowerFence(_ token: CommandToken, pairs: [Int]) -> [GroupEffect] {
        if let refusal = refusalForPrimary() { return [.finished(token, refusal)] }
        var effects: [GroupEffect] = []
        if pairs.contains(where: { record.pairs[$0].status.isReplicating }) {
            guard !isLinkOpen else { return [.finished(token, .wrongStatus)] }
            suspendAll(.byFault, &effects)
        }
        for index in pairs { record.pairs[index].isFenced = false }
        return effects + [.persist, .wakeWriters, .finished(token, nil)]
    }

    /// Deletes pairs: on both sides from a primary that can reach its secondary, else here.
    package mutating func delete(_ token: CommandToken, pairs: [Int], localOnly: Bool) -> [GroupEffect] {
        guard operation == nil, handover == nil else { return [.finished(token, .busy)] }
        if record.role == .secondary, !localOnly { return [.finished(token, .notPrimary)] }
        guard isRestored else {
            operation = .deletingOnceRestored(token, pairs: pairs)
            return []
        }
        var effects: [GroupEffect] = []
        let remote = pairs.map { record.pairs[$0].remote }
        if record.role == .primary, isLinkOpen, !localOnly {
            operation = .deleting(token, pairs: pairs)
            return [.send(.delete(remote))]
        }
        // A primary learns that its secondary is gone; a secondary whose primary left alone keeps what it has.
        if record.role == .secondary, isLinkOpen { effects.append(.send(.delete(remote))) }
        remove(pairs, &effects)
        return effects + [.finished(token, nil)]
    }

    /// Marks every track of pair `index`: a first copy is due.
    package mutating func markAll(_ index: Int) { marks[index].markAll() }

    /// Takes a group back whose creation the other array refused.
    package mutating func discard() -> [GroupEffect] {
        var effects: [GroupEffect] = []
        remove(livePairs, &effects)
        return effects.filter { $0 != .persist }
    }

    // MARK: Parts

    func refusalForPrimary() -> Refusal? {
        if record.role != .primary { return .notPrimary }
        return operation != nil || handover != nil ? .busy : nil
    }

    /// What stands against making this secondary the copy that hosts work on.
    private func refusalForTakeover() -> Refusal? {
        for index in livePairs {
            let pair = record.pairs[index]
            if !pair.isServiceable || pair.status == .copying { return .secondaryUnusable }
        }
        return nil
    }

    mutating func becomeTakenOver(_ effects: inout [GroupEffect]) {
        let token: CommandToken
        switch operation {
        case .takingOver(let asked), .takingOverOnceRestored(let asked): token = asked
        case nil, .creating, .splitting, .drainingBeforeCopy, .resynchronising, .swapping, .requestingSwap, .deleting,
            .joining, .withdrawing, .swappingOnceRestored, .deletingOnceRestored:
            return
        }
        // What the primary counts as delivered must not be lost with the takeover.
        guard isRestored else {
            operation = .takingOverOnceRestored(token)
            return
        }
        operation = nil
        for index in livePairs { setStatus(.takenOver, of: index, &effects) }
        effects += [.persist, .finished(token, nil)]
    }

    /// Takes pairs out of the group. Host writes that wait for the far side are answered: they are on this side.
    mutating func remove(_ indices: [Int], _ effects: inout [GroupEffect]) {
        for index in indices {
            record.pairs[index].isDeleted = true
            record.pairs[index].status = .suspended(.byOperator)
        }
        // The record goes out before the answers do: nobody may take what only this side has for what both have.
        effects.append(.persist)
        if record.role == .primary, !isReplicating { abandonStream(hostWritesSucceed: true, &effects) }
        // The marks stay: until the record is stored, the pairs still exist for whoever starts this array again.
        effects += [.removed(indices.map { record.pairs[$0].local }), .wakeWriters]
    }

    /// Whether frames from before the suspension of `pairs` are still on their way: a copy must not begin before them.
    private func hasOldFrames(_ pairs: [Int]) -> Bool {
        isReplicating ? pairs.contains { suspension[$0] > memory.acknowledged } : unacknowledged > 0
    }

    mutating func settleOperation(_ effects: inout [GroupEffect]) {
        switch operation {
        case .splitting(let token, let last) where last <= memory.acknowledged:
            operation = nil
            effects.append(.finished(token, nil))
        case .drainingBeforeCopy(let token, let pairs, let pace, let fence) where !hasOldFrames(pairs):
            operation = nil
            effects += resynchronise(token, pairs: pairs, pace: pace, fence: fence)
        case .swappingOnceRestored(let token, let pace) where isRestoredAsPromised:
            effects += askForSwap(token, pace: pace)
        case .takingOverOnceRestored(let token) where isLinkOpen && isRestoredAsPromised:
            operation = .takingOver(token)
            effects.append(.send(.takeOver))
        case .takingOverOnceRestored where !isLinkOpen && isRestored:
            becomeTakenOver(&effects)
        case .deletingOnceRestored(let token, let pairs) where isRestored:
            operation = nil
            effects += delete(token, pairs: pairs, localOnly: true)
        case nil, .creating, .splitting, .drainingBeforeCopy, .resynchronising, .swapping, .requestingSwap,
            .takingOver, .deleting, .joining, .withdrawing, .swappingOnceRestored, .takingOverOnceRestored,
            .deletingOnceRestored:
            break
        }
    }
}
