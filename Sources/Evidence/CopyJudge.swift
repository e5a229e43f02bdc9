// Judges a copy by its bytes against an acknowledged history: what is lost, where each lane was cut, and whether any
// later write is there without an earlier one. Pure: who has the bytes gives them on request.

package import ReplicationCore

/// What a copy turned out to be.
package struct CopyFinding: Sendable {
    /// Writes of which the copy lacks what the hosts were told is done; places in the history, ascending.
    package var lost: [Int] = []
    /// Of the lost ones: writes of which it is not certain that the host was told.
    package var possiblyLost: [Int] = []
    /// For each lane: the numbers of writes with which every block agrees; nil if there is none.
    package var cuts: [ClosedRange<Int>?] = []
    /// A later write that is there, and an earlier one that is not; places in the history.
    package var counterexample: (earlier: Int, later: Int)?
    /// The two are of different lanes.
    package var isAcrossLanes = false
    /// A block that holds what nobody wrote: volume and byte offset.
    package var stranger: (volume: Int, offset: UInt64)?
    /// Writes that failed or were never answered.
    package var uncertain = (present: 0, absent: 0, torn: 0)
    /// Blocks of 4,096 bytes that were looked at, and those that could not be judged.
    package var blocksJudged = 0
    package var blocksSkipped = 0
}

