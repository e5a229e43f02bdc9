// Hosts that know what they wrote: each thread owns some blocks of a volume and stamps them with rising numbers, so that
// what a copy holds can be judged without the arrays' help.

import Foundation
import Platform
import Synchronization

/// What became of one block.
struct BlockHistory: Sendable {
    /// The newest number that was given to the kernel.
    var issued: UInt64 = 0
    /// The newest number that the kernel acknowledged.
    var acknowledged: UInt64 = 0
}

/// Writers on one volume, 4 KiB blocks, direct I/O, several threads.
@safe final class StampedWriters: Sendable {
    static let blockBytes = 4096
    let blocks: Int
    private let path: String
    private let threadCount: Int
    private let stopsAtError: Bool
    private let histories: Monitor<[BlockHistory]>
    private let isStopping = Atomic(false)
    private let errorCount = Atomic(0)
    private let writeCount = Atomic(0)
    private let threads = Mutex<[NamedThread]>([])

    /// - Parameter before: what an earlier run left; numbers go on from there.
    init(path: String, blocks: Int, threads: Int = 4, stopsAtError: Bool = true, before: [BlockHistory]? = nil) {
        self.path = path
        self.blocks = blocks
        threadCount = threads
        self.stopsAtError = stopsAtError
        histories = Monitor(before ?? Array(repeating: BlockHistory(), count: blocks))
    }

    var errors: Int { errorCount.load(ordering: .relaxed) }
    var writes: Int { writeCount.load(ordering: .relaxed) }
    var history: [BlockHistory] { histories.withLock { $0 } }

    func start() {
        threads.withLock { threads in
            for index in 0..<threadCount { threads.append(NamedThread("writer \(index)") { self.run(index) }) }
        }
    }

    /// Stops and joins the threads.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        let all = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in all { thread.join() }
    }

    private func run(_ index: Int) {
        let file = unsafe open(path, O_RDWR | directIO | O_CLOEXEC)
        guard file >= 0 else {
            errorCount.add(1, ordering: .relaxed)
            return
        }
        defer { close(file) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 4096)
        defer { unsafe buffer.deallocate() }
        var generator = SystemRandomNumberGenerator()
        while !isStopping.load(ordering: .relaxed) {
            let block = Int.random(in: 0..<(blocks / threadCount), using: &generator) * threadCount + index
            let number = histories.withLock { histories in
                histories[block].issued += 1
                return histories[block].issued
            }
            unsafe Self.stamp(buffer, block: block, number: number)
            let count = unsafe pwrite(file, buffer.baseAddress, buffer.count, off_t(block * Self.blockBytes))
            if count == Self.blockBytes {
                histories.withLock { $0[block].acknowledged = number }
                writeCount.add(1, ordering: .relaxed)
            } else {
                errorCount.add(1, ordering: .relaxed)
                if stopsAtError { return }
                sleepNanoseconds(1_000_000)
            }
        }
    }

    /// Every 16 bytes say which block and number they are of: a torn block is seen.
    private static func stamp(_ buffer: UnsafeMutableRawBufferPointer, block: Int, number: UInt64) {
        for offset in stride(from: 0, to: buffer.count, by: 16) {
            unsafe buffer.storeBytes(of: UInt64(block) | 0xABBA << 48, toByteOffset: offset, as: UInt64.self)
            unsafe buffer.storeBytes(of: number, toByteOffset: offset + 8, as: UInt64.self)
        }
    }

    /// The number that a block of `contents` holds; 0 if it was never written; nil if it is torn or foreign.
    static func number(in contents: [UInt8], block: Int) -> UInt64? {
        let slice = contents[block * blockBytes..<(block + 1) * blockBytes]
        return unsafe slice.withUnsafeBytes { bytes -> UInt64? in
            let first = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            let mark = unsafe bytes.loadUnaligned(as: UInt64.self)
            if mark == 0, first == 0 { return unsafe bytes.allSatisfy { $0 == 0 } ? 0 : nil }
            guard mark == UInt64(block) | 0xABBA << 48 else { return nil }
            for offset in stride(from: 0, to: bytes.count, by: 16) {
                guard unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) == mark,
                    unsafe bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self) == first
                else { return nil }
            }
            return first
        }
    }

    /// What is wrong with `contents`: blocks that miss an acknowledged write. A write that was never acknowledged may be
    /// there, not there or torn.
    static func losses(in contents: [UInt8], _ history: [BlockHistory]) -> [String] {
        var losses: [String] = []
        for (block, history) in history.enumerated() {
            guard let number = number(in: contents, block: block) else {
                if history.issued == history.acknowledged { losses.append("block \(block) is torn") }
                continue
            }
            if number < history.acknowledged {
                losses.append("block \(block) holds write \(number), write \(history.acknowledged) was acknowledged")
            } else if number > history.issued {
                losses.append("block \(block) holds write \(number), which was never issued")
            }
        }
        return losses
    }
}

