// Orders for pairs within one array. A local pair is named by both of its volumes and its mirror, whichever side is asked.

internal import CommandDevice
internal import ReplicationCore

extension PairOrder {
    func localOrder(_ volumes: [VolumeView]) throws(HorcmFailure) -> LocalOrder {
        let names = try volumes.localNames()
        switch self {
        case .split: return .split(names)
        case .resynchronise(let pace, _): return .resynchronise(names, copyPace: pace)
        case .restore(let pace): return .restore(names, copyPace: pace)
        case .fail: return .fail(names)
        case .delete: return .delete(names)
        case .takeOver, .rollBack, .swap, .lowerFence:
            throw HorcmFailure(.invalidMode, "Only remote copies have this order.")
        }
    }
}

extension Array where Element == VolumeView {
    /// - Throws: EX_INVVOL if a volume is in no pair of its mirror.
    func localNames() throws(HorcmFailure) -> [LocalName] {
        var names: [LocalName] = []
        for view in self {
            guard let facts = view.facts, let ldev = view.report.ldev else {
                throw HorcmFailure(.invalidVolumeStatus, "Volume \(view.name) is in no pair.")
            }
            let isPrimary = facts.role == .primary
            names.append(
                LocalName(
                    primary: isPrimary ? ldev : facts.partnerLDEV, secondary: isPrimary ? facts.partnerLDEV : ldev,
                    mirror: facts.mirror))
        }
        return names
    }
}
