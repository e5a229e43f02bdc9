// The acknowledgement ledger as its array writes it: a mapped ring, so that whatever is stored is there after the
// process was killed. The layout is in `LedgerLayout`; who reads it is in `Evidence`.
//
// It lies in the way of every host write and must cost next to nothing: one atomic addition, one cache line filled, a
// store for each stage. No lock, no system call, no allocation. The checksums of a write's pieces are put together to
// the checksum that its frame needs anyway.

internal import CPlatform
package import Evidence
package import Platform
package import ReplicationCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// The place of an entry in the ledger.
package struct LedgerPlace: Hashable, Sendable {
    package var ordinal: UInt64
    /// No entry: the ledger is switched off.
    package static let none = LedgerPlace(ordinal: .max)
}

/// A ledger at work.
///
/// **Threads**: any. An entry belongs to whoever reserved it until it is sealed; stages are single stores. A thread that
/// is a whole turn of the ring late finds its entry replaced, and leaves it alone.
@safe package final class LedgerRing: Sendable {
    private let mapping: MappedFile
    private let mask: UInt64
    /// Wall clock less monotonic clock, as it was at the start.
    private let wallOffset: UInt64

    /// Whether there was a ledger of another size or version, or a damaged one. It lies beside the new one, as `.old`.
    package let replacedAnother: Bool

    /// Opens the ledger, or makes a new one. One that this array cannot go on with is put aside.
    /// - Parameter bytes: about that much room for entries; a power of two.
    package init(path: String, serial: ArraySerial, bytes: Int) throws(SystemFailure) {
        let entries = max(1, bytes / LedgerLayout.entryBytes)
        precondition(entries & (entries - 1) == 0, "the number of entries is a power of two")
        mask = UInt64(entries - 1)
        wallOffset = UInt64(bitPattern: wallClockOffset())
        let header = LedgerLayout.header(serial: serial, entries: entries)
        replacedAnother =
            unsafe access(path, F_OK) == 0
            && !Self.begins(path, with: header, fileBytes: LedgerLayout.fileBytes(entries: entries))
        if replacedAnother { unsafe rename(path, path + ".old") }
        mapping = try MappedFile(path: path, count: LedgerLayout.fileBytes(entries: entries))
        if mapping.isNew {
            for (index, byte) in header.enumerated().reversed() { unsafe mapping.bytes[index] = byte }
        }
    }

    /// Notes that the array starts. Call once, before anything else is noted.
    /// - Parameter isTrustworthy: whether everything stored before is in the file (false after a crash of the machine).
    package func noteStart(isTrustworthy: Bool) {
        var start = LedgerEntry(.start, ldev: LDEVNumber(0))
        start.offset = isTrustworthy ? 1 : 0
        append(start, at: monotonicNanoseconds())
    }

    private static func begins(_ path: String, with header: [UInt8], fileBytes: Int) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_size == fileBytes else { return false }
        return StateFolder.readBytes(path)?.starts(with: header) ?? false
    }

    // MARK: Entries

    /// Takes the next place for a request over `extent` that has `pieces` checksums. Where order matters, call it under
    /// the lock that settles the order. // hot
    package func reserve(pieces: Int) -> LedgerPlace {
        let counter = unsafe (mapping.bytes.baseAddress! + LedgerLayout.nextOrdinalAt)
            .assumingMemoryBound(to: UInt64.self)
        let count = UInt64(LedgerLayout.entryCount(pieces: pieces))
        return LedgerPlace(ordinal: unsafe arraybench_fetch_add(counter, count))
    }

    /// Fills a reserved entry: before either copy is touched.
    /// - Parameters:
    ///   - moment: nanoseconds of the monotonic clock.
    ///   - payload: a write's bytes; empty for all others.
    /// - Returns: the CRC-32C of the payload. // hot
    package func fill(
        _ place: LedgerPlace, _ entry: LedgerEntry, at moment: UInt64, payload: UnsafeRawBufferPointer
    ) -> UInt32 {
        var entry = entry
        entry.begun = moment &+ wallOffset
        var whole: UInt32 = 0
        if unsafe !payload.isEmpty {
            let pieces = LedgerLayout.pieceCount(of: entry.extent)
            let firstBytes = min(
                payload.count, Int(LedgerLayout.pieceBytes - entry.offset % LedgerLayout.pieceBytes))
            entry.checksum = unsafe payloadChecksum(UnsafeRawBufferPointer(rebasing: payload[0..<firstBytes]))
            entry.continuations = UInt16(LedgerLayout.entryCount(pieces: pieces) - 1)
            whole = entry.checksum
            if pieces > 1 {
                unsafe continuations(place, payload, from: firstBytes, &whole)
            }
        }
        let target = unsafe slot(place.ordinal)
        unsafe target.storeLittleEndian(UInt32(0), at: 0)
        atomicMemoryFence(ordering: .releasing)
        unsafe entry.encode(into: target)
        unsafe target.storeBytes(of: LedgerState.begun.rawValue, toByteOffset: LedgerLayout.stateAt, as: UInt8.self)
        unsafe seal(target, place.ordinal)
        return whole
    }

    /// Adds an entry without a payload.
    @discardableResult
    package func append(_ entry: LedgerEntry, at moment: UInt64) -> LedgerPlace {
        let place = reserve(pieces: 1)
        _ = unsafe fill(place, entry, at: moment, payload: UnsafeRawBufferPointer(start: nil, count: 0))
        return place
    }

    /// Sums the pieces after the first into the continuations, and all of them into `whole`.
    private func continuations(
        _ place: LedgerPlace, _ payload: UnsafeRawBufferPointer, from first: Int, _ whole: inout UInt32
    ) {
        var at = first
        var ordinal = place.ordinal
        var isPlain = first == Int(LedgerLayout.pieceBytes)
        while at < payload.count {
            ordinal += 1
            let target = unsafe slot(ordinal)
            unsafe target.storeLittleEndian(UInt32(0), at: 0)
            atomicMemoryFence(ordering: .releasing)
            unsafe target.storeLittleEndian(UInt32(LedgerKind.continuation.rawValue), at: LedgerLayout.kindAt)
            for index in 0..<LedgerLayout.checksumsPerContinuation {
                var sum: UInt32 = 0
                if at < payload.count {
                    let count = min(Int(LedgerLayout.pieceBytes), payload.count - at)
                    sum = unsafe payloadChecksum(UnsafeRawBufferPointer(rebasing: payload[at..<at + count]))
                    if count < Int(LedgerLayout.pieceBytes) { isPlain = false }
                    if isPlain { whole = payloadChecksum(whole, followedByBlock: sum) }
                    at += count
                }
                unsafe target.storeLittleEndian(sum, at: 8 + 4 * index)
            }
            unsafe seal(target, ordinal)
        }
        // A write that does not begin and end with a piece is summed once more: such writes are rare.
        if !isPlain { whole = unsafe payloadChecksum(payload) }
    }

    /// Notes that a station was reached. // hot
    package func stamp(_ place: LedgerPlace, _ stage: LedgerStage, at moment: UInt64) {
        guard let target = unsafe own(place) else { return }
        let begun = unsafe UnsafeRawBufferPointer(target).loadLittleEndian(UInt64.self, at: LedgerLayout.begunAt)
        let microseconds = (moment &+ wallOffset &- begun) / 1000
        unsafe target.storeLittleEndian(
            UInt32(clamping: max(1, microseconds)), at: LedgerLayout.stagesAt + 4 * stage.rawValue)
    }

    /// The same, if the entry speaks of the write `sequence`: the slot of a write may belong to a copied track next. // hot
    package func stamp(_ place: LedgerPlace, of sequence: SequenceNumber, _ stage: LedgerStage, at moment: UInt64) {
        guard let target = unsafe own(place) else { return }
        let noted = unsafe UnsafeRawBufferPointer(target).loadLittleEndian(UInt64.self, at: LedgerLayout.sequenceAt)
        if noted == sequence.value { stamp(place, stage, at: moment) }
    }

    /// Notes what the host was told, or is about to be. // hot
    package func note(_ place: LedgerPlace, _ state: LedgerState) {
        guard let target = unsafe own(place) else { return }
        unsafe target.storeBytes(of: state.rawValue, toByteOffset: LedgerLayout.stateAt, as: UInt8.self)
    }

    /// Waits until everything noted so far is on the disk. Returns whether it is.
    package func synchronise() -> Bool { (try? mapping.synchronise()) != nil }

    // MARK: Parts

    private func slot(_ ordinal: UInt64) -> UnsafeMutableRawBufferPointer {
        let start = LedgerLayout.headerBytes + Int(ordinal & mask) * LedgerLayout.entryBytes
        return unsafe UnsafeMutableRawBufferPointer(
            rebasing: mapping.bytes[start..<start + LedgerLayout.entryBytes])
    }

    /// The entry at `place`, unless the ring has come round and gave it to somebody else.
    private func own(_ place: LedgerPlace) -> UnsafeMutableRawBufferPointer? {
        guard place != .none else { return nil }
        let next = unsafe mapping.bytes.load(fromByteOffset: LedgerLayout.nextOrdinalAt, as: UInt64.self)
        return next &- place.ordinal <= mask + 1 ? unsafe slot(place.ordinal) : nil
    }

    private func seal(_ target: UnsafeMutableRawBufferPointer, _ ordinal: UInt64) {
        let seal = unsafe LedgerLayout.seal(UnsafeRawBufferPointer(target), ordinal: ordinal) {
            unsafe payloadChecksum($0, $1)
        }
        atomicMemoryFence(ordering: .releasing)
        unsafe target.storeLittleEndian(seal, at: 0)
    }
}
