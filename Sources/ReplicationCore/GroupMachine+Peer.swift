// What the two arrays say to each other about a group, and what each does on hearing it.

extension GroupMachine {
    package mutating func receive(_ message: PeerMessage, now: Moment) -> [GroupEffect] {
        mustWait(message) ? [] : heed(message)
    }

    mutating func heed(_ message: PeerMessage) -> [GroupEffect] {
        switch message {
        case .greeting(let greeting): return greeted(greeting)
        case .unknownGroup: return peerHasNoGroup()
        case .create: return [.send(.refused(.alreadyPaired))]
        case .join(let order): return askedToTakeIn(order)
        case .resynchronise(let ldevs, let epoch, let start, let mode):
            return askedToYield(ldevs, epoch, start, mode)
        case .swap(let epoch, let start, let believed): return askedToSwap(epoch, start, believedPaired: believed)
        case .requestSwap(let pace): return beginSwap(nil, pace: pace)
        case .takeOver: return askedToSuspend()
        case .delete(let ldevs): return toldOfDeletion(ldevs)
        case .marks(let ldev, let firstWord, let words): return merge(ldev, Int(firstWord), words)
        case .ready(let start): return peerIsReady(start)
        case .suspended(let cause): return peerSuspended(cause)
        case .done: return peerIsDone()
        case .refused(let refusal): return peerRefused(refusal)
        }
    }

    // MARK: Requests of the other side

    /// The primary wants to copy to this secondary: its hosts stop, its marks go over, then it is a target.
    private mutating func askedToYield(
        _ ldevs: [LDEVNumber], _ epoch: Epoch, _ start: SequenceNumber, _ mode: ReplicationMode
    ) -> [GroupEffect] {
        guard record.role == .secondary else { return [.send(.refused(.peerDisagrees))] }
        guard operation == nil, handover == nil else { return [.send(.refused(.busy))] }
        let pairs = ldevs.compactMap { index(of: $0) }
        guard pairs.count == ldevs.count, epoch >= record.epoch else { return [.send(.refused(.peerDisagrees))] }
        if pairs.contains(where: { record.pairs[$0].status == .takenOver }) {
            return [.send(.refused(.secondaryTookOver))]
        }
        handover = .yield(pairs: pairs, epoch: epoch, start: start, mode: mode)
        var effects: [GroupEffect] = []
        settleHandover(&effects)
        return effects
    }

    /// The secondary wants to become the primary: drain, step down, give the marks away.
    private mutating func askedToSwap(
        _ epoch: Epoch, _ start: SequenceNumber, believedPaired: [LDEVNumber]
    ) -> [GroupEffect] {
        guard handover == nil else { return [.send(.refused(.busy))] }
        switch operation {
        case nil, .requestingSwap: break
        case .creating, .splitting, .drainingBeforeCopy, .resynchronising, .swapping, .takingOver, .deleting, .joining,
            .withdrawing, .swappingOnceRestored, .takingOverOnceRestored, .deletingOnceRestored:
            return [.send(.refused(.busy))]
        }
        guard epoch > record.epoch || record.role == .secondary else { return [.send(.refused(.peerDisagrees))] }
        if record.role == .primary, livePairs.contains(where: { record.pairs[$0].status == .copying }) {
            return [.send(.refused(.wrongStatus))]
        }
        if isDeceived(believedPaired) { return [.send(.refused(.peerDisagrees))] }
        handover = .swap(epoch: epoch, start: start, believedPaired: believedPaired)
        var effects: [GroupEffect] = []
        settleHandover(&effects)
        return effects
    }

    /// Whether the secondary takes a pair for equal that this primary has suspended: it has not heard of that yet, and what
    /// was written here since must not be overwritten by an operator who knows nothing of it.
    private func isDeceived(_ believedPaired: [LDEVNumber]) -> Bool {
        record.role == .primary
            && believedPaired.contains { ldev in
                index(of: ldev).map { record.pairs[$0].status != .paired } ?? true
            }
    }

    /// The secondary takes over: drain and suspend.
    private mutating func askedToSuspend() -> [GroupEffect] {
        guard record.role == .primary else { return [.send(.refused(.notPrimary))] }
        guard handover == nil else { return [.send(.refused(.busy))] }
        handover = .takeOver
        var effects: [GroupEffect] = []
        settleHandover(&effects)
        return effects
    }

    private mutating func toldOfDeletion(_ ldevs: [LDEVNumber]) -> [GroupEffect] {
        let indices = ldevs.compactMap { index(of: $0) }
        var effects: [GroupEffect] = []
        switch record.role {
        case .secondary:
            remove(indices, &effects)
            effects.append(.send(.done))
            if record.isGone { failOperation(.notPaired, &effects) }
        case .primary:
            // Deleted at the secondary alone: the primary suspends and cannot be resynchronised any more.
            suspendAll(.byOperator, &effects)
            effects += settle()
        }
        return effects
    }

