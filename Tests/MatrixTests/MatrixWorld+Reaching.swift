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
        copier = nil
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

    // MARK: The world

    private func breakApart(_ cell: Cell) throws {
        switch cell.world {
        case .alive: break
        case .partnerDead: instances[cell.partner]!.kill()
        case .instanceDead: instances[cell.host]!.kill()
        case .arrayDead:
            if cell.face == .local { copier = nil }
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
            calm = now == before && (isStill || !now.isCopying) ? calm + 1 : 0
            before = now
            return calm >= 3
        }
    }
}
