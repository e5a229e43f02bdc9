// Truth beside the screens: every track of both copies is compared, and held against states and marks.

internal import Evidence
internal import Foundation
internal import ReplicationCore
internal import VolumeStore

extension Bench {
    /// Compares the copies of a group's pairs, or of all groups'. Running hosts are not held up.
    /// - Throws: if there is no such group, or a volume's file cannot be read.
    package func truth(group name: String? = nil) throws(BenchFailure) -> [TruthReport] {
        var reports: [TruthReport] = []
        for group in try groups(named: name) {
            for pair in try sides(of: group) { reports.append(try truth(of: pair, in: group.name)) }
        }
        return reports
    }

    private func truth(of pair: PairSides, in group: String) throws(BenchFailure) -> TruthReport {
        let trackBytes = (pair.one.pair ?? pair.other.pair)?.layout.trackBytes ?? description.trackBytes
        let layout = TrackLayout(volumeBytes: pair.byteCount, trackBytes: trackBytes)
        let differing = try differingTracks(pair, layout)
        let (one, other) = (side(pair.one), side(pair.other))
        var report = TruthReport(
            group: group, pair: pair.name, sides: [one, other], trackBytes: trackBytes, trackCount: layout.trackCount,
            isIdentical: differing.isEmpty, differingTracks: differing.count, differing: Self.runs(differing),
            unmarkedDifferingTracks: 0, unmarked: [])
        let secondary = pair.one.isSecondary ? pair.one : pair.other.isSecondary ? pair.other : nil
        report.isSecondaryUsable = secondary?.pair.map { $0.isUsable && $0.status != .copying }
        report.suspension = secondary.flatMap(Self.suspension)
        if pair.one.pair != nil || pair.other.pair != nil {
            report.unmarked = try unmarked(differing, pair, layout)
            report.unmarkedDifferingTracks = report.unmarked.count
            report.unmarked = Array(report.unmarked.prefix(64))
        }
        if let secondary { staleness(of: secondary, pair, &report) }
        report.problem = problem(report, pair)
        return report
    }

    private func side(_ side: PairSide) -> TruthReport.Side {
        TruthReport.Side(
            array: side.array, ldev: side.ldev.description, isRunning: process(of: side.array) != nil,
            role: side.role.map { $0 == .primary ? "primary" : "secondary" },
            status: side.pair.map { PairReport.word($0.status) }, isUsable: side.pair?.isUsable,
            markedTracks: side.stored?.marks[side.index].reduce(0) { $0 + $1.nonzeroBitCount } ?? 0,
            tracksInFlight: side.stored?.inFlight.filter { $0.pair == side.index }.reduce(0) { $0 + $1.tracks.count }
                ?? 0)
    }

    private static func suspension(_ secondary: PairSide) -> String? {
        guard let pair = secondary.pair else { return nil }
        switch pair.status {
        case .copying: return "copying"
        case .suspended: return pair.isUsable ? "clean" : "interrupted copy"
        case .paired, .takenOver: return nil
        }
    }

    // MARK: Tracks

    /// Numbers of the tracks whose bytes differ, ascending. Holes in both files are not read.
    private func differingTracks(_ pair: PairSides, _ layout: TrackLayout) throws(BenchFailure) -> [Int] {
        let (one, other) = try files(pair)
        var differing: [Int] = []
        var at: UInt64 = 0
        while at < layout.volumeBytes {
            let next = [one, other].compactMap { $0.nextData(from: at, end: layout.volumeBytes)?.lowerBound }.min()
            guard let next else { break }
            let track = Int(max(at, next) / UInt64(layout.trackBytes))
            if differs(track, one, other, layout) { differing.append(track) }
            at = UInt64(track + 1) * UInt64(layout.trackBytes)
            if track & 0xFF == 0 { progress("comparing \(pair.name)", Double(at) / Double(layout.volumeBytes)) }
        }
        return differing
    }

    private func files(_ pair: PairSides) throws(BenchFailure) -> (VolumeReader, VolumeReader) {
        do {
            return (
                try VolumeReader(path: stateReader(of: pair.one.array).volumePath(pair.one.ldev)),
                try VolumeReader(path: stateReader(of: pair.other.array).volumePath(pair.other.ldev))
            )
        } catch {
            throw BenchFailure("\(error)", remedy: "the volumes of a bench lie in arrays/<name>/state/volumes")
        }
    }

