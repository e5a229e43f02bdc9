// The load: threads that write stamped blocks, each with one operation under way, and one desk where an operation gets
// its number, its range and its entry in the record, all under one lock. So the order of the numbers, of the entries and
// of what overlaps is one order.
//
//   worker ──► desk: choose a range that nothing under way overlaps, number it, record "begun" ──► pwrite
//          ◄── desk: record "ended", free the range                                           ◄──
//
// A worker whose device hangs cannot be stopped by anybody. So nobody waits for workers: the load ends when its time is
// over, the record is closed, and an answer that comes later is not recorded.

internal import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

/// **Threads**: any. `desk` is behind its own lock; below it only memory is touched (and the record's file when it
/// grows).
package final class StampedLoad: Sendable {
    struct Desk {
        struct Range {
            var volume: Int
            var offset: UInt64
            var length: UInt64
        }

        var record: LoadRecord
        /// What each thread has under way.
        var underWay: [Range?]
        var lastSequence: UInt64 = 0
        var activeThreads: Int
        var isStopping = false
        var isClosed = false
        var end: String?
        var statistics = LoadStatistics()
        var latencies = LatencyHistogram()
        var nextStart: UInt64
        /// When errors began that no success followed.
        var failingSince: UInt64?
        var endedNanoseconds: UInt64?
        var discardsRefused: [Bool]
    }

    package let plan: LoadPlan
    package let run: UInt64
    package let seed: UInt64
    let volumes: [RecordHeader.Volume]
    let desk: Monitor<Desk>
    private let started: UInt64

    /// Opens the targets, makes the record and starts the threads.
    package static func start(_ plan: LoadPlan) throws(WorkloadFailure) -> StampedLoad {
        if let mistake = plan.mistake { throw WorkloadFailure(mistake) }
        let load = try StampedLoad(plan)
        for index in 0..<plan.queueDepth {
            startDetachedThread("load \(index)") { LoadWorker(load, index).work() }
        }
        return load
    }

    private init(_ plan: LoadPlan) throws(WorkloadFailure) {
        var generator = SystemRandomNumberGenerator()
        self.plan = plan
        run = generator.next()
        seed = plan.seed ?? generator.next()
        var notes: [String] = []
        volumes = try LoadTargets.prepare(plan, &notes)
        var header = RecordHeader(subject: .stampedLoad, run: run, seed: seed, volumes: volumes)
        header.discards = plan.discardPercent > 0
        header.monotonicNanoseconds = monotonicNanoseconds()
        header.wallNanoseconds = wallNanoseconds()
        let record = try LoadRecord(path: plan.record, header: header)
        if let note = LoadTargets.shared(plan) { notes.append(note) }
        started = monotonicNanoseconds()
        var first = Desk(
            record: record, underWay: Array(repeating: nil, count: plan.queueDepth), activeThreads: plan.queueDepth,
            nextStart: started, discardsRefused: volumes.map { _ in false })
        first.statistics.run = String(run, radix: 16)
        first.statistics.record = plan.record
        first.statistics.notes = notes
        desk = Monitor(first)
    }

    /// What has been done so far.
    package var statistics: LoadStatistics { desk.withLock { self.summary(&$0) } }

    private func summary(_ desk: inout Desk) -> LoadStatistics {
        var statistics = desk.statistics
        let end = desk.endedNanoseconds ?? monotonicNanoseconds()
        statistics.seconds = Double(end - started) / 1e9
        statistics.writesPerSecond = Double(statistics.writes) / max(statistics.seconds, 1e-9)
        statistics.latencyMicroseconds = LoadStatistics.Latency(
            median: Double(desk.latencies.quantile(0.5)) / 1000,
            percentile99: Double(desk.latencies.quantile(0.99)) / 1000,
            percentile999: Double(desk.latencies.quantile(0.999)) / 1000,
            maximum: Double(desk.latencies.maximum) / 1000)
        statistics.outstanding = desk.underWay.count { $0 != nil }
        statistics.end = desk.end
        return statistics
    }

    /// Whether the load is over by itself: time, count, errors, or nobody left to write.
    package var isOver: Bool {
        let now = monotonicNanoseconds()
        return desk.withLock { desk in
            if desk.isStopping { return true }
            if desk.activeThreads == 0 {
                desk.end = desk.end ?? "all writers ended"
            } else if let seconds = plan.seconds, Double(now - started) / 1e9 >= seconds {
                desk.end = "the time is over"
            } else if plan.onError == .stop, let since = desk.failingSince,
                Double(now &- since) / 1e9 >= plan.errorPatienceSeconds, now > since
            {
                desk.end = "the devices failed"
            }
            if desk.end != nil { desk.isStopping = true }
            return desk.isStopping
        }
    }

    /// Ends the load: waits for what is under way, but no longer than `patience` seconds, then closes the record.
    /// What is still under way then stays without an answer, in the record and here.
    @discardableResult
    package func stop(patience: Double = 2, because end: String = "stopped") throws(WorkloadFailure) -> LoadStatistics {
        desk.withLock { desk in
            desk.isStopping = true
            desk.end = desk.end ?? end
        }
        desk.wakeAll()
        let deadline = monotonicNanoseconds() + UInt64(patience * 1e9)
        _ = desk.wait(until: deadline) { $0.activeThreads == 0 ? true : nil }
        let (record, statistics) = desk.withLock { desk in
            desk.isClosed = true
            desk.endedNanoseconds = desk.endedNanoseconds ?? monotonicNanoseconds()
            return (desk.record, self.summary(&desk))
        }
        // After `isClosed` no worker touches the record any more: this thread has it alone.
        do { try record.close() } catch { throw WorkloadFailure(error) }
        return statistics
    }

    /// Waits until the load is over or `isInterrupted` says so, and stops it. Blocks the calling thread.
    package func finish(
        patience: Double = 2, isInterrupted: () -> Bool = { false }, progress: (LoadStatistics) -> Void = { _ in }
    ) throws(WorkloadFailure) -> LoadStatistics {
        while !isOver && !isInterrupted() {
            progress(statistics)
            sleepNanoseconds(20_000_000)
        }
        return try stop(patience: patience, because: "interrupted")
    }

    func workerEnded() {
        desk.withLock { $0.activeThreads -= 1 }
        desk.wakeAll()
    }
}

