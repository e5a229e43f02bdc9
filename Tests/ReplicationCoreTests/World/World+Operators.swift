// What operators ask of the two arrays.

internal import ReplicationCore

enum Command: Hashable, Sendable {
    case create(copiesData: Bool)
    case split(pairs: [Int], secondaryWritable: Bool, protectsPrimary: Bool)
    case resynchronise(pairs: [Int], fence: FencePolicy?)
    case swap, takeOver, rollBack
    case lowerFence(pairs: [Int])
    case delete(pairs: [Int], localOnly: Bool)
}

extension World {
    /// Asks `command` of `side`. Returns the number of the request; `tokens` has its end.
    @discardableResult
    mutating func ask(_ side: Side, _ command: Command) -> Int {
        let number = tokens.count
        tokens.append(.open(side))
        let token = CommandToken(UInt64(number))
        note("\(side) is asked #\(number): \(command)")
        if case .create(let copiesData) = command {
            create(token, copiesData: copiesData, at: side)
            return number
        }
        guard let machine = self[side].machine else {
            tokens[number] = .ended(.notPaired)
            return number
        }
        let before = Picture(self[side])
        ledger.asked(number, command, pairs: machine.livePairs)
        var effects: [GroupEffect] = []
        let live = machine.livePairs
        switch command {
        case .create: preconditionFailure("handled above")
        case .split(let pairs, let writable, let protects):
            effects = self[side].machine!.split(
                token, pairs: pairs.filter(live.contains), secondaryWritable: writable, protectsPrimary: protects)
        case .resynchronise(let pairs, let fence):
            effects = self[side].machine!.resynchronise(
                token, pairs: pairs.filter(live.contains), pace: nil, fence: fence)
        case .swap: effects = self[side].machine!.swap(token, pairs: live, pace: nil)
        case .takeOver: effects = self[side].machine!.takeOver(token, pairs: live)
        case .rollBack: effects = self[side].machine!.rollBackTakeover(token, pairs: live)
        case .lowerFence(let pairs):
            effects = self[side].machine!.lowerFence(token, pairs: pairs.filter(live.contains))
        case .delete(let pairs, let localOnly):
            effects = self[side].machine!.delete(token, pairs: pairs.filter(live.contains), localOnly: localOnly)
        }
        checkRefusal(effects, token, before, at: side)
        if effects == [.finished(token, nil)] { ledger.wasIdle(number) }
        perform(effects, at: side)
        return number
    }

    /// I7: a request that is refused at once has changed nothing and asks for nothing.
    private mutating func checkRefusal(
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
            record = site.machine?.record
            memory = site.nvram.contents
            access = site.machine?.record.pairs.indices.map { site.machine!.access(of: $0) } ?? []
            used = site.machine?.sideFile.used
        }
    }

    // MARK: Creation, as the shell does it

    private mutating func create(_ token: CommandToken, copiesData: Bool, at side: Side) {
        guard self[side].machine == nil, self[side].hasLink else {
            finish(token, self[side].machine == nil ? .linkDown : .alreadyPaired)
            return
        }
        makeGroup(at: side, role: .primary, mode: shape.mode, epoch: Epoch(1), copiesData: copiesData)
        let members = shape.volumeBlocks.indices.map { volume in
            PeerCreation.Member(
                ldev: shape.ldev(volume, on: side.other), remote: shape.ldev(volume, on: side),
                byteCount: shape.layout(volume).volumeBytes)
        }
        let order = PeerCreation(
            members: members, mode: shape.mode, consistencyGroup: nil, copiesData: copiesData,
            trackBytes: WorldShape.trackBytes, epoch: Epoch(1), copyPace: shape.copyPace)
        tell(side) { $0.create(token, order) }
    }

    mutating func createSecondary(_ order: PeerCreation, at side: Side) {
        makeGroup(at: side, role: .secondary, mode: order.mode, epoch: order.epoch, copiesData: order.copiesData)
        self[side].stored = self[side].machine!.record
        if !order.copiesData { ledger.assumeEqual(side, self[side].volumes) }
        sendControl(.done, from: side)
    }

    private mutating func makeGroup(
        at side: Side, role: Role, mode: ReplicationMode, epoch: Epoch, copiesData: Bool
    ) {
        let pairs = shape.volumeBlocks.indices.map { volume in
            PairRecord(
                local: shape.ldev(volume, on: side), remote: shape.ldev(volume, on: side.other),
                layout: shape.layout(volume), status: copiesData ? .copying : .paired,
                isUsable: role == .primary || !copiesData, copyPace: shape.copyPace)
        }
        let record = GroupRecord(
            id: World.group, localSerial: World.serial(side), remoteSerial: World.serial(side.other),
            consistencyGroup: nil, role: role, mode: mode, epoch: epoch, slotCount: UInt32(shape.slotCount),
            pairs: pairs)
        finishSimplexWrites(side)
        self[side].nvram.erase()
        self[side].memory = openMemory(side)
        if role == .primary, copiesData {
            for index in pairs.indices {
                var marks = self[side].memory!.bitmap(index)
                marks.markAll()
            }
        }
        self[side].machine = GroupMachine(
            record: record, memory: self[side].memory!, limits: shape.limits, timers: timers, now: now)
        if self[side].hasLink { self[side].machine!.joinOpenLink() }
    }

    /// A shell lets the writes that are under way end before their volume gets a pair.
    private mutating func finishSimplexWrites(_ side: Side) {
        while let index = self[side].writes.firstIndex(where: { write in
            if case .local(_, .simplex) = write.stage { return true }
            return false
        }) { _ = advanceWrite(side, index) }
    }

    func openMemory(_ side: Side) -> GroupMemory {
        let memory = try? unsafe GroupMemory(
            bytes: self[side].nvram.bytes, group: World.group, slotCount: shape.slotCount,
            trackCounts: shape.trackCounts)
        guard let memory else { preconditionFailure("the memory of a group opens again") }
        return memory
    }
}
