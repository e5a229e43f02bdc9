// The states of remote pairs, one or two of them, as hosts, operators and faults bring them about.

import Bench
import CommandDevice
import RaidManager
import ReplicationCore

extension MatrixWorld {
    func reach(_ state: CellState, _ mode: ReplicationMode) throws {
        if kind.temper == .slow { try shape(east, ImpairmentRequest(bytesPerSecond: 4 << 20)) }
        let pairs = kind.pairings
        switch state {
        case .simplex: break
        case .copy: try create(pairs, mode, copiesData: true)
        case .restoring: preconditionFailure("remote copies do not run backwards")
        case .pair, .split, .splitWritable, .failed, .takenOver, .aboveHighWater, .overflowed, .pairs, .pairAndSplit,
            .pairAndFailed, .splitAndFailed, .pairAndTakenOver:
            try create(pairs, mode)
            try leavePair(state, pairs, mode)
        case .pairAndSimplex: try create([pairs[0]], mode)
        case .copyAndPair:
            try create([pairs[1]], mode)
            try create([pairs[0]], mode, copiesData: true)
        case .crossed:
            try create([pairs[0]], mode)
            try create([pairs[1]], mode, at: west, with: east)
        }
    }

    private func leavePair(_ state: CellState, _ pairs: [VolumePairing], _ mode: ReplicationMode) throws {
        switch state {
        case .pair, .pairs, .simplex, .copy, .restoring, .pairAndSimplex, .copyAndPair, .crossed: break
        case .split: try east.must(.split([pairs[0].local], .secondaryReadOnly))
        case .splitWritable: try east.must(.split([pairs[0].local], .secondaryWritable))
        case .failed: try fail(pairs[0], mode)
        case .takenOver: try west.must(.takeOver([pairs[0].remote], timeoutSeconds: nil))
        case .aboveHighWater:
            try fill(pairs[0], blocks: kind.hasJournals ? 110 : 28) { $0.pair?.isAboveHighWater == true }
        case .overflowed:
            try fill(pairs[0], blocks: kind.hasJournals ? 288 : 72) { $0.pair?.status == .suspended(.sideFileFull) }
            try release()
            try west.awaitStatus(.suspended(.sideFileFull), of: [pairs[0].remote])
        case .pairAndSplit: try east.must(.split([pairs[1].local], .secondaryReadOnly))
        case .pairAndFailed: try fail(pairs[1], mode)
        case .splitAndFailed:
            try east.must(.split([pairs[0].local], .secondaryReadOnly))
            try fail(pairs[1], mode)
        case .pairAndTakenOver: try west.must(.takeOver([pairs[1].remote], timeoutSeconds: nil))
        }
    }

    private func create(
        _ pairs: [VolumePairing], _ mode: ReplicationMode, copiesData: Bool = false, at near: MatrixArray? = nil,
        with far: MatrixArray? = nil
    ) throws {
        let (near, far) = (near ?? east, far ?? west)
        let order = CreationOrder(
            pairings: pairs, remoteSerial: far.serial, mode: mode,
            grouping: mode == .asynchronous ? .consistencyGroup(nil) : .separate, copyPace: 15, copiesData: copiesData,
            journals: kind.hasJournals ? JournalNumbers(local: 0, remote: 0) : nil)
        try near.mustSoon(.create(order))
        let status = copiesData ? PairStatus.copying : .paired
        try near.awaitStatus(status, of: pairs.map(\.local))
        try far.awaitStatus(status, of: pairs.map(\.remote))
    }

    /// The link is cut, the primary's host writes, and both sides learn of it once the link is back. A synchronous pair of
    /// which nobody writes does not learn of anything.
    private func fail(_ pair: VolumePairing, _ mode: ReplicationMode) throws {
        for array in [east, west] { try shape(array, ImpairmentRequest(passage: .cut)) }
        try awaitLink("cut")
        if mode == .asynchronous { try east.awaitStatus(.suspended(.byFault), of: [pair.local]) }
        east.write(blocks: 1, to: pair.local)
        try east.awaitStatus(.suspended(.byFault), of: [pair.local])
        for array in [east, west] { try shape(array, ImpairmentRequest(passage: .open)) }
        try awaitLink("up")
        try west.awaitStatus(.suspended(.byFault), of: [pair.remote])
    }

    /// Nothing that is sent arrives, and hosts write on.
    private func fill(_ pair: VolumePairing, blocks: Int, until reached: (VolumeSnapshot) -> Bool) throws {
        try hold()
        east.write(blocks: blocks, to: pair.local)
        try eventually("the room for what waits is used up") { reached(try east.volume(pair.local)) }
    }
}