package struct CopyJudge {
    package let history: WriteHistory
    /// CRC-32C of bytes.
    private let checksum: (ArraySlice<UInt8>) -> UInt32

    package init(_ history: WriteHistory, checksum: @escaping (ArraySlice<UInt8>) -> UInt32) {
        self.history = history
        self.checksum = checksum
    }

    /// - Parameters:
    ///   - isMoving: the copy is still being written by the stream.
    ///   - isOverwritten: whether somebody else wrote to these bytes of a copy since (volume, extent).
    ///   - read: the bytes of a block (volume, offset, count), or nil if they cannot be had.
    ///   - progress: called now and then with the part that is done.
    package func judge(
        isMoving: Bool = false, isOverwritten: (Int, ByteExtent) -> Bool = { _, _ in false },
        read: (Int, UInt64, Int) -> [UInt8]?, progress: (Double) -> Void = { _ in }
    ) -> CopyFinding {
        var finding = CopyFinding()
        var constraints = history.laneCounts.map { _ in [CutConstraint]() }
        var presence = Presence()
        let blocks = BlockJudge(history: history, checksum: checksum)
        var at = history.pieces.startIndex
        while at < history.pieces.endIndex {
            var end = at
            while end < history.pieces.endIndex, history.pieces[end].block == history.pieces[at].block { end += 1 }
            let found = look(at..<end, blocks, isOverwritten, read)
            if let found {
                finding.blocksJudged += 1
                if !isFree(found, at) {
                    constraints[lane(at)].append(CutConstraint(block: history.pieces[at].block, cuts: found.cuts))
                }
                presence.note(found, history.pieces[at..<end], history)
            } else {
                finding.blocksSkipped += 1
            }
            if finding.blocksJudged & 0xFFF == 0 { progress(Double(end) / Double(history.pieces.count)) }
            at = end
        }
        finding.uncertain = presence.tally(history)
        conclude(constraints, isMoving, &finding)
        return finding
    }

    private func lane(_ piece: Int) -> Int {
        history.volumes[history.writes[Int(history.pieces[piece].write)].volume].lane
    }

    /// Whether the finding allows every cut.
    private func isFree(_ found: BlockFinding, _ piece: Int) -> Bool {
        found.cuts.contains { $0.lowerBound == 0 && $0.upperBound == history.laneCounts[lane(piece)] }
    }

    private func look(
        _ range: Range<Int>, _ judge: BlockJudge, _ isOverwritten: (Int, ByteExtent) -> Bool,
        _ read: (Int, UInt64, Int) -> [UInt8]?
    ) -> BlockFinding? {
        let block = history.pieces[range.lowerBound].block
        let volume = Int(block >> 48)
        let offset = (block & 0xFFFF_FFFF_FFFF) * LedgerLayout.pieceBytes
        let count = min(LedgerLayout.pieceBytes, history.volumes[volume].byteCount - offset)
        guard let bytes = read(volume, offset, Int(count)),
            !isOverwritten(volume, ByteExtent(offset: offset, count: count))
        else { return nil }
        let wide = widePieces(block, volume, offset, Int(count))
        guard !wide.isEmpty else { return judge.judge(history.pieces[range], bytes) }
        return judge.judge(
            (Array(history.pieces[range]) + wide).sorted { $0.write < $1.write }[...], bytes)
    }

    private func widePieces(_ block: UInt64, _ volume: Int, _ offset: UInt64, _ count: Int) -> [Piece] {
        history.wideDiscards.compactMap { index in
            let write = history.writes[index]
            guard write.volume == volume else { return nil }
            let first = max(write.extent.offset, offset)
            let end = min(write.extent.end, offset + UInt64(count))
            guard first < end else { return nil }
            return Piece(
                block: block, write: UInt32(index), first: UInt16(first - offset), count: UInt16(end - first),
                checksum: Zeros.checksum(Int(end - first)))
        }
    }

    // MARK: Conclusions

    private func conclude(_ constraints: [[CutConstraint]], _ isMoving: Bool, _ finding: inout CopyFinding) {
        var included = history.laneCounts
        for (lane, constraints) in constraints.enumerated() {
            let count = history.laneCounts[lane]
            switch isMoving ? CutFinder.findMoving(constraints) : CutFinder.find(constraints, writes: count) {
            case .cut(let range):
                // Nothing says where within the range: all of it may be there.
                finding.cuts.append(constraints.isEmpty ? 0...count : range)
                included[lane] = constraints.isEmpty ? count : range.upperBound
            case .disorder(let earlier, let later):
                finding.cuts.append(nil)
                included[lane] = earlier
                if finding.counterexample == nil {
                    finding.counterexample = (place(lane, earlier), place(lane, later))
                }
            case .stranger(let block):
                finding.cuts.append(nil)
                finding.stranger = (
                    Int(block >> 48), (block & 0xFFFF_FFFF_FFFF) * LedgerLayout.pieceBytes
                )
            }
        }
        for (index, write) in history.writes.enumerated() {
            guard write.isCertain, write.state != nil, write.position >= included[history.volumes[write.volume].lane]
            else { continue }
            if write.isAcknowledged { finding.lost.append(index) } else { finding.possiblyLost.append(index) }
        }
        if finding.counterexample == nil { compareLanes(included, &finding) }
    }

    /// A write that began after another was acknowledged must not be there without it, whatever lanes they are in.
    private func compareLanes(_ included: [Int], _ finding: inout CopyFinding) {
        guard included.count > 1 else { return }
        var earliestLost: Int?
        for index in finding.lost where history.writes[index].answered != nil {
            if earliestLost.map({ history.writes[index].answered! < history.writes[$0].answered! }) ?? true {
                earliestLost = index
            }
        }
        guard let earliestLost, let told = history.writes[earliestLost].answered else { return }
        let later = history.writes.indices.first { index in
            let write = history.writes[index]
            return write.isCertain && write.state != nil && write.begun > told
                && write.position < included[history.volumes[write.volume].lane]
        }
        guard let later else { return }
        finding.counterexample = (earliestLost, later)
        finding.isAcrossLanes = true
    }

    private func place(_ lane: Int, _ position: Int) -> Int {
        history.writes.firstIndex { $0.position == position && history.volumes[$0.volume].lane == lane } ?? 0
    }
}

/// How much is there of the writes that nobody was told of.
private struct Presence {
    private var found: [Int: (there: Int, torn: Bool)] = [:]

    mutating func note(_ finding: BlockFinding, _ pieces: ArraySlice<Piece>, _ history: WriteHistory) {
        for write in Set(finding.present) { found[write, default: (0, false)].there += 1 }
        guard finding.isTorn, let last = pieces.last(where: { !history.writes[Int($0.write)].isCertain }) else {
            return
        }
        found[Int(last.write), default: (0, false)].torn = true
    }

    func tally(_ history: WriteHistory) -> (present: Int, absent: Int, torn: Int) {
        var tally = (present: 0, absent: 0, torn: 0)
        for (index, write) in history.writes.enumerated() where !write.isCertain {
            let found = found[index] ?? (0, false)
            if found.torn || (found.there > 0 && found.there < LedgerLayout.pieceCount(of: write.extent)) {
                tally.torn += 1
            } else if found.there > 0 {
                tally.present += 1
            } else {
                tally.absent += 1
            }
        }
        return tally
    }
}