    mutating func settleHandover(_ effects: inout [GroupEffect]) {
        guard let current = handover, activeWrites == 0 else { return }
        switch current {
        case .swap(let epoch, let start, let believedPaired):
            // A frame that was given up while its bytes were still being read must be gone as well: the next stream
            // would take its slot for one of its own.
            guard record.role == .secondary || (unacknowledged == 0 && releaseNext == memory.nextSequence) else {
                return
            }
            handover = nil
            // A fault may have suspended a pair while its last writes went over.
            if isDeceived(believedPaired) {
                effects += [.send(.refused(.peerDisagrees)), .wakeWriters]
                return
            }
            becomeTarget(livePairs, epoch: epoch, start: max(start, memory.nextSequence), &effects)
        case .takeOver:
            guard unacknowledged == 0 else { return }
            handover = nil
            for index in livePairs where record.pairs[index].status.isReplicating {
                setStatus(.suspended(.byOperator), of: index, &effects)
                record.pairs[index].isSecondaryHostWritable = true
            }
            effects += [.persist, .send(.ready(start: memory.nextSequence)), .wakeWriters]
        case .yield(let pairs, let epoch, let start, let mode):
            handover = nil
            record.mode = mode
            becomeTarget(pairs, epoch: epoch, start: start, &effects)
        }
    }

    /// From here on this side is the secondary that a copy is made to.
    private mutating func becomeTarget(
        _ pairs: [Int], epoch: Epoch, start: SequenceNumber, _ effects: inout [GroupEffect]
    ) {
        if record.role == .primary {
            record.role = .secondary
            effects.append(.note(.roleIsNow(.secondary)))
        }
        if epoch != record.epoch {
            record.epoch = epoch
            restartArrival(at: start)
            forgetJoins()
        }
        record.isHeld = false
        for index in pairs {
            setStatus(.copying, of: index, &effects)
            record.pairs[index].isUsable = false
            record.pairs[index].isUnconfirmed = false
            record.pairs[index].isSecondaryHostWritable = false
            record.pairs[index].isPrimaryWriteProtected = false
            record.pairs[index].isFenced = false
        }
        effects.append(.persist)
        for index in pairs { sendMarks(of: index, &effects) }
        effects += [.send(.ready(start: start)), .wakeWriters]
    }

    private func sendMarks(of index: Int, _ effects: inout [GroupEffect]) {
        let wordsPerMessage = 8192
        var word = 0
        while word < marks[index].wordCount {
            if marks[index].word(at: word) == 0 {
                word += 1
                continue
            }
            var words: [UInt64] = []
            let first = word
            while word < marks[index].wordCount, words.count < wordsPerMessage, marks[index].word(at: word) != 0 {
                words.append(marks[index].word(at: word))
                word += 1
            }
            effects.append(.send(.marks(record.pairs[index].remote, firstWord: UInt32(first), words: words)))
        }
    }

    // MARK: Answers of the other side

    private mutating func merge(_ ldev: LDEVNumber, _ firstWord: Int, _ words: [UInt64]) -> [GroupEffect] {
        guard let index = index(of: ldev), operation != nil, firstWord + words.count <= marks[index].wordCount else {
            return [.dropLink]
        }
        for (offset, bits) in words.enumerated() { marks[index].merge(bits, at: firstWord + offset) }
        return []
    }

