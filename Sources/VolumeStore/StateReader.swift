// An array's state folder, read by somebody who is not the array: while it runs, or when it is dead. Nothing is opened
// for writing, nothing is locked, nothing is changed.

package import Evidence
package import Platform
package import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// One replication group as its array's NVRAM has it.
@safe package struct StoredGroup: Sendable {
    package var record: GroupRecord
    package var nextSequence: SequenceNumber
    package var acknowledged: SequenceNumber
    package var applied: SequenceNumber
    /// For each pair: its marks, one bit for a track, with the tracks of everything that is in flight.
    package var marks: [[UInt64]]
    package var inFlight: [InFlightSlot]

    package func isMarked(_ track: Int, ofPair pair: Int) -> Bool {
        marks[pair][track / 64] & 1 << UInt64(track % 64) != 0
    }
    package func isInFlight(_ track: Int, ofPair pair: Int) -> Bool {
        inFlight.contains { $0.pair == pair && $0.tracks.first <= track && track < $0.tracks.end }
    }
}

/// Reads a state folder.
package struct StateReader: Sendable {
    package let path: String
    package init(path: String) { self.path = path }

    package func volumePath(_ ldev: LDEVNumber) -> String {
        path + "/volumes/" + ldev.fileName
    }
    package var ledgerPath: String { path + "/ledger" }

    /// The groups that the array has noted, in the order of their identifiers. A damaged one is left out and named.
    package func groups() -> (groups: [StoredGroup], damaged: [String]) {
        var groups: [StoredGroup] = []
        var damaged: [String] = []
        for name in ((try? StateFolder.names(in: path + "/groups")) ?? []) where name.hasSuffix(".record") {
            let record = path + "/groups/" + name
            do {
                if let group = try group(String(record.dropLast(7))) {
                    groups.append(group)
                }
            } catch {
                damaged.append(record)
            }
        }
        return (groups.sorted { $0.record.id < $1.record.id }, damaged)
    }

    /// - Parameter stem: of the names of the group's files.
    private func group(_ stem: String) throws -> StoredGroup? {
        let file = try ReadOnlyMapping(path: stem + ".record")
        guard case .record(let body) = unsafe RecordFile.contents(of: file.bytes) else { return nil }
        let record = try GroupRecord(decoding: body)
        var copies = [try FileCopy(path: stem + ".memory")]
        defer { copies.removeAll() }
        var view = try unsafe GroupMemory(
            bytes: copies[0].bytes, group: record.id, slotCount: Int(record.slotCount),
            trackCounts: record.foundingTrackCounts)
        for place in record.foundingPlaces..<record.pairs.count {
            let copy = try FileCopy(path: "\(stem).\(place).memory")
            copies.append(copy)
            let memory = try unsafe PlaceMemory(
                bytes: copy.bytes, group: record.id, place: place, trackCount: record.pairs[place].layout.trackCount)
            view.add(memory.bitmap)
        }
        return StoredGroup(
            record: record, nextSequence: view.nextSequence, acknowledged: view.acknowledged, applied: view.applied,
            marks: record.pairs.indices.map { index in
                let bitmap = view.bitmap(index)
                return (0..<bitmap.wordCount).map { bitmap.word(at: $0) }
            },
            inFlight: (0..<view.slotCount).compactMap { view.slot(at: $0) })
    }

    /// The array's ledger.
    /// - Throws: `SystemFailure` or `LedgerProblem`.
    package func ledger() throws -> LedgerImage {
        let mapping = try ReadOnlyMapping(path: ledgerPath)
        return try unsafe LedgerImage(mapping.bytes) { unsafe payloadChecksum($0, $1) }
    }

    /// How many entries the ledger has ever taken; nil if it cannot be read.
    package func ledgerLength() -> UInt64? {
        guard let mapping = try? ReadOnlyMapping(path: ledgerPath), unsafe mapping.bytes.count >= 4096 else {
            return nil
        }
        return unsafe mapping.bytes.loadLittleEndian(UInt64.self, at: LedgerLayout.nextOrdinalAt)
    }
}

/// The bytes of a file of the array as they are now: the machine's own view of them would want to write.
@safe private final class FileCopy {
    let bytes: UnsafeMutableRawBufferPointer

    init(path: String) throws {
        let mapping = try ReadOnlyMapping(path: path)
        unsafe bytes = .allocate(byteCount: mapping.bytes.count, alignment: 8)
        unsafe bytes.copyMemory(from: mapping.bytes)
    }

    deinit { unsafe bytes.deallocate() }
}

/// A volume's backing file, opened for reading only.
///
/// **Threads**: any.
package final class VolumeReader: Sendable {
    private let file: Int32

    /// - Source: lseek(2); the C library shows them only with _GNU_SOURCE.
    private static let (seekData, seekHole): (Int32, Int32) = (3, 4)

    package init(path: String) throws(SystemFailure) {
        file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemFailure("open", path, errno) }
    }

    deinit { close(file) }

    /// - Returns: nil if they cannot be read.
    package func bytes(at offset: UInt64, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe bytes.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, count, off_t(offset)) }
        return got == count ? bytes : nil
    }

    /// The next stretch at or after `offset` that may hold something else than zeros; nil if there is none.
    package func nextData(from offset: UInt64, end: UInt64) -> Range<UInt64>? {
        let start = lseek(file, off_t(offset), Self.seekData)
        guard start >= 0 else { return errno == ENXIO ? nil : offset..<end }
        let hole = lseek(file, start, Self.seekHole)
        return UInt64(start)..<min(end, hole < 0 ? end : UInt64(hole))
    }
}
