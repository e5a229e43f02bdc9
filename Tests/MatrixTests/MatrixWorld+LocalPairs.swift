// The states of local pairs, one or two of them. A copy within an array is fast: to stay in COPY or RCPY its copier stands
// still from before it is given.

import CommandDevice
import RaidManager
import ReplicationCore
import TestSupport

extension MatrixWorld {
    func reachLocal(_ state: CellState) throws {
        let names = kind.pairings.map { LocalName(primary: $0.local, secondary: $0.remote, mirror: 0) }
        switch state {
        case .simplex: break
        case .copy: try beginCopy(names[0])
        case .pair, .split, .failed, .restoring, .pairs, .pairAndSplit, .pairAndFailed, .splitAndFailed:
            try create(names)
            try leavePair(state, names)
        case .pairAndSimplex: try create([names[0]])
        case .copyAndPair:
            try create([names[1]])
            try beginCopy(names[0])
        case .splitWritable, .takenOver, .aboveHighWater, .overflowed, .pairAndTakenOver, .crossed:
            preconditionFailure("local copies have no \(state)")
        }
    }

    private func leavePair(_ state: CellState, _ names: [LocalName]) throws {
        switch state {
        case .pair, .pairs: break
        case .split: try split(names[0])
        case .failed: try east.must(.local(.fail([names[0]])))
        case .restoring:
            try split(names[0])
            east.write(blocks: 1, to: names[0].primary)
            try stopCopier()
            try east.must(.local(.restore([names[0]], copyPace: 15)))
        case .pairAndSplit: try split(names[1])
        case .pairAndFailed: try east.must(.local(.fail([names[1]])))
        case .splitAndFailed:
            try split(names[0])
            try east.must(.local(.fail([names[1]])))
        case .simplex, .copy, .pairAndSimplex, .copyAndPair, .splitWritable, .takenOver, .aboveHighWater, .overflowed,
            .pairAndTakenOver, .crossed:
            preconditionFailure("\(state) does not come after PAIR")
        }
    }

    private func create(_ names: [LocalName]) throws {
        try east.must(.local(.create(LocalCreationOrder(names: names, copyPace: 15))))
        for name in names { try awaitLocal(.paired, of: name) }
    }

    private func beginCopy(_ name: LocalName) throws {
        try stopCopier()
        try east.must(.local(.create(LocalCreationOrder(names: [name], copyPace: 15))))
    }

    private func split(_ name: LocalName) throws {
        try east.must(.local(.split([name])))
        try awaitLocal(.split, of: name)
    }

    private func awaitLocal(_ status: LocalPairStatus, of name: LocalName) throws {
        try eventually("the local pair is \(status)") {
            try east.volume(name.primary).localPairs.map(\.status) == [status]
        }
    }

    private func stopCopier() throws {
        guard let process = east.processIdentifier else { throw TestProblem("array east does not run") }
        copier = try StoppedThread(named: "local copy", of: process)
    }
}
