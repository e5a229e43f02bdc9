// What operators ask of the arrays.

package import ReplicationCore

package enum Command: Hashable, Sendable {
    case create(copiesData: Bool)
    /// Takes pairs into the group that are in none.
    case join(pairs: PairSet, copiesData: Bool)
    case split(pairs: PairSet, secondaryWritable: Bool, protectsPrimary: Bool)
    case resynchronise(pairs: PairSet, fence: FencePolicy?)
    case swap, takeOver, rollBack
    case lowerFence(pairs: PairSet)
    case delete(pairs: PairSet, localOnly: Bool)
}

extension World {
    /// Asks `command` of `side`. Returns the number of the request; `tokens` has its end.
    @discardableResult
    package mutating func ask(_ side: Side, _ command: Command) -> Int {
        let number = tokens.count
        tokens.append(.open(side))
        let token = CommandToken(UInt64(number))
        note(side, "is asked (request \(number)): \(command.told)")
        if case .create(let copiesData) = command {
            create(token, copiesData: copiesData, at: side)
            return number
        }
        guard self[side].hasGroup else {
            tokens[number] = .ended(.notPaired)
            return number
        }
        if case .join(let pairs, let copiesData) = command {
            join(token, pairs, copiesData: copiesData, at: side)
            return number
        }
        self[side].isStale = true
        let before = Picture(self[side])
        let live = self[side].group[0].record.livePairs
        ledgers[side.group].asked(number, command, pairs: live)
        var effects: [GroupEffect] = []
        switch command {
        case .create, .join: preconditionFailure("handled above")
        case .split(let pairs, let writable, let protects):
            effects = self[side].group[0].split(
                token, pairs: live.filter(pairs.contains), secondaryWritable: writable, protectsPrimary: protects)
        case .resynchronise(let pairs, let fence):
            effects = self[side].group[0].resynchronise(
                token, pairs: live.filter(pairs.contains), pace: nil, fence: fence)
        case .swap: effects = self[side].group[0].swap(token, pairs: live, pace: nil)
        case .takeOver:
            if sabotage == .forgetsTheRestoreJournal { forgetRestoreJournal(side) }
            effects = self[side].group[0].takeOver(token, pairs: live)
        case .rollBack: effects = self[side].group[0].rollBackTakeover(token, pairs: live)
        case .lowerFence(let pairs):
            effects = self[side].group[0].lowerFence(token, pairs: live.filter(pairs.contains))
        case .delete(let pairs, let localOnly):
            effects = self[side].group[0].delete(token, pairs: live.filter(pairs.contains), localOnly: localOnly)
        }
        checkRefusal(effects, token, before, at: side)
        if effects == [.finished(token, nil)] { ledgers[side.group].wasIdle(number) }
        perform(effects, at: side)
        return number
    }

    /// I7: a request that is refused at once has changed nothing and asks for nothing.
    mutating func checkRefusal(
        _ effects: [GroupEffect], _ token: CommandToken, _ before: Picture, at side: Side
    ) {
        let refused = effects.contains { effect in
            if case .finished(token, .some) = effect { return true }
            return false
        }
        guard refused else { return }
        if effects.count != 1 { fail(.i7, "a refusal came with \(effects)") }
        if Picture(self[side]) != before { fail(.i7, "a refused request changed \(side)") }
    }

    /// What a refused request must leave as it is.
    struct Picture: Equatable {
        var record: GroupRecord?
        var memory: [UInt8]
        var access: [HostAccess]
        var used: Int?
        init(_ site: Site) {
            record = site.hasGroup ? site.group[0].record : nil
            memory = site.nvram.contents
            access = record.map { record in record.pairs.map { $0.access(as: record.role) } } ?? []
            used = site.hasGroup ? site.group[0].sideFile.used : nil
        }
    }

    // MARK: Creation, as the shell does it

