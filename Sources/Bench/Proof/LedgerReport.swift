// What an array's ledger says: how many of what, and how long writes took to each station of their way. The keys are
// pinned by a test; times are microseconds unless a key ends in `At` (wall clock, nanoseconds since 1970).

internal import Evidence
internal import Foundation
internal import ReplicationCore
internal import VolumeStore

package struct LedgerReport: Codable, Hashable, Sendable {
    /// The time from admission to one station, over the writes that reached it.
    package struct Stage: Codable, Hashable, Sendable {
        /// `local`, `wire`, `far cache`, `far disk`, `far` (acknowledged by the far array), `answered`.
        package var name: String
        package var writes: Int
        package var median: UInt64
        package var percentile99: UInt64
        package var longest: UInt64
    }

    package struct Write: Codable, Hashable, Sendable {
        package var ordinal: UInt64
        /// `write`, `discard`, `flush`.
        package var kind: String
        package var ldev: String
        package var offset: UInt64
        package var bytes: UInt64
        package var sequence: UInt64
        /// `begun`, `answering`, `acknowledged`, `failed`.
        package var state: String
        package var begunAt: UInt64
        /// By the names of the stages; those that were not reached are left out.
        package var stages: [String: UInt64]
    }

    package var array: String
    package var entries: Int
    package var capacity: Int
    /// Older entries have made room for newer ones.
    package var hasForgotten: Bool
    package var damagedEntries: Int
    package var writes = 0
    package var discards = 0
    package var flushes = 0
    package var failed = 0
    /// Begun and never answered.
    package var unanswered = 0
    package var stages: [Stage] = []
    /// The newest requests of hosts, oldest first.
    package var newest: [Write] = []
}

extension Bench {
    /// Summarises an array's ledger, whether the array runs or not.
    /// - Parameter newest: how many requests are listed one by one.
    /// - Throws: if there is no such array, or its ledger cannot be used.
    package func ledger(of array: String, newest: Int) throws(BenchFailure) -> LedgerReport {
        _ = try arrayDescription(array)
        let image: LedgerImage
        do {
            image = try stateReader(of: array).ledger()
        } catch {
            let isOff = description.array(named: array)?.ledgerBytes == 0
            throw BenchFailure(
                isOff ? "array \(array) keeps no ledger" : "the ledger of array \(array) cannot be used: \(error)",
                remedy: isOff ? "remove 'ledger: off' from the bench file" : nil)
        }
        let arrivals = FarArrivals(description.arrays.filter { $0.name != array }.map { stateReader(of: $0.name) })
        var report = LedgerReport(
            array: array, entries: image.records.count, capacity: image.capacity, hasForgotten: image.hasForgotten,
            damagedEntries: image.damage.count)
        let requests = image.records.filter { [.write, .discard, .flush].contains($0.entry.kind) }
        for record in requests { report.count(record) }
        var times: [String: [UInt64]] = [:]
        for record in requests where record.entry.kind != .flush {
            for (name, time) in arrivals.stages(of: record) { times[name, default: []].append(time) }
        }
        report.stages = LedgerReport.stageNames.compactMap { name in times[name].map { .init(name, $0.sorted()) } }
        report.newest = requests.suffix(newest).map { LedgerReport.Write($0, arrivals.stages(of: $0)) }
        return report
    }
}

extension LedgerReport {
    static let stageNames = ["local", "wire", "far cache", "far disk", "far", "answered"]

    fileprivate mutating func count(_ record: LedgerRecord) {
        switch record.entry.kind {
        case .write: writes += 1
        case .discard: discards += 1
        case .flush: flushes += 1
        case .applied, .appliedDiscard, .appliedCopy, .state, .start, .overwritten, .continuation: return
        }
        switch record.state {
        case .failed?: failed += 1
        case .begun?, nil: unanswered += 1
        case .answering?, .acknowledged?: break
        }
    }
}

