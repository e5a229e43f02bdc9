// What the tests of this module share: hand-made histories, volumes in memory, and a folder that goes away.

import Foundation
import Platform
import Workload

/// A run in memory: operations are recorded and applied to volumes as the test says.
struct HandMadeRun {
    static let run: UInt64 = 0xC0FFEE
    static let blocks = 32
    static let block: UInt64 = 1024

    var history: LoadHistory
    private var next: UInt64 = 0

    init(
        volumes: Int = 2, size: UInt64 = UInt64(HandMadeRun.blocks) * HandMadeRun.block,
        before: ContentsBefore = .zero
    ) {
        let all = (0..<volumes).map { RecordHeader.Volume(path: "/copy/\($0)", size: size, before: before) }
        history = LoadHistory(header: RecordHeader(subject: .stampedLoad, run: Self.run, volumes: all, discards: true))
    }

    var empty: [[UInt8]] { history.header.volumes.map { Array(repeating: 0, count: Int($0.size)) } }

    /// Records the beginning; the operation's index.
    mutating func begin(
        _ kind: OperationKind = .write, _ volume: Int = 0, at offset: UInt64 = 0, _ length: UInt64 = block,
        after precedent: Int? = nil
    ) -> Int {
        next += 1
        var entry = RecordEntry(event: .begun, kind: kind, sequence: next)
        entry.volume = UInt16(volume)
        entry.offset = offset
        entry.length = length
        entry.nanoseconds = UInt64(next) * 1_000_000_000
        entry.precedent = precedent.map { history.operations[$0].sequence } ?? 0
        precondition(history.append(entry) == nil)
        return Int(next - 1)
    }

    mutating func end(_ index: Int, _ errno: Int32 = 0) {
        let operation = history.operations[index]
        var entry = RecordEntry(event: .ended, kind: operation.kind, sequence: operation.sequence)
        entry.errno = errno
        entry.nanoseconds = operation.begunNanoseconds + 1_000_000
        precondition(history.append(entry) == nil)
    }

    /// An operation that was acknowledged before the next one began.
    @discardableResult
    mutating func done(
        _ kind: OperationKind = .write, _ volume: Int = 0, at offset: UInt64 = 0, _ length: UInt64 = block,
        after precedent: Int? = nil
    ) -> Int {
        let index = begin(kind, volume, at: offset, length, after: precedent)
        end(index)
        return index
    }

    /// Puts an operation, or only some of its sectors, into copies.
    func apply(_ index: Int, to copies: inout [[UInt8]], sectors: Range<Int>? = nil) {
        let operation = history.operations[index]
        var bytes = Array(repeating: UInt8(0), count: Int(operation.length))
        if operation.kind == .write {
            let precedent = operation.precedent == 0 ? nil : history.operations[Int(operation.precedent - 1)]
            let stamp = Stamp(
                run: Self.run, volume: UInt16(operation.volume), sequence: operation.sequence,
                offset: operation.offset, length: operation.length,
                precedent: precedent.map {
                    Precedent(
                        sequence: $0.sequence, volume: UInt16($0.volume), offset: $0.offset, length: $0.length)
                })
            unsafe bytes.withUnsafeMutableBytes { unsafe stamp.fill($0) }
        }
        for sector in sectors ?? 0..<bytes.count / 512 {
            let place = Int(operation.offset) + sector * 512
            copies[operation.volume].replaceSubrange(
                place..<place + 512, with: bytes[sector * 512..<sector * 512 + 512])
        }
    }

    /// Copies that hold all but the named operations.
    func copies(without missing: Set<Int> = []) -> [[UInt8]] {
        var copies = empty
        for index in history.operations.indices where !missing.contains(index) { apply(index, to: &copies) }
        return copies
    }

    func judge(_ copies: [[UInt8]], acrossVolumes: Bool = true) -> StampVerdict {
        var judge = StampJudge(history, acrossVolumes: acrossVolumes)
        for (volume, copy) in copies.enumerated() {
            unsafe copy.withUnsafeBytes { unsafe judge.look(volume: volume, offset: 0, $0) }
        }
        return judge.verdict()
    }
}

func contents(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
func store(_ bytes: [UInt8], _ path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

/// Blocking work of a test, away from the cooperative threads.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        startDetachedThread("test") { continuation.resume(with: Swift.Result { try work() }) }
    }
}