    private mutating func create(_ token: CommandToken, copiesData: Bool, at side: Side) {
        guard !self[side].hasGroup, self[side].hasLink else {
            finish(token, self[side].hasGroup ? .alreadyPaired : .linkDown, at: side)
            return
        }
        // An operator who wants no copy has made the volumes equal.
        let isHeld = shape(of: side).startsHeld && !copiesData
        if !copiesData { contents[side.group].equalise(side.other, shape(of: side).foundingVolumes) }
        groupsMade += 1
        creations[side.index] = token
        let group = GroupIdentifier(creator: World.serial(DiskArray.a), counter: groupsMade)
        let shape = shape(of: side)
        let life = self[side].life
        makeGroup(
            group, at: side, role: .primary, mode: shape.mode, epoch: Epoch(1), copiesData: copiesData, isHeld: isHeld)
        guard self[side].life == life else { return }
        let members = shape.foundingVolumes.map { volume in
            PeerCreation.Member(
                ldev: WorldShape.ldev(volume, on: side.other), remote: WorldShape.ldev(volume, on: side),
                byteCount: shape.layout(volume).volumeBytes)
        }
        let order = PeerCreation(
            members: members, mode: shape.mode, consistencyGroup: nil, copiesData: copiesData,
            trackBytes: WorldShape.trackBytes, epoch: Epoch(1), copyPace: shape.copyPace,
            journals: shape.hasJournals ? JournalNumbers(local: 0, remote: 0) : nil, startsSuspended: isHeld)
        tell(side) { $0.create(token, order) }
    }

    mutating func createSecondary(_ order: PeerCreation, _ group: GroupIdentifier, at side: Side) {
        creations[side.index] = nil
        let life = self[side].life
        makeGroup(
            group, at: side, role: .secondary, mode: order.mode, epoch: order.epoch, copiesData: order.copiesData,
            isHeld: order.startsSuspended)
        guard self[side].life == life else { return }
        self[side].store()
        if !order.copiesData {
            for volume in shape(of: side).foundingVolumes {
                contents[side.group].expect(side, volume, self.volume(side, volume))
            }
        }
        sendControl(.done, about: group, from: side)
    }

    private mutating func makeGroup(
        _ group: GroupIdentifier, at side: Side, role: Role, mode: ReplicationMode, epoch: Epoch, copiesData: Bool,
        isHeld: Bool
    ) {
        let shape = shape(of: side)
        let status: PairStatus = isHeld ? .suspended(.byOperator) : copiesData ? .copying : .paired
        let pairs = shape.volumeBlocks.indices.map { volume in
            var pair = pair(volume, at: side, status, isUsable: role == .primary || !copiesData)
            guard shape.lateVolumes.contains(volume) else { return pair }
            pair.isDeleted = true
            pair.status = .suspended(.byOperator)
            return pair
        }
        var record = GroupRecord(
            id: group, localSerial: World.serial(self[side].array),
            remoteSerial: World.serial(self[side.other].array),
            consistencyGroup: nil, role: role, mode: mode, epoch: epoch, slotCount: UInt32(shape.slotCount),
            journals: shape.hasJournals ? JournalNumbers(local: 0, remote: 0) : nil, pairs: pairs)
        record.isHeld = isHeld
        let life = self[side].life
        finishSimplexWrites(side) { _ in true }
        guard self[side].life == life else { return }
        self[side].nvram.erase()
        openMemory(side, group)
        keepOnDisk(side)
        if role == .primary, copiesData {
            for index in shape.foundingVolumes {
                var marks = self[side].memory!.bitmap(index)
                marks.markAll()
            }
        }
        self[side].isStale = true
        self[side].group = [
            GroupMachine(
                record: record, memory: self[side].memory!, limits: shape.limits, timers: timers, now: now)
        ]
        if self[side].hasLink { self[side].group[0].joinOpenLink() }
    }

    /// A pair as a side keeps it at its beginning.
    func pair(_ volume: Int, at side: Side, _ status: PairStatus, isUsable: Bool) -> PairRecord {
        let shape = shape(of: side)
        return PairRecord(
            local: WorldShape.ldev(volume, on: side), remote: WorldShape.ldev(volume, on: side.other),
            layout: shape.layout(volume), status: status, isUsable: isUsable, copyPace: shape.copyPace)
    }

    /// A shell lets the writes that are under way end before their volume gets a pair.
    mutating func finishSimplexWrites(_ side: Side, _ isChosen: (Int) -> Bool) {
        while let index = self[side].writes.firstIndex(where: { write in
            if case .local(_, .simplex) = write.stage { return isChosen(write.volume) }
            return false
        }) { _ = advanceWrite(side, index) }
    }

    mutating func openMemory(_ side: Side, _ group: GroupIdentifier) {
        let shape = shape(of: side)
        let memory = try? unsafe GroupMemory(
            bytes: self[side].nvram.bytes, group: group, slotCount: shape.slotCount,
            trackCounts: shape.trackCounts)
        guard let memory else { preconditionFailure("the memory of a group opens again") }
        self[side].memories = [memory]
        self[side].groupIdentifier = group
        self[side].bitmaps = shape.volumeBlocks.indices.map { memory.bitmap($0) }
    }
}