/// One host that writes to several volumes in one order.
@safe final class OrderedWriter: Sendable {
    struct Entry: Sendable {
        var volume: Int
        var block: Int
    }
    private let paths: [String]
    private let blocks: Int
    private let entries = Monitor<[Entry]>([])
    private let acknowledgedCount = Atomic(0)
    private let isStopping = Atomic(false)
    private let thread = Mutex<NamedThread?>(nil)

    init(paths: [String], blocks: Int) {
        self.paths = paths
        self.blocks = blocks
    }

    /// Writes issued so far; write number n is `order[n - 1]`.
    var order: [Entry] { entries.withLock { $0 } }
    var acknowledged: Int { acknowledgedCount.load(ordering: .acquiring) }

    func start() { thread.withLock { $0 = NamedThread("ordered writer") { self.run() } } }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        thread.withLock { $0.take() }?.join()
    }

    private func run() {
        let files = paths.map { unsafe open($0, O_RDWR | directIO | O_CLOEXEC) }
        defer { for file in files where file >= 0 { close(file) } }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 4096)
        defer { unsafe buffer.deallocate() }
        while !isStopping.load(ordering: .relaxed) {
            let entry = Entry(volume: Int.random(in: 0..<paths.count), block: Int.random(in: 0..<blocks))
            let number = entries.withLock { entries in
                entries.append(entry)
                return entries.count
            }
            for offset in stride(from: 0, to: buffer.count, by: 8) {
                unsafe buffer.storeBytes(of: UInt64(number), toByteOffset: offset, as: UInt64.self)
            }
            let count = unsafe pwrite(files[entry.volume], buffer.baseAddress, 4096, off_t(entry.block * 4096))
            guard count == 4096 else { return }
            acknowledgedCount.store(number, ordering: .releasing)
        }
    }

    /// How many writes of the order the copies hold, if they hold a prefix of it; else a counter-example.
    func cut(of copies: [[UInt8]]) -> (count: Int, counterexample: String?) {
        let order = order
        func held(_ entry: Entry) -> UInt64? {
            let start = entry.block * 4096
            return unsafe copies[entry.volume][start..<start + 4096].withUnsafeBytes { bytes -> UInt64? in
                let number = unsafe bytes.loadUnaligned(as: UInt64.self)
                for offset in stride(from: 0, to: 4096, by: 8)
                where unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) != number { return nil }
                return number
            }
        }
        var newest: [[UInt64]] = copies.map { _ in Array(repeating: 0, count: blocks) }
        var present: UInt64 = 0
        for (volume, _) in copies.enumerated() {
            for block in 0..<blocks {
                guard let number = held(Entry(volume: volume, block: block)) else {
                    return (0, "block \(block) of volume \(volume) is torn")
                }
                newest[volume][block] = number
                present = max(present, number)
            }
        }
        guard present <= UInt64(order.count) else { return (0, "write \(present) was never issued") }
        var expected: [[UInt64]] = copies.map { _ in Array(repeating: 0, count: blocks) }
        for number in 0..<Int(present) { expected[order[number].volume][order[number].block] = UInt64(number + 1) }
        for volume in copies.indices {
            for block in 0..<blocks where newest[volume][block] != expected[volume][block] {
                return (
                    Int(present),
                    "write \(present) is there, but block \(block) of volume \(volume) holds "
                        + "\(newest[volume][block]) instead of \(expected[volume][block])"
                )
            }
        }
        return (Int(present), nil)
    }
}
