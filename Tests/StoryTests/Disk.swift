// Direct I/O on a volume, as a database does it: the page cache of the test's machine tells nothing and hides nothing.

import Foundation
import Platform
import TestSupport

enum Disk {
    private static let alignment = 4096

    /// Writes `count` bytes of `mark`.
    /// - Returns: errno, or 0.
    static func write(_ mark: UInt8, at offset: Int, count: Int, to path: String) -> Int32 {
        let file = unsafe open(path, O_RDWR | O_CLOEXEC | directIO)
        guard file >= 0 else { return errno }
        defer { close(file) }
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: alignment)
        defer { unsafe buffer.deallocate() }
        unsafe memset(buffer, Int32(mark), count)
        let written = unsafe pwrite(file, buffer, count, off_t(offset))
        return written == count ? 0 : (written < 0 ? errno : EIO)
    }

    static func read(at offset: Int, count: Int, from path: String) throws -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | directIO)
        guard file >= 0 else { throw TestProblem("cannot open \(path): errno \(errno)") }
        defer { close(file) }
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: alignment)
        defer { unsafe buffer.deallocate() }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let wanted = min(1 << 20, count - bytes.count)
            let got = unsafe pread(file, buffer, wanted, off_t(offset + bytes.count))
            guard got > 0 else { throw TestProblem("cannot read \(path): errno \(errno)") }
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: got))
        }
        return bytes
    }

    static func contents(_ path: String) throws -> [UInt8] {
        guard let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
            throw TestProblem("\(path) has no size")
        }
        return try read(at: 0, count: size, from: path)
    }
}
