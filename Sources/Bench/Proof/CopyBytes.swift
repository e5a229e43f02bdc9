// The bytes of a copy while others work on it: blocks kept in memory, and ranges that its own hosts have written.

internal import Evidence
internal import ReplicationCore
internal import VolumeStore

/// Blocks of a copy as they were at one time.
struct HeldBlocks {
    /// Blocks that are kept at most: the newest ones of the history. 512 MiB.
    static let limit = 131_072

    private var blocks: [UInt64: [UInt8]] = [:]

    init(_ history: WriteHistory, _ readers: [VolumeReader], _ progress: ProgressReport) {
        let wanted = history.newestBlocks(Self.limit)
        for (index, block) in wanted.enumerated() {
            let count = min(LedgerLayout.pieceBytes, history.volumes[block.volume].byteCount - block.offset)
            blocks[Self.key(block.volume, block.offset)] = readers[block.volume].bytes(
                at: block.offset, count: Int(count))
            if index & 0xFFF == 0 { progress("reading the copy", Double(index) / Double(wanted.count)) }
        }
    }

    private static func key(_ volume: Int, _ offset: UInt64) -> UInt64 {
        UInt64(volume) << 48 | offset / LedgerLayout.pieceBytes
    }

    func bytes(_ volume: Int, _ offset: UInt64, _ count: Int) -> [UInt8]? { blocks[Self.key(volume, offset)] }
}

/// What the copy's own hosts wrote to it since it was split or taken over: there it is no copy any more.
struct OverwrittenBytes {
    /// For each volume: disjoint extents in the order of their offsets.
    private var extents: [[ByteExtent]]
    /// The ledger does not reach back to where the hosts began.
    private(set) var isUnknown = false

    init(_ reader: StateReader, _ copies: [PairSide], _ volumes: [JudgedVolume], _ array: String) throws {
        extents = volumes.map { _ in [] }
        let isWritable = copies.contains(where: \.isHostWritable)
        guard let image = try? reader.ledger() else {
            isUnknown = isWritable
            return
        }
        for (index, volume) in volumes.enumerated() {
            let own = image.records.filter { $0.entry.ldev == volume.copy }
            let last = own.last { record in
                guard let note = PairStateNote(record.entry) else { return false }
                return note.role == .secondary && note.status.isReplicating
            }
            if last == nil, isWritable, image.hasForgotten { isUnknown = true }
            let written = own.filter {
                ($0.entry.kind == .write || $0.entry.kind == .discard) && $0.ordinal > last?.ordinal ?? 0
            }
            extents[index] = Self.joined(written.map(\.entry.extent))
        }
    }

    static func joined(_ extents: [ByteExtent]) -> [ByteExtent] {
        var joined: [ByteExtent] = []
        for extent in extents.sorted(by: { $0.offset < $1.offset }) where extent.count > 0 {
            if let last = joined.last, extent.offset <= last.end {
                joined[joined.count - 1].count = max(last.end, extent.end) - last.offset
            } else {
                joined.append(extent)
            }
        }
        return joined
    }

    func contains(_ volume: Int, _ extent: ByteExtent) -> Bool {
        var low = 0
        var high = extents[volume].count
        while low < high {
            let middle = (low + high) / 2
            if extents[volume][middle].end <= extent.offset { low = middle + 1 } else { high = middle }
        }
        return low < extents[volume].count && extents[volume][low].overlaps(extent)
    }
}
