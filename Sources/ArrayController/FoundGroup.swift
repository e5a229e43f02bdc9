// A group that the state folder knows, as an array finds it when it starts. Every one is looked at before anything is
// changed: what does not fit the array's plan ends the start, and leaves the folder as it was.

internal import LinkTransport
internal import ReplicationCore
internal import VolumeStore

struct FoundGroup: Sendable {
    var store: GroupStore
    var record: GroupRecord

    /// The groups of a folder.
    /// - Throws: a damaged file, or one that names a volume, journal or link that the array does not have.
    static func all(_ plan: ArrayPlan, _ folder: StateFolder) throws(StateFolderProblem) -> [FoundGroup] {
        var found: [FoundGroup] = []
        let sizes = Dictionary(plan.devices.map { ($0.ldev, $0.byteCount) }) { first, _ in first }
        for path in try folder.recordPaths() {
            guard let (store, record) = try GroupStore.open(path, in: folder), !record.isGone else { continue }
            try checkVolumes(of: record, path, sizes, folder)
            try checkSurroundings(of: record, path, plan)
            found.append(FoundGroup(store: store, record: record))
        }
        return found
    }

    private static func checkVolumes(
        of record: GroupRecord, _ path: String, _ sizes: [LDEVNumber: UInt64], _ folder: StateFolder
    ) throws(StateFolderProblem) {
        for pair in record.pairs where !pair.isDeleted {
            let planned = sizes[pair.local]
            guard planned == pair.layout.volumeBytes else {
                throw StateFolderProblem(
                    "\(path) names volume \(pair.local) with \(pair.layout.volumeBytes) bytes, which this array "
                        + "does not have; give the array that volume, or delete the group's files to give the "
                        + "pair up")
            }
            guard folder.volumeBytes(pair.local) == planned else {
                throw StateFolderProblem(
                    "\(folder.volumePath(pair.local)) is missing or has another size, and \(path) names it; put it "
                        + "back, or delete the group's files to give the pair up")
            }
        }
    }

    private static func checkSurroundings(
        of record: GroupRecord, _ path: String, _ plan: ArrayPlan
    ) throws(StateFolderProblem) {
        if let number = record.journals?.local, !plan.journals.contains(where: { $0.number == number }) {
            throw StateFolderProblem(
                "\(path) uses journal \(number), which this array does not have; give the array that journal, or "
                    + "delete the group's files to give the pair up")
        }
        guard plan.links.contains(where: { $0.configuration.remoteSerial == record.remoteSerial }) else {
            throw StateFolderProblem(
                "\(path) is a pair with array \(record.remoteSerial), to which there is no link; configure one")
        }
    }
}
