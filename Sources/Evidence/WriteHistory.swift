// The acknowledged history of some volumes, taken from the ledger of the array that their hosts wrote to: every write
// in the order of its admission, cut into pieces that can be looked for in a copy.

package import ReplicationCore

/// One volume whose copy is judged.
package struct JudgedVolume: Hashable, Sendable {
    /// In the array whose hosts wrote.
    package var source: LDEVNumber
    /// In the array whose copy is judged.
    package var copy: LDEVNumber
    package var byteCount: UInt64
    /// Volumes of one lane are kept in one order by the arrays.
    package var lane: Int
    package init(source: LDEVNumber, copy: LDEVNumber, byteCount: UInt64, lane: Int) {
        self.source = source
        self.copy = copy
        self.byteCount = byteCount
        self.lane = lane
    }
}

/// A write or discard of a host, or of the other array while this one was the secondary.
package struct HistoricWrite: Hashable, Sendable {
    package var ordinal: UInt64
    /// Place of its volume in the history's list.
    package var volume: Int
    package var extent: ByteExtent
    package var isDiscard: Bool
    /// Nil: its content is not in this ledger (it came from the other array).
    package var state: LedgerState?
    package var sequence: SequenceNumber
    package var begun: UInt64
    /// When the host was answered, as far as it is noted; wall clock, nanoseconds.
    package var answered: UInt64?
    /// Its number in its lane, from 0.
    package var position: Int

    /// The array said, or was about to say, that it is done: it must be on every copy that holds a later one.
    package var isCertain: Bool { state == nil || state == .acknowledged || state == .answering }
    package var isAcknowledged: Bool { state == .acknowledged }
}

/// The part of a write that lies in one block of 4,096 bytes.
struct Piece: Sendable {
    /// Volume in the upper 16 bits, number of the block below.
    var block: UInt64
    var write: UInt32
    /// Bytes within the block.
    var first: UInt16
    var count: UInt16
    /// Nil: unknown content.
    var checksum: UInt32?

    var range: Range<Int> { Int(first)..<Int(first) + Int(count) }
    var isWhole: Bool { count == UInt16(LedgerLayout.pieceBytes) }
}

/// All writes to some volumes that a ledger remembers.
package struct WriteHistory: Sendable {
    package let volumes: [JudgedVolume]
    /// In the order of admission.
    package private(set) var writes: [HistoricWrite] = []
    /// In the order of blocks, and within a block in that of admission.
    private(set) var pieces: [Piece] = []
    /// Discards too long to be cut into pieces; only blocks that other writes touch are judged under them.
    private(set) var wideDiscards: [Int] = []
    /// Host writes in each lane.
    package private(set) var laneCounts: [Int]

    /// Blocks up to which a discard is cut into pieces.
    static let widestDiscard = 4096

    package init(_ image: LedgerImage, volumes: [JudgedVolume]) {
        self.volumes = volumes
        laneCounts = Array(repeating: 0, count: (volumes.map(\.lane).max() ?? -1) + 1)
        let beginnings = volumes.map { volume in
            image.records.last { $0.entry.kind == .overwritten && $0.entry.ldev == volume.source }?.ordinal ?? 0
        }
        for record in image.records { add(record, image, beginnings) }
        pieces.sort { ($0.block, $0.write) < ($1.block, $1.write) }
    }

    private mutating func add(_ record: LedgerRecord, _ image: LedgerImage, _ beginnings: [UInt64]) {
        let isHosts: Bool
        switch record.entry.kind {
        case .write, .discard: isHosts = true
        case .applied, .appliedDiscard, .appliedCopy: isHosts = false
        case .flush, .state, .start, .overwritten, .continuation: return
        }
        guard let volume = volumes.firstIndex(where: { $0.source == record.entry.ldev }),
            record.ordinal >= beginnings[volume]
        else { return }
        let lane = volumes[volume].lane
        let extent = record.entry.extent
        let isDiscard = record.entry.kind == .discard || record.entry.kind == .appliedDiscard
        let index = writes.count
        writes.append(
            HistoricWrite(
                ordinal: record.ordinal, volume: volume, extent: extent, isDiscard: isDiscard,
                state: isHosts ? record.state ?? .begun : nil, sequence: record.entry.sequence,
                begun: record.entry.begun, answered: record.time(of: .answered), position: laneCounts[lane]))
        laneCounts[lane] += 1
        guard extent.count > 0, extent.end <= volumes[volume].byteCount else { return }
        if isDiscard, LedgerLayout.pieceCount(of: extent) > Self.widestDiscard {
            wideDiscards.append(index)
        } else {
            cut(extent, volume, index, isDiscard: isDiscard) { piece in
                if !isHosts, !isDiscard { return nil }
                return piece == 0 ? record.entry.checksum : image.checksums[record.more.lowerBound + piece - 1]
            }
        }
    }

    private mutating func cut(
        _ extent: ByteExtent, _ volume: Int, _ write: Int, isDiscard: Bool, _ checksum: (Int) -> UInt32?
    ) {
        var at = extent.offset
        var number = 0
        while at < extent.end {
            let first = at % LedgerLayout.pieceBytes
            let count = min(LedgerLayout.pieceBytes - first, extent.end - at)
            pieces.append(
                Piece(
                    block: Self.block(volume, at), write: UInt32(write), first: UInt16(first), count: UInt16(count),
                    checksum: isDiscard ? Zeros.checksum(Int(count)) : checksum(number)))
            at += count
            number += 1
        }
    }

    static func block(_ volume: Int, _ offset: UInt64) -> UInt64 {
        UInt64(volume) << 48 | offset / LedgerLayout.pieceBytes
    }
}

/// The checksums of zeros.
enum Zeros {
    static func checksum(_ count: Int) -> UInt32 { sums[count] }
    private static let sums: [UInt32] = {
        var sums: [UInt32] = [0]
        sums.reserveCapacity(Int(LedgerLayout.pieceBytes) + 1)
        var state: UInt32 = ~0
        for _ in 0..<LedgerLayout.pieceBytes {
            state = Checksum.step(state, 0)
            sums.append(~state)
        }
        return sums
    }()
}

extension WriteHistory {
    /// The blocks that were written last, at most `limit`, in the order of volumes and offsets.
    package func newestBlocks(_ limit: Int) -> [(volume: Int, offset: UInt64)] {
        var newest: [(block: UInt64, write: UInt32)] = []
        for piece in pieces {
            if newest.last?.block == piece.block {
                newest[newest.count - 1].write = piece.write
            } else {
                newest.append((piece.block, piece.write))
            }
        }
        if newest.count > limit {
            newest.sort { $0.write > $1.write }
            newest.removeLast(newest.count - limit)
            newest.sort { $0.block < $1.block }
        }
        return newest.map { (Int($0.block >> 48), ($0.block & 0xFFFF_FFFF_FFFF) * LedgerLayout.pieceBytes) }
    }
}
