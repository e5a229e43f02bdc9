// Volumes that join a running group, as the shell does it: their hosts are held on the primary from the order to the end,
// and the writes of a secondary's hosts end before the first frame comes.

internal import ReplicationCore

extension World {
    /// Asks the primary to take in those of `pairs` that are in no pair.
    mutating func join(_ token: CommandToken, _ pairs: PairSet, copiesData: Bool, at side: Side) {
        let record = self[side].group[0].record
        let volumes = pairs.indices.filter { $0 < record.pairs.count && record.pairs[$0].isDeleted }
        guard self[side].joining == nil, !volumes.isEmpty else {
            finish(token, .alreadyPaired, at: side)
            return
        }
        let life = self[side].life
        let ranges = sabotage == .joinsUnderWrites ? [] : hold(volumes, at: side)
        guard self[side].life == life else { return }
        guard let ranges, self[side].hasGroup else {
            finish(token, .busy, at: side)
            return
        }
        ledgers[side.group].asked(Int(token.value), .join(pairs: pairs, copiesData: copiesData), pairs: volumes)
        self[side].joining = (token, ranges)
        self[side].isStale = true
        let before = Picture(self[side])
        let new = volumes.map { pair($0, at: side, copiesData ? .copying : .paired, isUsable: true) }
        let effects = self[side].group[0].join(token, new)
        checkRefusal(effects, token, before, at: side)
        perform(effects, at: side)
    }

    /// Waits for the hosts' writes to these volumes, and keeps new ones from beginning; nil if something else holds a range.
    private mutating func hold(_ volumes: [Int], at side: Side) -> [(volume: Int, range: UInt32)]? {
        let life = self[side].life
        while let index = self[side].writes.firstIndex(where: { write in
            switch write.stage {
            case .admission, .local: volumes.contains(write.volume)
            case .range, .asleep, .acknowledgement: false
            }
        }) {
            _ = advanceWrite(side, index)
            guard self[side].life == life, violation == nil else { return nil }
        }
        var held: [(volume: Int, range: UInt32)] = []
        for volume in volumes {
            let blocks = shape(of: side).volumeBlocks[volume]
            guard let range = self[side].ranges[volume].acquire(WorldShape.extent(first: 0, count: blocks)) else {
                for (volume, range) in held { self[side].release(range, of: volume) }
                return nil
            }
            held.append((volume, range))
        }
        return held
    }

    /// The request to join has ended: the hosts of its volumes go on.
    mutating func endJoin(_ token: CommandToken, at side: Side) {
        guard let joining = self[side].joining, joining.token == token else { return }
        self[side].joining = nil
        for (volume, range) in joining.ranges { self[side].release(range, of: volume) }
    }

    /// The secondary `side` is about to take pairs in, if nothing stands against it. An operator who wants no copy has made
    /// the volumes equal, and stopped the hosts of the secondary's.
    mutating func prepare(_ order: PeerJoin, at side: Side) {
        let machine = self[side].group[0]
        let volumes = order.members.map { Int($0.ldev.value & 0xF) }
        guard machine.refusalToGrow(as: .secondary) == nil, machine.record.epoch == order.epoch,
            volumes.allSatisfy({ machine.record.pairs[$0].isDeleted })
        else { return }
        let life = self[side].life
        if !order.copiesData { finishSimplexWrites(side) { volumes.contains($0) } }
        guard self[side].life == life, self[side].hasGroup else { return }
        for volume in volumes {
            ledgers[side.group].joined(side, volume, from: order.start)
            ledgers[side.group].forgetOrder(side, volume, &contents[side.group])
            guard !order.copiesData else { continue }
            contents[side.group].equalise(side, [volume])
            contents[side.group].expect(side, volume, self.volume(side, volume))
        }
    }

    /// The pairs in `places` are new at `side`. The hosts of a secondary end what they were writing.
    mutating func haveJoined(_ places: [Int], at side: Side) {
        self[side].isStale = true
        guard self[side].group[0].role == .secondary else { return }
        let life = self[side].life
        finishSimplexWrites(side) { places.contains($0) }
        guard self[side].life == life, self[side].hasGroup else { return }
        if sabotage == .forgetsWhereAPairJoined { self[side].group[0].forgetJoins() }
    }
}
