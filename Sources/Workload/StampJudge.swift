// The judge: a record and what copies hold, and nothing else. Pure; it shares nothing with the arrays' own ledger.
//
// Operations that overlap are never under way together, so that those on one sector have one order: the order of their
// sequences. What a sector holds therefore says how far along that order the copy is there:
//
//   a whole stamp of operation j      exactly at j: all up to j are there or overwritten, all after j are not there
//   zero                              anywhere a zero can come from: before the first write, or at a discard. Only the
//                                     interval is known: from "nothing" (-1) to the last discard of the sector
//   older contents                    at -1
//   anything else                     damage, unless an operation that was never acknowledged may have torn the sector
//
// For each sector the judge keeps the interval low ... high. Operation i is surely there if i <= low, surely not there if
// i > high, and otherwise undecided. It is called lost or disordered only on sure evidence.
//
// Order: a copy is out of order if an operation b is there whose beginning stands in the record after the answer of an
// acknowledged operation a that is not there. It suffices to look at the earliest such answer.

package struct StampJudge: Sendable {
    /// The sectors of one volume that any operation touched, from the first to the last.
    private struct Span: Sendable {
        var firstSector: UInt64 = 0
        var low: [Int32] = []
        var high: [Int32] = []
        /// The last operation that touches the sector; -1 if none does.
        var last: [Int32] = []
        var lastDiscard: [Int32] = []
    }

    private let history: LoadHistory
    private let acrossVolumes: Bool
    private var spans: [Span]
    private var badSectors = 0
    private var firstBadSectors: [StampVerdict.BadSector] = []
    private var olderSectors = 0
    private var unknownStamp: (volume: Int, offset: UInt64, sequence: UInt64)?
    private static let listed = 8
    private static let sector = UInt64(Stamp.sectorBytes)

    /// - Parameter acrossVolumes: false if each volume is a copy of its own moment, such as those of different groups.
    package init(_ history: LoadHistory, acrossVolumes: Bool = true) {
        self.history = history
        self.acrossVolumes = acrossVolumes
        spans = history.header.volumes.indices.map { Self.span(of: $0, in: history) }
    }

    private static func span(of volume: Int, in history: LoadHistory) -> Span {
        let operations = history.operations
        let own = operations.indices.filter { operations[$0].volume == volume && operations[$0].kind.changesData }
        var span = Span()
        guard let start = own.map({ operations[$0].offset }).min(), let end = own.map({ operations[$0].end }).max()
        else { return span }
        span.firstSector = start / sector
        let count = Int(end / sector - span.firstSector)
        span.low = Array(repeating: -1, count: count)
        span.high = Array(repeating: .max, count: count)
        span.last = Array(repeating: -1, count: count)
        span.lastDiscard = span.last
        for index in own {
            for place in places(of: operations[index], in: span) {
                span.last[place] = Int32(index)
                if operations[index].kind == .discard { span.lastDiscard[place] = Int32(index) }
            }
        }
        return span
    }

    private static func places(of operation: LoadOperation, in span: Span) -> Range<Int> {
        Int(operation.offset / sector - span.firstSector)..<Int(operation.end / sector - span.firstSector)
    }

    /// The bytes of a volume that must be looked at; nil if the run did not touch it.
    package func extent(of volume: Int) -> Range<UInt64>? {
        let span = spans[volume]
        guard !span.last.isEmpty else { return nil }
        return span.firstSector * Self.sector..<(span.firstSector + UInt64(span.last.count)) * Self.sector
    }

    /// Takes what a copy holds from `offset` on: whole sectors.
    package mutating func look(volume: Int, offset: UInt64, _ bytes: UnsafeRawBufferPointer) {
        for start in stride(from: 0, to: bytes.count, by: Stamp.sectorBytes) {
            let number = (offset + UInt64(start)) / Self.sector
            guard number >= spans[volume].firstSector else { continue }
            let place = Int(number - spans[volume].firstSector)
            guard place < spans[volume].last.count else { return }
            guard spans[volume].last[place] >= 0 else { continue }
            let sector = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<start + Stamp.sectorBytes])
            judge(unsafe SectorContents(sector), volume, place)
        }
    }

    private mutating func judge(_ contents: SectorContents, _ volume: Int, _ place: Int) {
        let before = history.header.volumes[volume].before
        let offset = (spans[volume].firstSector + UInt64(place)) * Self.sector
        switch contents {
        case .zero:
            settle(volume, place, -1, spans[volume].lastDiscard[place])
        case .stamp(let stamp, let at):
            if at != offset || Int(stamp.volume) != volume {
                spoil(volume, place, "a sector of volume \(stamp.volume), byte \(at) (write \(stamp.sequence))")
            } else if stamp.run == history.header.run {
                judge(stamp, volume, place, offset)
            } else if before == .zero {
                spoil(volume, place, "a sector of another run (\(String(stamp.run, radix: 16)))")
            } else {
                olderSectors += 1
                settle(volume, place, -1, -1)
            }
        case .broken:
            spoilUnlessOpen(volume, place, "a stamp with a wrong sum")
        case .otherVersion(let version):
            spoil(volume, place, "a stamp of version \(version)")
        case .other:
            switch before {
            case .zero, .stamped: spoilUnlessOpen(volume, place, "no stamp")
            case .unknown, .other: settle(volume, place, -1, -1)
            }
        }
    }

    /// A stamp of this run at its place.
    private mutating func judge(_ stamp: Stamp, _ volume: Int, _ place: Int, _ offset: UInt64) {
        guard stamp.sequence <= UInt64(history.operations.count) else {
            if unknownStamp == nil { unknownStamp = (volume, offset, stamp.sequence) }
            return
        }
        let operation = history.operations[Int(stamp.sequence - 1)]
        guard operation.kind == .write, operation.volume == volume, operation.offset == stamp.offset,
            operation.length == stamp.length, operation.precedent == stamp.precedent?.sequence ?? 0
        else { return spoil(volume, place, "write \(stamp.sequence), which the record describes differently") }
        settle(volume, place, Int32(stamp.sequence - 1), Int32(stamp.sequence - 1))
    }

    private mutating func settle(_ volume: Int, _ place: Int, _ low: Int32, _ high: Int32) {
        spans[volume].low[place] = low
        spans[volume].high[place] = high
    }

    private mutating func spoil(_ volume: Int, _ place: Int, _ what: String) {
        badSectors += 1
        guard firstBadSectors.count < Self.listed else { return }
        let offset = (spans[volume].firstSector + UInt64(place)) * Self.sector
        firstBadSectors.append(StampVerdict.BadSector(volume: volume, offset: offset, what: what))
    }

    /// A sector that the last write on it may have torn is no damage if nobody was told that this write succeeded.
    private mutating func spoilUnlessOpen(_ volume: Int, _ place: Int, _ what: String) {
        guard history.operations[Int(spans[volume].last[place])].isAcknowledged else { return }
        spoil(volume, place, what)
    }
}

