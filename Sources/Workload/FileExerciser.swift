// Exercises one file the way fsx does: random operations on one file, compared with a model in memory.
// After Avadis Tevanian's fsx (NeXT, 1991), without its code.
//
// Each operation stands in the record before it is done and after it was answered. What an operation writes follows from
// the run and its number, so that the record needs no data.

internal import CPlatform
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

package enum FileExerciser {
    package struct Plan: Hashable, Sendable {
        package var file: String
        package var record: String
        package var sizeLimit = 1 << 20
        package var syncPercent = 5
        package var seconds: Double?
        package var count: UInt64?
        package var seed: UInt64?

        package init(file: String, record: String) {
            self.file = file
            self.record = record
        }
    }

    package struct Summary: Hashable, Sendable, Codable {
        package var run: String
        package var seed: UInt64
        package var operations: UInt64
        package var reads: UInt64
        package var acknowledgedSyncs: UInt64
        /// Why it ended.
        package var end: String

        package var text: String {
            "run \(run), seed \(seed): \(end)\n  \(operations) operations, \(reads) reads compared, "
                + "\(acknowledgedSyncs) fsyncs acknowledged\n"
        }
    }

    /// Runs until the time, the count, a signal or an error of the file ends it. Blocks the calling thread.
    /// - Throws: if the file or the record cannot be made, or a read differs from the model.
    package static func run(
        _ plan: Plan, isInterrupted: () -> Bool = { false }, progress: (UInt64, Double?) -> Void = { _, _ in }
    ) throws(WorkloadFailure) -> Summary {
        let exercise = try FileExercise(plan)
        return try exercise.run(isInterrupted, progress)
    }
}

/// **Threads**: the caller's alone.
private final class FileExercise {
    private let plan: FileExerciser.Plan
    private let run: UInt64
    private let seed: UInt64
    private let file: Int32
    private let record: LoadRecord
    private let buffer: AlignedBuffer
    private var model: FileModel
    private var dice: SplitMix
    private var sequence: UInt64 = 0
    private var reads: UInt64 = 0
    private var syncs: UInt64 = 0