    private func differs(_ track: Int, _ one: VolumeReader, _ other: VolumeReader, _ layout: TrackLayout) -> Bool {
        let extent = layout.extent(of: TrackRange(first: track, count: 1))
        return one.bytes(at: extent.offset, count: Int(extent.count))
            != other.bytes(at: extent.offset, count: Int(extent.count))
    }

    /// Tracks that differ although nobody has marked them. What looks like it is looked at again, with newer marks: a
    /// write on its way differs and is marked or in flight at every moment, but two moments are two.
    private func unmarked(_ tracks: [Int], _ pair: PairSides, _ layout: TrackLayout) throws(BenchFailure) -> [Int] {
        func isKnown(_ track: Int, _ side: PairSide) -> Bool {
            guard let stored = side.stored else { return false }
            return stored.isMarked(track, ofPair: side.index) || stored.isInFlight(track, ofPair: side.index)
        }
        var suspects = tracks.filter { !isKnown($0, pair.one) && !isKnown($0, pair.other) }
        let (one, other) = try files(pair)
        for _ in 0..<20 where !suspects.isEmpty {
            guard process(of: pair.one.array) != nil || process(of: pair.other.array) != nil else { break }
            usleep(5_000)
            let fresh = [pair.one, pair.other].map { side -> PairSide in
                var side = side
                side.stored = stateReader(of: side.array).groups().groups.first {
                    $0.record.id == side.stored?.record.id
                }
                return side
            }
            suspects = suspects.filter { track in
                !isKnown(track, fresh[0]) && !isKnown(track, fresh[1]) && differs(track, one, other, layout)
            }
        }
        return suspects
    }

    private static func runs(_ tracks: [Int]) -> [[Int]] {
        var runs: [[Int]] = []
        for track in tracks {
            if let last = runs.last, last[1] + 1 == track {
                runs[runs.count - 1][1] = track
            } else if runs.count < 64 {
                runs.append([track, track])
            }
        }
        return runs
    }

    // MARK: Age

    /// A copy that stands still is as old as the last write that it holds; where the ledger does not know that one any
    /// more, as old as the suspension.
    private func staleness(of secondary: PairSide, _ pair: PairSides, _ report: inout TruthReport) {
        guard let status = secondary.pair?.status, !status.isReplicating,
            let source = pair.opposite(of: secondary.array),
            let theirs = try? stateReader(of: source.array).ledger()
        else { return }
        let writes = theirs.records.filter { $0.entry.kind == .write || $0.entry.kind == .discard }
        let group = UInt32(truncatingIfNeeded: secondary.stored?.record.id.value ?? 0)
        let held = writes.last {
            $0.entry.group == group && $0.entry.sequence != .none
                && $0.entry.sequence <= secondary.stored?.applied ?? .none
        }
        guard let moment = held?.entry.begun ?? suspended(secondary) else { return }
        report.staleSince = moment
        let end = max(moment, writes.last { $0.entry.ldev == source.ldev }?.entry.begun ?? moment)
        report.staleMilliseconds = Double(end - moment) / 1_000_000
    }

    private func suspended(_ secondary: PairSide) -> UInt64? {
        let image = try? stateReader(of: secondary.array).ledger()
        return image?.records.last { record in
            guard record.entry.ldev == secondary.ldev, let note = PairStateNote(record.entry) else { return false }
            return !note.isInherited && (note.status.isSuspended || note.status == .takenOver)
        }?.entry.begun
    }

    private func problem(_ report: TruthReport, _ pair: PairSides) -> String? {
        guard report.unmarkedDifferingTracks > 0 else { return nil }
        let track = report.unmarked.first ?? 0
        let isPaired = [pair.one, pair.other].allSatisfy { $0.pair?.status == .paired }
        let secondary = pair.one.isSecondary ? pair.one : pair.other
        // Before the end of a first copy, and where one half is gone, marks promise nothing.
        guard pair.one.pair != nil, pair.other.pair != nil else { return nil }
        return isPaired
            ? "both arrays call \(pair.name) paired, and track \(track) differs"
            : "track \(track) of \(pair.name) differs and is marked on neither side: a resynchronisation would not copy "
                + "it to \(secondary.array)"
    }
}