extension StampedLoad {
    /// What a worker is told to do.
    struct Ticket {
        var sequence: UInt64
        var kind: OperationKind
        var volume: Int
        var offset: UInt64
        var length: UInt64
        var precedent: Precedent?
        var begun: UInt64
    }

    enum Answer {
        case go(Ticket)
        /// Everything that was proposed overlaps what is under way.
        case busy
        case over
    }

    /// Numbers and records an operation if nothing under way overlaps it. // hot
    func begin(_ proposal: Ticket, thread: Int) -> Answer {
        desk.withLock { desk in
            guard !desk.isStopping, !desk.isClosed else { return .over }
            if let count = plan.count, desk.lastSequence >= count {
                desk.end = desk.end ?? "the count is reached"
                return .over
            }
            let end = proposal.offset + proposal.length
            for range in desk.underWay {
                if let range, range.volume == proposal.volume, range.offset < end,
                    proposal.offset < range.offset + range.length
                {
                    return .busy
                }
            }
            var ticket = proposal
            ticket.sequence = desk.lastSequence + 1
            ticket.begun = monotonicNanoseconds()
            var entry = RecordEntry(event: .begun, kind: ticket.kind, sequence: ticket.sequence)
            entry.volume = UInt16(ticket.volume)
            entry.offset = ticket.offset
            entry.length = ticket.length
            entry.nanoseconds = ticket.begun
            entry.precedent = ticket.precedent?.sequence ?? 0
            entry.thread = UInt16(thread)
            // The answers of all that is under way, this one's, and the closing entry must still fit.
            do { try desk.record.append(entry, keeping: plan.queueDepth + 2) } catch {
                desk.isStopping = true
                desk.end = "the record cannot grow: \(error)"
                return .over
            }
            desk.lastSequence = ticket.sequence
            desk.underWay[thread] = Desk.Range(
                volume: ticket.volume, offset: ticket.offset, length: ticket.kind == .flush ? 0 : ticket.length)
            return .go(ticket)
        }
    }

    /// Records the answer. Returns false if the load is over. // hot
    func end(_ ticket: Ticket, _ code: Int32, thread: Int) -> Bool {
        let now = monotonicNanoseconds()
        let goesOn = desk.withLock { desk in
            guard !desk.isClosed else { return false }
            var entry = RecordEntry(event: .ended, kind: ticket.kind, sequence: ticket.sequence)
            entry.volume = UInt16(ticket.volume)
            entry.offset = ticket.offset
            entry.length = ticket.length
            entry.nanoseconds = now
            entry.errno = code
            entry.thread = UInt16(thread)
            do { try desk.record.append(entry) } catch {
                // Room was kept back for it: only a mapping that fails can lead here. The operation stays without answer.
                desk.isStopping = true
                desk.end = "the record cannot grow: \(error)"
                return false
            }
            desk.underWay[thread] = nil
            note(ticket, code, now, &desk)
            return !desk.isStopping
        }
        return goesOn
    }

    private func note(_ ticket: Ticket, _ code: Int32, _ now: UInt64, _ desk: inout Desk) {
        guard code == 0 else {
            if ticket.kind == .discard, code == EOPNOTSUPP {
                if !desk.discardsRefused[ticket.volume] {
                    desk.discardsRefused[ticket.volume] = true
                    desk.statistics.notes.append("\(volumes[ticket.volume].path) does not discard: left out")
                }
                return
            }
            desk.statistics.failures += 1
            desk.statistics.lastError = "\(ticket.kind) on \(volumes[ticket.volume].path): \(systemErrorText(code))"
            desk.failingSince = desk.failingSince ?? now
            return
        }
        desk.failingSince = nil
        switch ticket.kind {
        case .write:
            desk.statistics.writes += 1
            desk.statistics.bytesWritten += ticket.length
            if ticket.precedent != nil { desk.statistics.dependentWrites += 1 }
            desk.latencies.add(now - ticket.begun)
        case .discard: desk.statistics.discards += 1
        case .flush: desk.statistics.flushes += 1
        case .truncate, .mappedWrite, .punchHole: preconditionFailure("a load does not do this")
        }
    }

    /// When the next operation may start, nanoseconds of the monotonic clock.
    func nextStart() -> UInt64 {
        guard plan.rate > 0 else { return 0 }
        let now = monotonicNanoseconds()
        return desk.withLock { desk in
            desk.nextStart = max(desk.nextStart, now > 100_000_000 ? now - 100_000_000 : 0)
            defer { desk.nextStart += 1_000_000_000 / UInt64(plan.rate) }
            return desk.nextStart
        }
    }

    var isStopping: Bool { desk.withLock { $0.isStopping } }
    func refusesDiscards(_ volume: Int) -> Bool { desk.withLock { $0.discardsRefused[volume] } }
}
