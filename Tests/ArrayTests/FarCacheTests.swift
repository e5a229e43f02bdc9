// Does the far cache give back exactly the frame that was being applied, and nothing out of a damaged file?

import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing
import VolumeStore

@Suite("far cache")
struct FarCacheTests {
    private static let regionBytes = 1 << 16
    private static let header = FrameHeader(
        kind: .write, group: GroupIdentifier(77), epoch: Epoch(3), payloadBytes: 512, sequence: SequenceNumber(9),
        offset: 4096, extentBytes: 512, ldev: LDEVNumber(16))

    private func open(_ folder: String) throws -> FarCache {
        try FarCache(path: folder + "/link.cache", regionBytes: Self.regionBytes)
    }

    @Test("a frame between begin and end is found again, whole and where it lay")
    func frameIsFound() throws {
        try withTemporaryFolder { folder in
            do {
                let cache = try open(folder)
                #expect(cache.unfinished() == nil)
                let payload = unsafe UnsafeMutableRawBufferPointer(rebasing: cache.region[1000..<1512])
                for index in payload.indices { unsafe payload[index] = UInt8(index & 0xFF) }
                unsafe cache.begin(Self.header, ldev: LDEVNumber(16), payload: UnsafeRawBufferPointer(payload))
            }
            let cache = try open(folder)
            let frame = try #require(cache.unfinished())
            #expect(frame.sequence == SequenceNumber(9) && frame.group == GroupIdentifier(77))
            #expect(frame.kind == .write && frame.extent == ByteExtent(offset: 4096, count: 512))
            #expect(unsafe frame.payload.enumerated().allSatisfy { $1 == UInt8($0 & 0xFF) })
            cache.end()
            #expect(try open(folder).unfinished() == nil)
        }
    }

    @Test("a discard is found without a payload")
    func discardIsFound() throws {
        try withTemporaryFolder { folder in
            let cache = try open(folder)
            var header = Self.header
            header.kind = .zero
            header.extentBytes = 1 << 30
            unsafe cache.begin(header, ldev: LDEVNumber(16), payload: UnsafeRawBufferPointer(start: nil, count: 0))
            let frame = try #require(cache.unfinished())
            #expect(frame.kind == .zero && frame.extent.count == 1 << 30)
            #expect(unsafe frame.payload.isEmpty)
        }
    }

    @Test("a file whose making was interrupted is made to its end; one that is something else is refused")
    func interruptedMaking() throws {
        try withTemporaryFolder { folder in
            let path = URL(fileURLWithPath: folder + "/link.cache")
            for count in [0, 4096 + Self.regionBytes] {
                try Data(count: count).write(to: path)
                #expect(try open(folder).unfinished() == nil)
            }
            try Data(repeating: 7, count: 4096 + Self.regionBytes).write(to: path)
            #expect(throws: SystemFailure.self) { try open(folder) }
        }
    }

    @Test("with any byte of the note flipped nothing outside the region is given back")
    func damagedNote() throws {
        try withTemporaryFolder { folder in
            let path = URL(fileURLWithPath: folder + "/link.cache")
            do {
                let cache = try open(folder)
                let payload = unsafe UnsafeRawBufferPointer(rebasing: cache.region[0..<512])
                unsafe cache.begin(Self.header, ldev: LDEVNumber(16), payload: payload)
            }
            let whole = try [UInt8](Data(contentsOf: path))
            for byte in 8..<56 {
                for mask in [UInt8(0xFF), 1, 0x80] {
                    var bytes = whole
                    bytes[byte] ^= mask
                    try Data(bytes).write(to: path)
                    let cache = try open(folder)
                    defer { withExtendedLifetime(cache) {} }
                    guard let frame = cache.unfinished() else { continue }
                    // Every byte of it can be read.
                    let bytesRead = unsafe [UInt8](frame.payload).count
                    #expect(frame.kind == .zero || bytesRead == Int(frame.extent.count))
                    #expect(bytesRead <= Self.regionBytes)
                    #expect(frame.extent.end >= frame.extent.offset)
                }
            }
        }
    }
}