extension StampJudge {
    fileprivate enum Finding {
        case present, lost, torn, undecided
    }

    private struct Evidence {
        var finding: Finding
        /// At least one sector holds this very operation.
        var isSeen: Bool
        var absentBytes: UInt64
    }

    private func evidence(_ index: Int) -> Evidence {
        let operation = history.operations[index]
        let span = spans[operation.volume]
        let number = Int32(index)
        var exact = 0
        var absent = 0
        var open = 0
        for place in Self.places(of: operation, in: span) {
            let low = span.low[place]
            let high = span.high[place]
            if low == number, high == number {
                exact += 1
            } else if high < number {
                absent += 1
            } else if low < number {
                open += 1
            }
        }
        let finding: Finding =
            absent > 0 ? (exact > 0 ? .torn : .lost) : (open > 0 ? .undecided : .present)
        return Evidence(finding: finding, isSeen: exact > 0, absentBytes: UInt64(absent) * Self.sector)
    }

    /// - Parameter moment: what ages count from, nanoseconds of the record's monotonic clock; else the last answer.
    package func verdict(asOf moment: UInt64? = nil) -> StampVerdict {
        let operations = history.operations
        let moment = moment ?? operations.filter(\.isAcknowledged).compactMap(\.endedNanoseconds).max() ?? 0
        let flushes = lastFlushes()
        var verdict = StampVerdict(result: .unknown)
        verdict.run = String(history.header.run, radix: 16)
        verdict.recordIsClosed = history.isClosed
        verdict.acrossVolumes = acrossVolumes
        verdict.badSectors = badSectors
        verdict.firstBadSectors = firstBadSectors
        verdict.olderSectors = olderSectors
        var isSeen = Array(repeating: false, count: operations.count)
        var isMissing = isSeen
        for index in operations.indices where operations[index].kind.changesData {
            let operation = operations[index]
            let evidence = evidence(index)
            isSeen[index] = evidence.isSeen
            guard operation.isAcknowledged, let ended = operation.endedEntry else {
                verdict.unacknowledged.count(evidence.finding)
                continue
            }
            verdict.acknowledged += 1
            switch evidence.finding {
            case .present: verdict.present += 1
            case .undecided: verdict.undecided += 1
            case .lost, .torn:
                isMissing[index] = true
                if evidence.finding == .lost { verdict.lost += 1 } else { verdict.torn += 1 }
                verdict.lostBytes += evidence.absentBytes
                if ended < flushes[operation.volume] { verdict.lostAlthoughFlushed += 1 }
            }
        }
        let missing = operations.filter { isMissing[Int($0.sequence - 1)] }.sorted { $0.endedEntry! < $1.endedEntry! }
        verdict.firstLost = missing.prefix(Self.listed).map { name($0, moment) }
        verdict.oldestLost = verdict.firstLost.first
        verdict.dependenciesBroken =
            operations.count {
                $0.precedent > 0 && isSeen[Int($0.sequence - 1)] && isMissing[Int($0.precedent - 1)]
            }
        verdict.disorder = disorder(missing, isSeen).map {
            StampVerdict.Disorder(missing: name($0.missing, moment), later: name($0.later, moment))
        }
        conclude(&verdict)
        return verdict
    }

