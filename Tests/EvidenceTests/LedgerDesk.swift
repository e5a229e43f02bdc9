// A ledger on a desk: writes go through the real ring into volumes in memory, and a copy takes as many of them as the
// test wants.

import Evidence
import Foundation
import Platform
import ReplicationCore
import Simulator
import VolumeStore

final class LedgerDesk {
    static let volumeBytes = 64 * 4096 + 1024
    let path: String
    let ring: LedgerRing
    let volumes: [JudgedVolume]
    /// The volumes as their hosts see them.
    var source: [[UInt8]]
    /// Changes in the order of admission: volume, offset, bytes.
    var changes: [(volume: Int, offset: Int, bytes: [UInt8])] = []
    private var now: UInt64 = 1_000_000_000

    init(lanes: [Int] = [0, 0], entries: Int = 1 << 14) throws {
        path = NSTemporaryDirectory() + "ledger-\(UUID().uuidString)"
        ring = try LedgerRing(path: path, serial: ArraySerial(7), bytes: entries * LedgerLayout.entryBytes)
        ring.noteStart(isTrustworthy: true)
        volumes = lanes.enumerated().map { index, lane in
            JudgedVolume(
                source: LDEVNumber(UInt16(index)), copy: LDEVNumber(UInt16(100 + index)),
                byteCount: UInt64(Self.volumeBytes), lane: lane)
        }
        source = lanes.map { _ in [UInt8](repeating: 0, count: Self.volumeBytes) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var image: LedgerImage {
        get throws {
            let mapping = try ReadOnlyMapping(path: path)
            return try unsafe LedgerImage(mapping.bytes) { unsafe payloadChecksum($0, $1) }
        }
    }

    /// A host writes, and hears about it as `state` says.
    func write(
        _ volume: Int, at offset: Int, _ bytes: [UInt8], state: LedgerState = .acknowledged, isDiscard: Bool = false
    ) {
        now += 1_000_000
        var entry = LedgerEntry(isDiscard ? .discard : .write, ldev: volumes[volume].source)
        entry.extent = ByteExtent(offset: UInt64(offset), count: UInt64(bytes.count))
        entry.sequence = SequenceNumber(UInt64(changes.count + 1))
        let pieces = isDiscard ? 0 : LedgerLayout.pieceCount(of: entry.extent)
        let place = ring.reserve(pieces: pieces)
        unsafe bytes.withUnsafeBytes { view in
            let payload = unsafe isDiscard ? UnsafeRawBufferPointer(start: nil, count: 0) : view
            let sum = unsafe ring.fill(place, entry, at: now, payload: payload)
            precondition(isDiscard || sum == Checksum.crc32c(bytes), "the pieces' sums do not make the whole's")
        }
        ring.stamp(place, .local, at: now + 100_000)
        if state != .begun { ring.note(place, state) }
        if state == .acknowledged { ring.stamp(place, .answered, at: now + 200_000) }
        source[volume].replaceSubrange(offset..<offset + bytes.count, with: bytes)
        changes.append((volume, offset, bytes))
    }

    /// The other array copies a stretch to here, as `bytes`; the ledger does not know them.
    func receiveCopy(_ volume: Int, at offset: Int, _ bytes: [UInt8]) {
        now += 1_000_000
        var entry = LedgerEntry(.appliedCopy, ldev: volumes[volume].source)
        entry.extent = ByteExtent(offset: UInt64(offset), count: UInt64(bytes.count))
        ring.append(entry, at: now)
        source[volume].replaceSubrange(offset..<offset + bytes.count, with: bytes)
        changes.append((volume, offset, bytes))
    }

    /// A local copy writes over the whole volume.
    func overwriteLocally(_ volume: Int, with byte: UInt8) {
        now += 1_000_000
        ring.append(LedgerEntry(.overwritten, ldev: volumes[volume].source), at: now)
        source[volume] = [UInt8](repeating: byte, count: Self.volumeBytes)
    }

    /// Copies that hold the changes for which `isThere` says so, in their order.
    func copy(where isThere: (Int) -> Bool) -> [[UInt8]] {
        var copy = volumes.map { _ in [UInt8](repeating: 0, count: Self.volumeBytes) }
        for (index, change) in changes.enumerated() where isThere(index) {
            copy[change.volume].replaceSubrange(change.offset..<change.offset + change.bytes.count, with: change.bytes)
        }
        return copy
    }

    func judge(_ copy: [[UInt8]], isMoving: Bool = false) throws -> CopyFinding {
        CopyJudge(WriteHistory(try image, volumes: volumes)) { slice in
            unsafe slice.withUnsafeBytes { unsafe payloadChecksum($0) }
        }.judge(isMoving: isMoving) {
            Array(copy[$0][Int($1)..<Int($1) + $2])
        }
    }

    /// A random write or discard of whole or odd pieces; never the same bytes twice.
    func writeSomething(_ dice: inout Dice, oddities: Bool) {
        let volume = dice.roll(volumes.count)
        let unit = oddities ? 512 : 4096
        let count = min(dice.roll(1...(oddities ? 40 : 6)), Self.volumeBytes / unit) * unit
        let offset = dice.roll((Self.volumeBytes - count) / unit + 1) * unit
        let isDiscard = dice.chance(10)
        let salt = UInt8(truncatingIfNeeded: dice.next())
        var bytes = [UInt8](repeating: 0, count: count)
        if !isDiscard {
            let number = UInt32(changes.count + 1)
            for at in 0..<count {
                bytes[at] = UInt8(truncatingIfNeeded: number >> UInt32(at % 4 * 8)) ^ UInt8(at / 4 % 251) ^ salt
            }
        }
        write(volume, at: offset, bytes, isDiscard: isDiscard)
    }
}