extension LedgerReport.Stage {
    /// - Parameter times: ascending, not empty.
    fileprivate init(_ name: String, _ times: [UInt64]) {
        self.init(
            name: name, writes: times.count, median: times[times.count / 2],
            percentile99: times[min(times.count - 1, times.count * 99 / 100)], longest: times[times.count - 1])
    }
}

extension LedgerReport.Write {
    fileprivate init(_ record: LedgerRecord, _ stages: [String: UInt64]) {
        self.init(
            ordinal: record.ordinal, kind: "\(record.entry.kind)", ldev: record.entry.ldev.description,
            offset: record.entry.offset, bytes: record.entry.extent.count, sequence: record.entry.sequence.value,
            state: record.state.map { "\($0)" } ?? "begun", begunAt: record.entry.begun, stages: stages)
    }
}

/// When the frames of a group were in the far cache and on the far disk, from the other arrays' ledgers. Both sides'
/// clocks are compared: on one machine they are one.
private struct FarArrivals {
    private struct Key: Hashable {
        var group: UInt32
        var epoch: UInt16
        var sequence: UInt64
        init(_ entry: LedgerEntry) {
            (group, epoch, sequence) = (entry.group, entry.epoch, entry.sequence.value)
        }
    }
    private var arrivals: [Key: (cache: UInt64, disk: UInt64?)] = [:]

    init(_ readers: [StateReader]) {
        for image in readers.compactMap({ try? $0.ledger() }) {
            for record in image.records where [.applied, .appliedDiscard].contains(record.entry.kind) {
                arrivals[Key(record.entry)] = (record.entry.begun, record.time(of: .local))
            }
        }
    }

    /// Microseconds after admission, by the name of the stage.
    func stages(of record: LedgerRecord) -> [String: UInt64] {
        var stages: [String: UInt64] = [:]
        for (stage, name) in [(LedgerStage.local, "local"), (.wire, "wire"), (.far, "far"), (.answered, "answered")]
        where record.stages[stage.rawValue] > 0 {
            stages[name] = UInt64(record.stages[stage.rawValue])
        }
        guard record.entry.sequence != .none, let arrival = arrivals[Key(record.entry)] else { return stages }
        func after(_ time: UInt64) -> UInt64 { time > record.entry.begun ? (time - record.entry.begun) / 1000 : 0 }
        stages["far cache"] = after(arrival.cache)
        if let disk = arrival.disk { stages["far disk"] = after(disk) }
        return stages
    }
}

package enum LedgerScreen {
    package static func text(_ report: LedgerReport) -> String {
        var lines = [
            "ledger of \(report.array): \(report.entries) entries of \(report.capacity)"
                + (report.hasForgotten ? ", older ones have made room" : "")
                + (report.damagedEntries > 0 ? ", \(report.damagedEntries) DAMAGED" : ""),
            "  \(report.writes) writes, \(report.discards) discards, \(report.flushes) flushes; \(report.failed) failed, "
                + "\(report.unanswered) never answered",
        ]
        if !report.stages.isEmpty {
            lines.append("  µs from admission to     writes    median       99 %   longest")
            lines += report.stages.map { stage in
                "  \(stage.name.padding(toLength: 18, withPad: " ", startingAt: 0))"
                    + [UInt64(stage.writes), stage.median, stage.percentile99, stage.longest].map { right($0) }.joined()
            }
        }
        lines += report.newest.map { write in
            let stages = LedgerReport.stageNames.compactMap { name in write.stages[name].map { "\(name) \($0)" } }
            return
                "  \(write.ordinal)  \(VerdictScreen.time(write.begunAt))  \(write.ldev) \(write.kind) \(write.offset) + "
                + "\(write.bytes)\(write.sequence > 0 ? " #\(write.sequence)" : "")  \(write.state)  "
                + stages.joined(separator: ", ")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func right(_ number: UInt64) -> String {
        let text = "\(number)"
        return String(repeating: " ", count: max(1, 10 - text.count)) + text
    }
}
