// The verdict on a copy: what the ledger of the array whose hosts wrote says, held against the bytes of the copy. Works
// on a running bench and on what dead arrays left; asks nobody and changes nothing.

internal import Evidence
internal import Foundation
internal import Platform
internal import ReplicationCore
internal import VolumeStore

extension Bench {
    /// Judges the copies of a group, or of all groups.
    /// - Parameters:
    ///   - copy: the array whose copy is judged; nil: the one that is (or was) the secondary.
    ///   - namesFiles: whether lost ranges are looked up in the file system on the volume, which takes time.
    /// - Returns: one report for each group; more if a group's pairs point in different directions.
    /// - Throws: if there is no such group or array.
    package func verdict(
        group name: String? = nil, copy: String? = nil, namesFiles: Bool = true
    ) async throws(BenchFailure) -> [VerdictReport] {
        if let copy { _ = try arrayDescription(copy) }
        var reports: [VerdictReport] = []
        for group in try groups(named: name) {
            let sides = try sides(of: group)
            var directions: [String] = []
            for pair in sides {
                let array = copy ?? pair.copyArray ?? pair.other.array
                if !directions.contains(array) { directions.append(array) }
            }
            for array in directions {
                let pairs = sides.filter { (copy ?? $0.copyArray ?? $0.other.array) == array }
                guard let history = pairs.first?.opposite(of: array)?.array else {
                    throw BenchFailure(
                        "group \(group.name) has no volume in array '\(array)'",
                        remedy: "its arrays: \(sides[0].one.array), \(sides[0].other.array)", kind: .usage)
                }
                var judgement = VerdictCase(self, group.name, pairs, copy: array, history: history)
                var report = judgement.judge()
                if namesFiles { await nameFiles(in: &report) }
                reports.append(report)
            }
        }
        return reports
    }

    /// The groups that have one of these volumes in `array`.
    func groups(with ldevs: [LDEVNumber], in array: String) -> [String] {
        description.groups.filter { group in
            if description.isLocal(group) { return false }
            let first = description.host(named: group.hosts.0)?.array == array
            return group.pairs.contains { ldevs.contains(first ? $0.ldevs.0 : $0.ldevs.1) }
        }.map(\.name)
    }
}
