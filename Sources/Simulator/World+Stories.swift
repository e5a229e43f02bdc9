// Short cuts for tests that tell a story step by step.

package import ReplicationCore

extension World {
    /// A world whose group is made and equal.
    package static func paired(
        _ mode: ReplicationMode, volumes: [Int] = [24], hasJournals: Bool = false, sabotage: Sabotage? = nil
    ) -> World {
        var shape = WorldShape(mode: mode)
        shape.volumeBlocks = volumes
        shape.groups[0].hasJournals = hasJournals
        var world = World(shape, sabotage: sabotage)
        world.connect()
        world.ask(.a, .create(copiesData: true))
        world.runDry()
        return world
    }

    package func status(_ side: Side, _ volume: Int = 0) -> PairStatus? {
        self[side].machine?.record.pairs[volume].status
    }

    /// A whole write, up to its answer or to where it waits.
    @discardableResult
    package mutating func write(_ side: Side, volume: Int = 0, first: Int, count: Int = 1, fails: Bool = false) -> Int {
        let number = startWrite(side, volume: volume, first: first, count: count, fails: fails)
        while let index = self[side].writes.firstIndex(where: { $0.number == number }) {
            guard advanceWrite(side, index) else { break }
        }
        check()
        return number
    }

    /// Both sides notice that the link is gone.
    package mutating func loseLink() {
        cut()
        for side in Side.allCases { notice(side) }
        check()
    }

    /// `repeated` frames arrive.
    package mutating func deliver(to side: Side, times: Int) {
        for _ in 0..<times { _ = deliver(to: side) }
        check()
    }

    /// The pair whose tracks the copy of `side` holds and has not issued yet.
    package func lockedCopy(_ side: Side) -> Int? {
        if case .locked(let pair, _, _) = self[side].copy { return pair }
        return nil
    }

    package func refusal(_ number: Int) -> Refusal? {
        if case .ended(let refusal) = tokens[number] { return refusal }
        return nil
    }
    package func hasEnded(_ number: Int) -> Bool {
        if case .ended = tokens[number] { return true }
        return false
    }
}