    private func conclude(_ verdict: inout StampVerdict) {
        if let unknownStamp {
            verdict.reason =
                "volume \(unknownStamp.volume) holds write \(unknownStamp.sequence) of this run at byte "
                + "\(unknownStamp.offset), of which the record knows nothing: the record is older than the copy\n  "
                + "judge with the record as the load left it"
        } else if verdict.badSectors > 0 {
            verdict.result = .damaged
        } else if verdict.disorder != nil {
            verdict.result = .outOfOrder
        } else if verdict.lost + verdict.torn > 0 {
            verdict.result = .lostButInOrder
        } else if verdict.present > 0 {
            verdict.result = .nothingLost
        } else {
            verdict.reason =
                verdict.acknowledged == 0
                ? "the record holds no acknowledged write: there is nothing to judge"
                : "no acknowledged write can be judged: zeros may be discards, or nothing at all"
        }
    }

    /// The earliest missing operation, and the earliest one begun after its answer that is there.
    private func disorder(
        _ missing: [LoadOperation], _ isSeen: [Bool]
    ) -> (missing: LoadOperation, later: LoadOperation)? {
        let seen = history.operations.filter { isSeen[Int($0.sequence - 1)] }
        func pair(_ missing: LoadOperation?, _ seen: [LoadOperation]) -> (LoadOperation, LoadOperation)? {
            guard let missing, let answer = missing.endedEntry else { return nil }
            return seen.first { $0.begunEntry > answer }.map { (missing, $0) }
        }
        if acrossVolumes { return pair(missing.first, seen) }
        for volume in spans.indices {
            if let found = pair(missing.first { $0.volume == volume }, seen.filter { $0.volume == volume }) {
                return found
            }
        }
        return nil
    }

    /// For each volume where its last acknowledged flush begins in the order of events.
    private func lastFlushes() -> [Int] {
        var places = spans.map { _ in -1 }
        for operation in history.operations where operation.kind == .flush && operation.isAcknowledged {
            places[operation.volume] = max(places[operation.volume], operation.begunEntry)
        }
        return places
    }

    private func name(_ operation: LoadOperation, _ moment: UInt64) -> StampVerdict.Named {
        let since = operation.endedNanoseconds ?? operation.begunNanoseconds
        return StampVerdict.Named(
            sequence: operation.sequence, kind: "\(operation.kind)", volume: operation.volume,
            offset: operation.offset, length: operation.length,
            ageSeconds: (Double(moment) - Double(since)) / 1e9, isAcknowledged: operation.isAcknowledged)
    }
}

extension StampVerdict.Unacknowledged {
    fileprivate mutating func count(_ finding: StampJudge.Finding) {
        switch finding {
        case .present: present += 1
        case .lost: absent += 1
        case .torn: torn += 1
        case .undecided: undecided += 1
        }
    }
}
