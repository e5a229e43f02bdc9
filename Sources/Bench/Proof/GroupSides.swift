// The two sides of a device group as the arrays' NVRAM has them, with or without the arrays running: the common ground
// of verdict and truth.

internal import Foundation
internal import ReplicationCore
internal import VolumeStore

/// One side of one pair.
struct PairSide: Sendable {
    var array: String
    var ldev: LDEVNumber
    /// Nil: the array has no pair there.
    var stored: StoredGroup?
    var index = 0

    var pair: PairRecord? { stored?.record.pairs[index] }
    var role: Role? { stored?.record.role }
    var isSecondary: Bool { role == .secondary }
    /// Whether its own hosts may write to it, as far as its array has noted.
    var isHostWritable: Bool { pair.map { $0.access(as: role ?? .secondary) } != .readOnly }
}

/// A pair of the bench file, seen from both ends.
struct PairSides: Sendable {
    var name: String
    var byteCount: UInt64
    var one: PairSide
    var other: PairSide

    func side(at array: String) -> PairSide? { one.array == array ? one : other.array == array ? other : nil }
    func opposite(of array: String) -> PairSide? { one.array == array ? other : other.array == array ? one : nil }

    /// The array that holds the copy: the secondary's, or the one that took over.
    var copyArray: String? {
        switch (one.role, other.role) {
        case (.secondary?, .secondary?): one.pair?.status == .takenOver ? one.array : other.array
        case (_, .secondary?), (.primary?, nil): other.array
        case (.secondary?, _), (nil, .primary?): one.array
        case (.primary?, .primary?), (nil, nil): nil
        }
    }
}

extension Bench {
    func stateReader(of array: String) -> StateReader { StateReader(path: layout.state(of: array)) }

    /// The named group, or all.
    func groups(named name: String?) throws(BenchFailure) -> [GroupDescription] {
        guard let name else {
            guard !description.groups.isEmpty else {
                throw BenchFailure(
                    "the bench has no device group", remedy: "groups are made in the bench file: docs/bench-file.md")
            }
            return description.groups.filter { !description.isLocal($0) }
        }
        guard let group = description.groups.first(where: { $0.name == name }) else {
            throw BenchFailure(
                "there is no group '\(name)'",
                remedy: FileMapping.advice(for: name, among: description.groups.map(\.name)), kind: .usage)
        }
        guard !description.isLocal(group) else {
            throw BenchFailure(
                "group '\(group.name)' is of copies within one array; only copies between arrays are judged",
                kind: .usage)
        }
        return [group]
    }

    func sides(of group: GroupDescription) throws(BenchFailure) -> [PairSides] {
        let arrays = (
            try hostDescription(group.hosts.0).array, try hostDescription(group.hosts.1).array
        )
        let stored = (stateReader(of: arrays.0).groups().groups, stateReader(of: arrays.1).groups().groups)
        return group.pairs.map { pair in
            let bytes = description.array(named: arrays.0)?.ldev(pair.ldevs.0)?.sizeBytes ?? 0
            return PairSides(
                name: pair.name, byteCount: bytes, one: Self.side(arrays.0, pair.ldevs.0, stored.0),
                other: Self.side(arrays.1, pair.ldevs.1, stored.1))
        }
    }

    private static func side(_ array: String, _ ldev: LDEVNumber, _ groups: [StoredGroup]) -> PairSide {
        for group in groups {
            if let index = group.record.pairs.firstIndex(where: { $0.local == ldev && !$0.isDeleted }) {
                return PairSide(array: array, ldev: ldev, stored: group, index: index)
            }
        }
        return PairSide(array: array, ldev: ldev)
    }
}