    private mutating func peerIsReady(_ start: SequenceNumber) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        switch operation {
        case .resynchronising(let token, _, let epoch, _, _) where epoch == record.epoch && !isReplicating:
            // The copy was to join a stream that has been given up meanwhile; the secondary was told so after this.
            operation = nil
            effects.append(.finished(token, .wrongStatus))
        case .resynchronising(let token, let pairs, let epoch, let fence, let pace):
            operation = nil
            if let fence { record.mode = .synchronous(fence) }
            record.epoch = epoch
            startCopying(pairs, pace, &effects)
            effects += [.persist, .finished(token, nil), .copy]
        case .swapping(let token, let epoch, let pace):
            // Host writes that a takeover let in are all marked; those still on their way to the disk are too.
            operation = nil
            record.role = .primary
            record.epoch = epoch
            restartStream(at: start)
            forgetJoins()
            startCopying(livePairs, pace, &effects)
            effects += [.note(.roleIsNow(.primary)), .persist]
            effects.append(token.map { .finished($0, nil) } ?? .send(.done))
            effects.append(.copy)
        case .takingOver:
            becomeTakenOver(&effects)
        case nil, .creating, .splitting, .drainingBeforeCopy, .requestingSwap, .deleting, .joining, .withdrawing,
            .swappingOnceRestored, .takingOverOnceRestored, .deletingOnceRestored:
            return [.note(.peerDisagrees), .dropLink]
        }
        effects += settle()
        return effects
    }

    private mutating func startCopying(_ pairs: [Int], _ pace: UInt8?, _ effects: inout [GroupEffect]) {
        record.isHeld = false
        for index in pairs {
            setStatus(.copying, of: index, &effects)
            record.pairs[index].isFenced = false
            record.pairs[index].isPrimaryWriteProtected = false
            record.pairs[index].isSecondaryHostWritable = false
            record.pairs[index].isUsable = true
            if let pace { record.pairs[index].copyPace = pace }
            completion[index] = nil
            copyCursor[index] = 0
        }
    }

    /// The stream begins anew at `start`; nothing is under way.
    private mutating func restartStream(at start: SequenceNumber) {
        memory.nextSequence = start
        memory.acknowledged = SequenceNumber(start.value - 1)
        sendNext = start
        releaseNext = start
        slots = Array(repeating: SlotState(), count: memory.slotCount)
        sideFile = SideFile(limits: sideFile.limits)
        copyBytesUnderWay = 0
    }

    private mutating func peerIsDone() -> [GroupEffect] {
        var effects: [GroupEffect] = []
        switch operation {
        case .creating(let token):
            operation = nil
            effects += [.persist, .finished(token, nil), .copy]
            effects += settle()
        case .requestingSwap(let token):
            operation = nil
            effects.append(.finished(token, nil))
        case .deleting(let token, let pairs):
            operation = nil
            remove(pairs, &effects)
            effects.append(.finished(token, nil))
            // A stream that ended with it may be what the other side's takeover waits for.
            effects += settle()
        case .joining(let token, let pairs):
            effects += peerTookIn(token, pairs)
            effects += settle()
        case .withdrawing(let token, let refusal):
            operation = nil
            effects.append(.finished(token, refusal))
        case nil, .splitting, .drainingBeforeCopy, .resynchronising, .swapping, .takingOver, .swappingOnceRestored,
            .takingOverOnceRestored, .deletingOnceRestored:
            // The answer to something that was given up meanwhile.
            break
        }
        return effects
    }

    private mutating func peerRefused(_ refusal: Refusal) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        switch operation {
        case .creating(let token), .requestingSwap(let token), .deleting(let token, _),
            .resynchronising(let token, _, _, _, _), .joining(let token, _):
            operation = nil
            effects.append(.finished(token, refusal))
        case .withdrawing(let token, let refusal):
            operation = nil
            effects.append(.finished(token, refusal))
        case .drainingBeforeCopy:
            break
        case .swapping(let token, _, _):
            operation = nil
            effects.append(token.map { .finished($0, refusal) } ?? .send(.refused(refusal)))
        case .takingOver:
            // Nobody else is primary, or it is busy: what is here is what there is.
            becomeTakenOver(&effects)
        case nil, .splitting, .swappingOnceRestored, .takingOverOnceRestored, .deletingOnceRestored:
            effects.append(.note(.peerDisagrees))
        }
        return effects
    }

    private mutating func peerSuspended(_ cause: SuspendCause) -> [GroupEffect] {
        guard record.role == .secondary else { return [.note(.peerDisagrees)] }
        var effects: [GroupEffect] = []
        // A copy that ended like this leaves the secondary unusable, whatever its state is called.
        for index in livePairs where record.pairs[index].status.isReplicating {
            setStatus(.suspended(cause), of: index, &effects)
        }
        effects.append(.persist)
        return effects
    }

    private mutating func peerHasNoGroup() -> [GroupEffect] {
        var effects: [GroupEffect] = []
        switch record.role {
        case .primary:
            suspendAll(.byOperator, &effects)
        case .secondary:
            for index in livePairs where record.pairs[index].status == .paired {
                setStatus(.suspended(.byFault), of: index, &effects)
            }
            effects.append(.persist)
        }
        failOperation(.peerDisagrees, &effects)
        return effects
    }

    /// Ends whatever was asked of the other side.
    mutating func failOperation(_ refusal: Refusal, _ effects: inout [GroupEffect]) {
        switch operation {
        case nil: break
        case .creating(let token), .requestingSwap(let token), .resynchronising(let token, _, _, _, _),
            .drainingBeforeCopy(let token, _, _, _), .joining(let token, _), .withdrawing(let token, _):
            operation = nil
            effects.append(.finished(token, refusal))
        case .swapping(let token, _, _), .swappingOnceRestored(let token, _):
            operation = nil
            if let token { effects.append(.finished(token, refusal)) }
        case .splitting(let token, _):
            operation = nil
            effects.append(.finished(token, nil))
        case .deleting(let token, let pairs):
            operation = nil
            remove(pairs, &effects)
            effects.append(.finished(token, nil))
        case .takingOver(let token) where record.isGone, .takingOverOnceRestored(let token) where record.isGone,
            .deletingOnceRestored(let token, _) where record.isGone:
            operation = nil
            effects.append(.finished(token, refusal))
        case .takingOver:
            becomeTakenOver(&effects)
        case .takingOverOnceRestored, .deletingOnceRestored:
            // Nothing more is asked of the other side.
            break
        }
    }
}
