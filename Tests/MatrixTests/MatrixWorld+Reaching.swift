// From any state a world is in to that of a cell: everything is mended, the pairs are given up, the new state is reached,
// and then the world breaks as the cell says.

import Bench
import CommandDevice
import Platform
import RaidManager
import ReplicationCore

extension MatrixWorld {
    /// - Throws: if the state cannot be reached; the world is of no use then.
    func reach(_ cell: Cell) throws {
        try mend()
        try clear()
        if cell.face == .local { try reachLocal(cell.state) } else { try reach(cell.state, cell.face.fence!.mode) }
        try breakApart(cell)
    }

    private func mend() throws {
        for array in arrays.values where !array.isRunning {
            try array.start()
            try array.awaitAnswer()
        }
        try release()
        for array in arrays.values { try shape(array, ImpairmentRequest(passage: .open, bytesPerSecond: 0)) }
        try awaitLink("up")
        for instance in instances.values { try instance.start() }
    }

    private func clear() throws {
        for array in arrays.values {
            let ldevs = description.array(named: array.name)!.ldevs.map(\.number)
            for ldev in ldevs {
                let volume = try array.volume(ldev)
                if volume.pair != nil { try array.mustSoon(.delete([ldev], localOnly: true)) }
                let locals = volume.localPairs.filter { $0.role == .primary }.map(\.name)
                if !locals.isEmpty { try array.must(.local(.delete(locals))) }
                if try array.guards(ldev).contains(where: { !$0.flags.isEmpty }) {
                    try array.must(.guards(.set([ldev], [], retentionDays: 0)))
                }
            }
        }
    }

    // MARK: Remote pairs

    private func reach(_ state: CellState, _ mode: ReplicationMode) throws {
        if kind == .slow { try shape(east, ImpairmentRequest(bytesPerSecond: 4 << 20)) }
        guard state != .simplex else { return }
        try create(mode, copiesData: state == .copy)
        switch state {
        case .simplex, .copy, .pair: break
        case .split: try east.must(.split([Self.ldev], .secondaryReadOnly))
        case .splitWritable: try east.must(.split([Self.ldev], .secondaryWritable))
        case .failed: try fail(mode)
        case .takenOver: try west.must(.takeOver([Self.ldev], timeoutSeconds: nil))
        case .aboveHighWater: try fillSideFile(blocks: 28) { $0.pair?.isAboveHighWater == true }
        case .overflowed:
            try fillSideFile(blocks: 72) { $0.pair?.status == .suspended(.sideFileFull) }
            try release()
            try west.awaitStatus(.suspended(.sideFileFull))
        }
    }

    private func create(_ mode: ReplicationMode, copiesData: Bool) throws {
        let order = CreationOrder(
            pairings: [VolumePairing(local: Self.ldev, remote: Self.ldev)], remoteSerial: west.serial, mode: mode,
            grouping: mode == .asynchronous ? .consistencyGroup(nil) : .separate, copyPace: 15, copiesData: copiesData)
        try east.mustSoon(.create(order))
        let status = copiesData ? PairStatus.copying : .paired
        try east.awaitStatus(status)
        try west.awaitStatus(status)
    }

    /// The link is cut, the primary's host writes, and both sides learn of it once the link is back.
    private func fail(_ mode: ReplicationMode) throws {
        for array in [east, west] { try shape(array, ImpairmentRequest(passage: .cut)) }
        try awaitLink("cut")
        if mode == .asynchronous { try east.awaitStatus(.suspended(.byFault)) }
        east.write(blocks: 1)
        try east.awaitStatus(.suspended(.byFault))
        for array in [east, west] { try shape(array, ImpairmentRequest(passage: .open)) }
        try awaitLink("up")
        try west.awaitStatus(.suspended(.byFault))
    }

    /// Nothing that is sent arrives, and hosts write on.
    private func fillSideFile(blocks: Int, until reached: (VolumeSnapshot) -> Bool) throws {
        try hold()
        east.write(blocks: blocks)
        try eventually("the side file is full") { reached(try east.volume()) }
    }

    // MARK: Local copies

    private func reachLocal(_ state: CellState) throws {
        guard state != .simplex else { return }
        let name = LocalName(primary: Self.ldev, secondary: Self.localSecondary, mirror: 0)
        try east.must(.local(.create(LocalCreationOrder(names: [name], copyPace: 15))))
        try awaitLocal(.paired)
        switch state {
        case .simplex, .pair, .copy, .splitWritable, .takenOver, .aboveHighWater, .overflowed: break
        case .split:
            try east.must(.local(.split([name])))
            try awaitLocal(.split)
        case .failed: try east.must(.local(.fail([name])))
        }
    }

    private func awaitLocal(_ status: LocalPairStatus) throws {
        try eventually("the local pair is \(status)") { try east.volume().localPairs.map(\.status) == [status] }
    }

    // MARK: The world

    private func breakApart(_ cell: Cell) throws {
        switch cell.world {
        case .alive: break
        case .partnerDead: instances[cell.partner]!.kill()
        case .instanceDead: instances[cell.host]!.kill()
        case .arrayDead:
            arrays[cell.otherArray]!.kill()
            if cell.face != .local { try awaitLink("down") }
        case .linkDown:
            for array in [east, west] { try shape(array, ImpairmentRequest(passage: .cut)) }
            try awaitLink("cut")
        }
        try settle(cell)
    }

    /// Waits until no copy runs that comes to an end, and nothing changes any more.
    func settle(_ cell: Cell) throws {
        var before = View(self)
        var calm = 0
        try eventually("\(cell) is at rest") {
            sleepNanoseconds(1_000_000)
            let now = View(self)
            calm = now == before && (kind == .slow || isHeld || !now.isCopying) ? calm + 1 : 0
            before = now
            return calm >= 3
        }
    }
}
