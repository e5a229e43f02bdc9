// One block written past the host's page cache, the way a database's log writer finds out whether a volume takes writes.

internal import Bench
internal import Foundation
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

enum DirectWrite {
    private static let blockBytes = 4096

    /// Tries until the volume at `path` takes a block.
    /// - Returns: seconds from the call until the first write was answered with success.
    /// - Throws: `BenchFailure` if none was after `patience` seconds.
    static func first(at path: String, patience: Double = 30) async throws(BenchFailure) -> Double {
        let began = Date()
        while !isTaken(at: path, offset: 0) {
            try Interruption.check()
            guard Date().timeIntervalSince(began) < patience else {
                throw BenchFailure("\(path) took no write within \(Int(patience)) s")
            }
            try? await Task.sleep(for: .milliseconds(1))
        }
        return Date().timeIntervalSince(began)
    }

    /// Writes one block at each of the offsets, multiples of 4096.
    static func put(at path: String, offsets: [Int]) throws(BenchFailure) {
        for offset in offsets {
            guard isTaken(at: path, offset: offset) else { throw BenchFailure("\(path) takes no write at \(offset)") }
        }
    }

    private static func isTaken(at path: String, offset: Int) -> Bool {
        let file = unsafe open(path, O_WRONLY | directIO | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: blockBytes)
        defer { unsafe block.deallocate() }
        unsafe block.initializeMemory(as: UInt8.self, repeating: 0x5A)
        return unsafe pwrite(file, block.baseAddress, block.count, off_t(offset)) == block.count
    }
}
