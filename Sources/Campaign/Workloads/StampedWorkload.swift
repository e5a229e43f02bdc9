// Direct writes to the raw volumes by several threads, each stamped with its writer and a rising number. A writer begins
// a write when the one before is answered, and goes over both volumes: so what a copy holds of one writer's numbers says
// what is missing, and whether something newer is there without something older.

internal import CPlatform
internal import Foundation
internal import Platform
internal import Simulator
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

struct StampedWorkload: CampaignWorkload {
    private static let writerCount = 4
    private let stage: WorkloadStage
    private var writers: StampedWriters?
    private let pauseMicroseconds: UInt64

    init(_ stage: WorkloadStage) {
        self.stage = stage
        var dice = Dice(seed: stage.seed)
        pauseMicroseconds = dice.pick([0, 100, 500])
    }

    mutating func begin(on side: Side) async throws {
        let paths = [0, 1].map { stage.bench.device(side, $0) }
        // What the prologue left there must not pass for a stamp.
        for volume in [0, 1] { try await stage.bench.erase(side, volume) }
        let started = StampedWriters(
            paths: paths, writerCount: Self.writerCount, blocks: Int(WorkloadKind.stamped.volumeBytes) / 4096,
            pauseMicroseconds: pauseMicroseconds, seed: stage.seed)
        started.start()
        writers = started
    }

    mutating func end(inOrder: Bool) async throws {
        guard let writers else { return }
        _ = await onThread("end writers", seconds: RunBench.patienceSeconds) { writers.stop() }
    }

    mutating func judge(on side: Side) async throws -> WorkloadFinding {
        guard let writers else { return WorkloadFinding() }
        let copies = [try await stage.bench.contents(side, 0), try await stage.bench.contents(side, 1)]
        return StampedJudge(copies: copies, histories: writers.histories).finding
    }

    mutating func leave() async {
        guard let writers else { return }
        _ = await onThread("end writers", seconds: 10) { writers.stop() }
    }
}

/// One write of a writer; its number is its place in the writer's history, from 1.
struct StampedWrite: Hashable, Sendable {
    var volume: UInt8
    var block: UInt32
    var isAcknowledged = false
}

/// The threads that write.
///
/// **Threads**: each writer appends to its own history under that history's lock; anybody may read.
@safe final class StampedWriters: Sendable {
    static let blockBytes = 4096
    static let mark: UInt64 = 0x5354_414D_5045_4421
    private let paths: [String]
    private let writerCount: Int
    private let blocks: Int
    private let pauseMicroseconds: UInt64
    private let seed: UInt64
    private let isStopping = Atomic(false)
    private let threads = Mutex<[NamedThread]>([])
    private let notes: [Note]

    private final class Note: Sendable {
        let writes = Mutex<[StampedWrite]>([])
    }

    init(paths: [String], writerCount: Int, blocks: Int, pauseMicroseconds: UInt64, seed: UInt64) {
        self.paths = paths
        self.writerCount = writerCount
        self.blocks = blocks
        self.pauseMicroseconds = pauseMicroseconds
        self.seed = seed
        notes = (0..<writerCount).map { _ in Note() }
    }

    /// Each writer's writes, in its order.
    var histories: [[StampedWrite]] { notes.map { $0.writes.withLock { $0 } } }

    func start() {
        threads.withLock { threads in
            threads = (0..<writerCount).map { index in NamedThread("writer \(index)") { self.run(index) } }
        }
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        let all = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in all { thread.join() }
    }

