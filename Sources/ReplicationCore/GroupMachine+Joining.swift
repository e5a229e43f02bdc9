// Pairs that join a group whose stream is running. The other pairs of the group notice nothing: no epoch begins, and what
// the new pairs need travels in the one order.
//
//   primary                                    secondary
//   holds the hosts of the new volumes  ──join──►  notes the pairs, unconfirmed
//   notes the pairs                     ◄──done──
//   lets the hosts go on, copies into the stream
//
// What keeps the rules:
// -   the primary's record decides. If it is killed, or the link fails, before it has noted the pairs, its next greeting does
//     not name them, and the secondary gives up what is unconfirmed;
// -   frames of an earlier pair of the same volumes may still be on their way: what has a lower number than the order to
//     join is not about the new one (`PairRecord.since`), at a secondary with a journal also if it is restored later;
// -   a join into a stream that was given up meanwhile is taken back at the secondary before it is refused (I7).
// Places for the pairs must be there before: a place without a pair is a deleted one, and means nothing to anybody.

extension GroupMachine {
    /// Adds places for pairs that are to join: of no pair yet, each with a bitmap of its own. Store the record before.
    package mutating func addPlaces(_ places: [(pair: PairRecord, bitmap: TrackBitmap)]) {
        for (pair, bitmap) in places {
            record.addPlace(pair)
            memory.add(bitmap)
            marks.append(bitmap)
            completion.append(nil)
            isMissingAtPeer.append(false)
            suspension.append(.none)
            copyCursor.append(0)
        }
    }

    /// What stands against making places now in this side's half, which must have the role `role`.
    package func refusalToGrow(as role: Role) -> Refusal? {
        guard record.role == role else { return role == .primary ? .notPrimary : .peerDisagrees }
        guard operation == nil, handover == nil else { return .busy }
        guard isWhollyReplicating else { return .wrongStatus }
        // The secondary is asked over the link: without it no place is made either.
        return isLinkOpen ? nil : .linkDown
    }

    // MARK: Primary

    /// Takes `pairs` into the running stream, in places that are there. Ends when both sides have noted them; until then
    /// nobody may write to their volumes, which belong to the group from `joined` on.
    /// - Parameter pairs: as they are to be; `copying`, or `paired` if the copies are said to be equal.
    /// - Source: RAID Manager reference, sections 2.2 and 5.5 (the group keeps its timers).
    package mutating func join(_ token: CommandToken, _ pairs: [PairRecord]) -> [GroupEffect] {
        if let refusal = refusalToGrow(as: .primary) ?? refusal(toJoin: pairs) { return [.finished(token, refusal)] }
        operation = .joining(token, pairs: pairs)
        let order = PeerJoin(
            members: pairs.map { pair in
                PeerCreation.Member(ldev: pair.remote, remote: pair.local, byteCount: pair.layout.volumeBytes)
            },
            mode: record.mode, copiesData: pairs.contains { $0.status == .copying },
            trackBytes: pairs[0].layout.trackBytes, epoch: record.epoch, start: memory.nextSequence,
            copyPace: pairs[0].copyPace)
        return [.send(.join(order))]
    }

    /// What stands against new pairs on either side.
    private func refusal(toJoin pairs: [PairRecord]) -> Refusal? {
        if pairs.contains(where: { index(of: $0.local) != nil }) { return .alreadyPaired }
        return pairs.isEmpty || pairs.contains { record.freePlace(for: $0) == nil } ? .noGroupLeft : nil
    }

    /// A stream that has stopped is not to begin anew with a part of its group.
    private var isWhollyReplicating: Bool {
        !record.isGone && livePairs.allSatisfy { record.pairs[$0].status.isReplicating }
    }

    /// The secondary has noted the pairs.
    mutating func peerTookIn(_ token: CommandToken, _ pairs: [PairRecord]) -> [GroupEffect] {
        operation = nil
        guard isWhollyReplicating, handover == nil else {
            // The stream was given up, or a pair of it was suspended.
            operation = .withdrawing(token, .wrongStatus)
            return [.send(.delete(pairs.map(\.remote)))]
        }
        let places = settle(pairs)
        for index in places where record.pairs[index].status == .copying { marks[index].markAll() }
        var effects: [GroupEffect] = [.persist, .joined(places)]
        let equal = pairs.filter { $0.status == .paired }.map(\.remote)
        // Tells the secondary that the pairs are noted; those that are copied tell it at the end of their copy.
        if !equal.isEmpty { _ = issue(.copyComplete(equal), &effects) }
        effects += [.finished(token, nil), .wakeWriters, .copy]
        return effects
    }

    /// Gives each pair its place; nothing is marked there.
    private mutating func settle(_ pairs: [PairRecord]) -> [Int] {
        pairs.map { pair in
            guard let index = record.freePlace(for: pair) else {
                preconditionFailure("the places of a join are there from its beginning to its end")
            }
            marks[index].clearAll()
            record.pairs[index] = pair
            completion[index] = nil
            isMissingAtPeer[index] = false
            suspension[index] = .none
            copyCursor[index] = 0
            return index
        }
    }

    // MARK: Secondary

    /// The primary takes further pairs into the stream.
    mutating func askedToTakeIn(_ order: PeerJoin) -> [GroupEffect] {
        guard TrackLayout.isValid(trackBytes: order.trackBytes), order.members.allSatisfy({ $0.byteCount > 0 }) else {
            return [.send(.refused(.notUnderstood))]
        }
        let pairs = order.pairs
        guard order.epoch == record.epoch else { return [.send(.refused(.peerDisagrees))] }
        guard order.mode == record.mode else { return [.send(.refused(.groupDiffers))] }
        if let refusal = refusalToGrow(as: .secondary) ?? refusal(toJoin: pairs) { return [.send(.refused(refusal))] }
        let places = settle(pairs)
        return [.persist, .joined(places), .send(.done)]
    }

    /// The primary has named its pairs: those that it does not know after all are gone, the others are confirmed. One that
    /// was taken over meanwhile is its operator's.
    mutating func settleUnconfirmed(_ peer: PeerGreeting, _ effects: inout [GroupEffect]) {
        let unconfirmed = livePairs.filter { record.pairs[$0].isUnconfirmed }
        guard !unconfirmed.isEmpty else { return }
        let unknown = unconfirmed.filter { index in
            let pair = record.pairs[index]
            return pair.status != .takenOver
                && !peer.pairs.contains { $0.local == pair.remote && $0.remote == pair.local }
        }
        for index in unconfirmed { record.pairs[index].isUnconfirmed = false }
        if unknown.isEmpty { effects.append(.persist) } else { remove(unknown, &effects) }
        if record.isGone { failOperation(.notPaired, &effects) }
    }

    // MARK: Both

    /// The pair that a stream frame is about, if it is to be written: it takes what comes, and was there when the frame was
    /// made. // hot
    func target(of header: FrameHeader) -> Int? {
        guard let index = index(of: header.ldev), record.pairs[index].status.isReplicating,
            header.sequence >= record.pairs[index].since
        else { return nil }
        return index
    }

    /// The pairs that a change of state with this number is about.
    func targets(_ ldevs: [LDEVNumber], of sequence: SequenceNumber) -> [Int] {
        ldevs.compactMap { index(of: $0) }.filter { sequence >= record.pairs[$0].since }
    }

    /// From here on every number is about whatever pairs there are.
    package mutating func forgetJoins() {
        for index in record.pairs.indices {
            record.pairs[index].since = .none
            record.pairs[index].isUnconfirmed = false
        }
    }
}