    init(_ plan: FileExerciser.Plan) throws(WorkloadFailure) {
        var generator = SystemRandomNumberGenerator()
        self.plan = plan
        run = generator.next()
        seed = plan.seed ?? generator.next()
        dice = SplitMix(seed)
        model = FileModel(limit: plan.sizeLimit)
        buffer = AlignedBuffer(plan.sizeLimit)
        let file = unsafe arraybench_open(plan.file, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else { throw WorkloadFailure(SystemFailure("make", plan.file, -file)) }
        var header = RecordHeader(
            subject: .fileExerciser, run: run, seed: seed,
            volumes: [RecordHeader.Volume(path: plan.file, size: UInt64(plan.sizeLimit))])
        header.monotonicNanoseconds = monotonicNanoseconds()
        header.wallNanoseconds = wallNanoseconds()
        do { record = try LoadRecord(path: plan.record, header: header) } catch {
            close(file)
            unsafe unlink(plan.file)
            throw error
        }
        self.file = file
    }

    deinit { close(file) }

    func run(
        _ isInterrupted: () -> Bool, _ progress: (UInt64, Double?) -> Void
    ) throws(WorkloadFailure) -> FileExerciser.Summary {
        let started = monotonicNanoseconds()
        var end = "the count is reached"
        while plan.count.map({ sequence + reads < $0 }) ?? true {
            let seconds = Double(monotonicNanoseconds() - started) / 1e9
            if let limit = plan.seconds, seconds >= limit {
                end = "the time is over"
                break
            }
            if isInterrupted() {
                end = "interrupted"
                break
            }
            progress(sequence, plan.seconds.map { seconds / $0 })
            if let failure = try step() {
                end = "the file failed: \(failure)"
                break
            }
        }
        do { try record.close() } catch { throw WorkloadFailure(error) }
        return FileExerciser.Summary(
            run: String(run, radix: 16), seed: seed, operations: sequence, reads: reads, acknowledgedSyncs: syncs,
            end: end)
    }

    /// One operation or comparison; the text says what the file answered instead of doing it.
    private func step() throws(WorkloadFailure) -> String? {
        let drawn = Int.random(in: 0..<100, using: &dice)
        if drawn < plan.syncPercent { return try change(.flush, 0, 0) }
        switch drawn % 10 {
        case 0, 1, 2:
            let offset = Int.random(in: 0..<plan.sizeLimit, using: &dice)
            return try change(.write, offset, length(plan.sizeLimit - offset))
        case 3:
            return try change(.write, model.size, length(plan.sizeLimit - model.size))
        case 4: return try change(.truncate, Int.random(in: 0...plan.sizeLimit, using: &dice), 0)
        case 5: return try withinFile(.punchHole)
        case 6: return try withinFile(.mappedWrite)
        default: return try compare()
        }
    }

    private func length(_ room: Int) -> Int {
        room == 0 ? 0 : Int.random(in: 1...min(room, 64 << 10), using: &dice)
    }

    private func withinFile(_ kind: OperationKind) throws(WorkloadFailure) -> String? {
        guard model.size > 0 else { return nil }
        let offset = Int.random(in: 0..<model.size, using: &dice)
        return try change(kind, offset, length(model.size - offset))
    }

    private func change(_ kind: OperationKind, _ offset: Int, _ length: Int) throws(WorkloadFailure) -> String? {
        if kind == .write, length == 0 { return nil }
        sequence += 1
        var entry = RecordEntry(event: .begun, kind: kind, sequence: sequence)
        entry.offset = UInt64(offset)
        entry.length = UInt64(length)
        entry.nanoseconds = monotonicNanoseconds()
        try note(entry)
        let operation = LoadOperation(
            sequence: sequence, kind: kind, volume: 0, offset: entry.offset, length: entry.length, precedent: 0,
            begunEntry: 0, begunNanoseconds: entry.nanoseconds)
        let code = carryOut(operation)
        entry.event = .ended
        entry.errno = code
        entry.nanoseconds = monotonicNanoseconds()
        try note(entry)
        if kind == .punchHole, code == EOPNOTSUPP { return nil }
        guard code == 0 else { return "\(kind): \(systemErrorText(code))" }
        model.apply(operation, run: run)
        if kind == .flush { syncs += 1 }
        return nil
    }

    private func note(_ entry: RecordEntry) throws(WorkloadFailure) {
        do { try record.append(entry, keeping: 2) } catch { throw WorkloadFailure(error) }
    }

    /// 0 or an errno.
    private func carryOut(_ operation: LoadOperation) -> Int32 {
        let offset = Int(operation.offset)
        let length = Int(operation.length)
        switch operation.kind {
        case .write:
            for place in 0..<length {
                unsafe buffer.bytes[place] = FileModel.value(run, operation.sequence, offset + place)
            }
            let count = unsafe pwrite(file, buffer.bytes.baseAddress, length, off_t(offset))
            return count == length ? 0 : count < 0 ? errno : EIO
        case .truncate: return ftruncate(file, off_t(offset)) == 0 ? 0 : errno
        case .punchHole: return arraybench_punch_hole(file, off_t(offset), off_t(length))
        case .flush: return fsync(file) == 0 ? 0 : errno
        case .mappedWrite: return storeMapped(operation)
        case .discard: preconditionFailure("the file exerciser does not do this")
        }
    }

    private func storeMapped(_ operation: LoadOperation) -> Int32 {
        let start = Int(operation.offset) / 4096 * 4096
        let count = Int(operation.end) - start
        let memory = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, file, off_t(start))
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { return errno }
        defer { unsafe munmap(memory, count) }
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: memory, count: count)
        for place in Int(operation.offset)..<Int(operation.end) {
            unsafe bytes[place - start] = FileModel.value(run, operation.sequence, place)
        }
        return unsafe msync(memory, count, MS_SYNC) == 0 ? 0 : errno
    }

    /// Reads some of the file and compares it.
    private func compare() throws(WorkloadFailure) -> String? {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { return "fstat: \(systemErrorText(errno))" }
        guard status.st_size == model.size else {
            throw WorkloadFailure(
                "\(plan.file) has \(status.st_size) bytes instead of \(model.size) after operation \(sequence)",
                remedy: "seed \(seed) repeats the operations")
        }
        guard model.size > 0 else { return nil }
        let offset = Int.random(in: 0..<model.size, using: &dice)
        let length = length(model.size - offset)
        let count = unsafe pread(file, buffer.bytes.baseAddress, length, off_t(offset))
        guard count == length else { return count < 0 ? "read: \(systemErrorText(errno))" : "read: too few bytes" }
        reads += 1
        for place in 0..<length where unsafe buffer.bytes[place] != model.bytes[offset + place] {
            throw WorkloadFailure(
                "byte \(offset + place) of \(plan.file) is \(unsafe buffer.bytes[place]) instead of "
                    + "\(model.bytes[offset + place]) after operation \(sequence)",
                remedy: "seed \(seed) repeats the operations")
        }
        return nil
    }
}
