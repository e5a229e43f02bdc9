// Which versions of a block its bytes may be. A block of 4,096 bytes had a history of pieces; the bytes tell after how
// many of them it looks like this. The answer is a range of cuts of its lane: "at least this write is there, and that
// one is not yet".

internal import ReplicationCore

/// What a block's bytes say.
struct BlockFinding: Sendable {
    /// Cuts of the lane (numbers of writes that are there) with which the bytes agree. Empty: none.
    var cuts: [ClosedRange<Int>] = []
    /// Nothing that the hosts wrote here in the time of this ledger is there: it is older, or somebody else's.
    var isBase = false
    /// Parts of a write that was never acknowledged.
    var isTorn = false
    /// Uncertain writes (places in the history) whose piece is there.
    var present: [Int] = []
}

/// Judges blocks of one history.
struct BlockJudge {
    let history: WriteHistory
    /// CRC-32C of bytes.
    let checksum: (ArraySlice<UInt8>) -> UInt32

    /// - Parameter pieces: all of one block, in the order of admission; not empty.
    func judge(_ pieces: ArraySlice<Piece>, _ bytes: [UInt8]) -> BlockFinding {
        var finding = BlockFinding()
        var sums: [Range<Int>: UInt32] = [:]
        func matches(_ piece: Piece) -> Bool? {
            guard let wanted = piece.checksum else { return nil }
            if let known = sums[piece.range] { return known == wanted }
            let sum = checksum(bytes[piece.range])
            sums[piece.range] = sum
            return sum == wanted
        }
        let certain = pieces.indices.filter { write(pieces[$0]).isCertain }
        let end = history.laneCounts[lane(pieces)]
        var guesses: [(version: Int, cuts: ClosedRange<Int>)] = []
        var oldestProved = Int.max
        // Version n: the first n certain pieces are there, and any of the uncertain ones up to the next certain one.
        for version in stride(from: certain.count, through: 0, by: -1) {
            let stop = version < certain.count ? certain[version] : pieces.endIndex
            let first = version == 0 ? 0 : write(pieces[certain[version - 1]]).position + 1
            let cuts = first...(version < certain.count ? write(pieces[certain[version]]).position : end)
            switch look(pieces[pieces.startIndex..<stop], from: version, matches, &finding) {
            case .proved:
                finding.cuts.append(cuts)
                oldestProved = version
            case .possible: guesses.append((version, cuts))
            case .impossible: continue
            }
        }
        // What came from the other array may be anything, also what the block held before: a copy brings that back.
        let isZero = bytes.allSatisfy { $0 == 0 }
        let isProved = !finding.cuts.isEmpty
        finding.cuts += guesses.filter { !isProved || isZero || $0.version > oldestProved }.map(\.cuts)
        if isProved, isZero {
            // Zeros prove little: a volume that nobody wrote to has them too.
            finding.cuts.append(0...(certain.first.map { write(pieces[$0]).position } ?? end))
        }
        if finding.cuts.isEmpty { nothingMatches(pieces, certain, end, &finding) }
        return finding
    }

    private enum Look { case proved, possible, impossible }

    /// Goes back from the newest piece, over what later ones have covered.
    private func look(
        _ pieces: ArraySlice<Piece>, from version: Int, _ matches: (Piece) -> Bool?, _ finding: inout BlockFinding
    ) -> Look {
        var covered: [Range<Int>] = []
        var isProved = false
        var present: [Int] = []
        for piece in pieces.reversed() {
            if covered.contains(where: {
                $0.contains(piece.range.lowerBound) && $0.upperBound >= piece.range.upperBound
            }) {
                continue
            }
            let isVisible = !covered.contains { $0.overlaps(piece.range) }
            let isCertain = write(piece).isCertain
            switch isVisible ? matches(piece) : nil {
            case true?:
                isProved = true
                if !isCertain { present.append(Int(piece.write)) }
            case false? where isCertain: return .impossible
            case false?: continue
            // Not visible as a whole, or of unknown content.
            case nil: if !isCertain, isVisible { continue }
            }
            covered.append(piece.range)
            if piece.isWhole { break }
        }
        // Only a base that nobody knows would be left: that is what version 0 says.
        guard version > 0 || isProved else { return .impossible }
        if isProved { finding.present += present }
        return isProved ? .proved : .possible
    }

    /// Neither version is there: torn by a write that was never acknowledged, or as it was before all of them.
    private func nothingMatches(
        _ pieces: ArraySlice<Piece>, _ certain: [Int], _ end: Int, _ finding: inout BlockFinding
    ) {
        guard let last = pieces.lastIndex(where: { !write($0).isCertain }) else {
            finding.isBase = true
            finding.cuts = [0...(certain.first.map { write(pieces[$0]).position } ?? end)]
            return
        }
        let before = certain.last { $0 < last }.map { write(pieces[$0]).position + 1 } ?? 0
        let after = certain.first { $0 > last }.map { write(pieces[$0]).position } ?? end
        if certain.isEmpty || before == 0 {
            finding.isBase = true
        } else {
            finding.isTorn = true
        }
        finding.cuts = [min(before, after)...after]
    }

    private func write(_ piece: Piece) -> HistoricWrite { history.writes[Int(piece.write)] }
    private func lane(_ pieces: ArraySlice<Piece>) -> Int {
        history.volumes[history.writes[Int(pieces.first!.write)].volume].lane
    }
}
