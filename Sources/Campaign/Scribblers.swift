// Hosts at both arrays that write wherever they may, without anybody remembering what: the background of the prologue,
// in which roles change and only the copies' equality is asked for at the end.

internal import CPlatform
internal import Platform
internal import Simulator
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// **Threads**: one for each volume of each array; they share nothing but the mark that ends them.
@safe final class Scribblers: Sendable {
    private let isStopping = Atomic(false)
    private let threads = Mutex<[NamedThread]>([])

    init(_ paths: [String], volumeBytes: UInt64, seed: UInt64) {
        threads.withLock { threads in
            threads = paths.enumerated().map { index, path in
                NamedThread("scribbler \(index)") { self.run(path, volumeBytes, seed &+ UInt64(index)) }
            }
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

    private func run(_ path: String, _ volumeBytes: UInt64, _ seed: UInt64) {
        var dice = Dice(seed: seed)
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var file = Int32(-1)
        defer { if file >= 0 { close(file) } }
        // A small region is written over and over, the rest now and then.
        let blocks = Int(volumeBytes) / 4096
        while !isStopping.load(ordering: .relaxed) {
            sleepNanoseconds(UInt64(dice.roll(1...20)) * 100_000)
            if file < 0 { file = unsafe arraybench_open(path, O_RDWR, 0) }
            guard file >= 0 else { continue }
            let first = dice.roll(dice.chance(80) ? min(blocks, 256) : blocks)
            let count = min(dice.roll(1...16), blocks - first) * 4096
            for index in stride(from: 0, to: count, by: 512) { bytes[index] = UInt8(truncatingIfNeeded: dice.next()) }
            let isDiscard = dice.chance(10)
            let failed =
                isDiscard
                ? arraybench_punch_hole(file, off_t(first * 4096), off_t(count)) != 0
                : unsafe pwrite(file, bytes, count, off_t(first * 4096)) != count
            // Where it may not write, a host tries again now and then.
            guard failed else { continue }
            close(file)
            file = -1
            sleepNanoseconds(3_000_000)
        }
    }
}