    private func run(_ index: Int) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 4096)
        var files = paths.map { _ in Int32(-1) }
        defer {
            unsafe buffer.deallocate()
            for file in files where file >= 0 { close(file) }
        }
        var dice = Dice(seed: seed &+ UInt64(index))
        while !isStopping.load(ordering: .relaxed) {
            let volume = dice.roll(paths.count)
            if files[volume] < 0 { files[volume] = unsafe arraybench_open(paths[volume], O_RDWR | Self.direct, 0) }
            guard files[volume] >= 0 else {
                sleepNanoseconds(2_000_000)
                continue
            }
            // A block belongs to one writer, so that blocks are never overwritten by a stranger.
            let block = dice.roll(blocks / writerCount) * writerCount + index
            if unsafe !write(buffer, to: files[volume], volume, block, index) {
                close(files[volume])
                files[volume] = -1
                sleepNanoseconds(1_000_000)
            }
            if pauseMicroseconds > 0 { sleepNanoseconds(pauseMicroseconds * 1000) }
        }
    }

    private func write(
        _ buffer: UnsafeMutableRawBufferPointer, to file: Int32, _ volume: Int, _ block: Int, _ index: Int
    ) -> Bool {
        let number = notes[index].writes.withLock { writes in
            writes.append(StampedWrite(volume: UInt8(volume), block: UInt32(block)))
            return writes.count
        }
        for offset in stride(from: 0, to: Self.blockBytes, by: 16) {
            unsafe buffer.storeBytes(of: Self.mark ^ UInt64(index), toByteOffset: offset, as: UInt64.self)
            unsafe buffer.storeBytes(of: UInt64(number), toByteOffset: offset + 8, as: UInt64.self)
        }
        guard unsafe pwrite(file, buffer.baseAddress, Self.blockBytes, off_t(block * Self.blockBytes)) == Self.blockBytes
        else { return false }
        notes[index].writes.withLock { $0[number - 1].isAcknowledged = true }
        return true
    }

    /// O_DIRECT, which Swift does not see.
    /// - Source: Linux, include/uapi/asm-generic/fcntl.h.
    private static let direct: Int32 = 0o40000
}

/// Compares what a copy holds with what the writers know.
struct StampedJudge {
    private(set) var finding = WorkloadFinding()

    init(copies: [[UInt8]], histories: [[StampedWrite]]) {
        finding.isPrefix = true
        for (writer, history) in histories.enumerated() { judge(writer, history, copies) }
        if finding.missing == 0 { finding.notes.append("every acknowledged write is there") }
    }

    private mutating func judge(_ writer: Int, _ history: [StampedWrite], _ copies: [[UInt8]]) {
        finding.acknowledged += history.count { $0.isAcknowledged }
        var places: [Place: [Int]] = [:]
        for (index, write) in history.enumerated() {
            places[Place(volume: Int(write.volume), block: Int(write.block)), default: []].append(index + 1)
        }
        var held: [Place: Int] = [:]
        for (place, numbers) in places {
            if let number = Self.number(at: place, of: writer, in: copies[place.volume]), number <= history.count {
                held[place] = number
            } else {
                held[place] = 0
                // Only a write that nobody was told about may be torn.
                guard numbers.allSatisfy({ history[$0 - 1].isAcknowledged }) else { continue }
                finding.isConsistent = false
                note("block \(place.block) of volume \(place.volume) is torn or foreign")
            }
        }
        let newest = held.values.max() ?? 0
        for (place, numbers) in places {
            let lost = numbers.filter { $0 > held[place]! && history[$0 - 1].isAcknowledged }
            finding.missing += lost.count
            guard let hole = lost.first(where: { $0 < newest }) else { continue }
            finding.isPrefix = false
            note(
                "writer \(writer): write \(newest) is there, and block \(place.block) of volume \(place.volume) misses "
                    + "write \(hole)")
        }
        let lost = history.indices.last { history[$0].isAcknowledged }.map { $0 + 1 - newest } ?? 0
        if lost > 0 { note("writer \(writer): acknowledged up to \(newest + lost), there up to \(newest)") }
    }

    private mutating func note(_ text: String) {
        if finding.notes.count < 12 { finding.notes.append(text) }
    }

    private struct Place: Hashable {
        var volume: Int
        var block: Int
    }

    /// The number in a block; 0 if nobody has written there; nil if it is torn or somebody else's.
    private static func number(at place: Place, of writer: Int, in copy: [UInt8]) -> Int? {
        let start = place.block * StampedWriters.blockBytes
        return unsafe copy[start..<start + StampedWriters.blockBytes].withUnsafeBytes { bytes -> Int? in
            let mark = unsafe bytes.loadUnaligned(as: UInt64.self)
            let number = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            guard mark == StampedWriters.mark ^ UInt64(writer) || (mark == 0 && number == 0) else { return nil }
            for offset in stride(from: 0, to: bytes.count, by: 16) {
                guard unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) == mark,
                    unsafe bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self) == number
                else { return nil }
            }
            return Int(exactly: number)
        }
    }
}
