// A record, read back: the operations in their order and what became of each. Whatever does not fit is damage with a
// place. Two things are not damage: an end without a closing entry (the loader was killed, or is still running) and a
// last entry that was not completed.

internal import CPlatform
internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// One operation of a run.
package struct LoadOperation: Hashable, Sendable {
    package var sequence: UInt64
    package var kind: OperationKind
    package var volume: Int
    package var offset: UInt64
    package var length: UInt64
    /// The write that was acknowledged before, on purpose; 0 if there is none.
    package var precedent: UInt64
    /// The places of its beginning and its answer in the order of events.
    package var begunEntry: Int
    package var endedEntry: Int?
    /// The answer: 0 is an acknowledgement; nil if there was none.
    package var errno: Int32?
    package var begunNanoseconds: UInt64
    package var endedNanoseconds: UInt64?

    package var isAcknowledged: Bool { errno == 0 }
    package var end: UInt64 { offset + length }
}

package struct LoadHistory: Hashable, Sendable {
    package var header: RecordHeader
    /// Operation with sequence n is `operations[n - 1]`.
    package var operations: [LoadOperation] = []
    /// Whether the load ended in an orderly way.
    package var isClosed = false
    /// Whether the last entry was being stored when the loader was killed. It counts as not stored: an operation that
    /// was not begun, or an answer that nobody got.
    package var hasIncompleteEntry = false
    private var entryCount = 0

    package init(header: RecordHeader) { self.header = header }

    package static func read(_ path: String) throws(RecordFailure) -> LoadHistory {
        let bytes: [UInt8]
        do { bytes = try readWholeFile(path) } catch { throw .failed(WorkloadFailure(error)) }
        do { return try LoadHistory(path, bytes) } catch { throw .damaged(error) }
    }

    /// - Parameter path: for messages only.
    package init(_ path: String, _ bytes: [UInt8]) throws(RecordDamage) {
        func damage(_ place: Int, _ what: String) -> RecordDamage {
            RecordDamage(path: path, place: UInt64(place), what: what)
        }
        guard let headerBytes = RecordHeader.byteCount(Array(bytes.prefix(16))) else {
            throw damage(0, "this is not the beginning of a load's record")
        }
        guard bytes.count >= headerBytes else { throw damage(bytes.count, "the header's end is missing") }
        do { header = try RecordHeader(decoding: Array(bytes[..<headerBytes])) } catch {
            if case .unsupportedVersion(let found) = error {
                throw damage(8, "format \(found) is not known to this version")
            }
            throw damage(0, "the header is not what was stored (\(error))")
        }
        guard bytes.count > headerBytes, (bytes.count - headerBytes) % LoadRecord.chunkBytes == 0 else {
            throw damage(bytes.count, "its end is missing")
        }
        let stored = unsafe bytes.withUnsafeBytes { unsafe Self.storedEntries($0, headerBytes) }
        for index in 0..<stored.count {
            let place = headerBytes + index * RecordEntry.byteCount
            let entry = unsafe bytes.withUnsafeBytes { all -> RecordEntry? in
                let slot = unsafe UnsafeRawBufferPointer(rebasing: all[place..<place + RecordEntry.byteCount])
                guard unsafe slot.get(UInt32.self, 60) == RecordEntry.sum(slot) else { return nil }
                return unsafe RecordEntry(slot, number: UInt64(index))
            }
            guard let entry else { throw damage(place, "entry \(index) is not what was stored") }
            if let contradiction = append(entry) { throw damage(place, "entry \(index): \(contradiction)") }
        }
        hasIncompleteEntry = stored.isFollowedByIncomplete
        let rest = headerBytes + (stored.count + (hasIncompleteEntry ? 1 : 0)) * RecordEntry.byteCount
        let stray = unsafe bytes.withUnsafeBytes { all in
            stride(from: rest, to: all.count, by: 8).first { unsafe all.get(UInt64.self, $0) != 0 }
        }
        if let stray { throw damage(stray, "there is something after the last entry") }
        if isClosed, hasIncompleteEntry { throw damage(rest, "there is something after the closing entry") }
    }

    /// How many entries have a sum, and whether the next one has begun to be stored.
    private static func storedEntries(
        _ bytes: UnsafeRawBufferPointer, _ start: Int
    ) -> (count: Int, isFollowedByIncomplete: Bool) {
        var count = 0
        for place in stride(from: start, to: bytes.count, by: RecordEntry.byteCount) {
            guard unsafe bytes.get(UInt32.self, place + 60) == 0 else {
                count += 1
                continue
            }
            let slot = unsafe UnsafeRawBufferPointer(rebasing: bytes[place..<place + RecordEntry.byteCount])
            return (count, unsafe !slot.isZero)
        }
        return (count, false)
    }

    /// Takes the next event; the text says how it contradicts those before it.
    package mutating func append(_ entry: RecordEntry) -> String? {
        defer { entryCount += 1 }
        guard !isClosed else { return "an event after the end of the load" }
        switch entry.event {
        case .begun:
            guard entry.sequence == UInt64(operations.count) + 1 else {
                return "operation \(entry.sequence) begins after operation \(operations.count)"
            }
            guard Int(entry.volume) < header.volumes.count else { return "there is no volume \(entry.volume)" }
            guard entry.precedent < entry.sequence else { return "it follows a later operation" }
            operations.append(
                LoadOperation(
                    sequence: entry.sequence, kind: entry.kind, volume: Int(entry.volume), offset: entry.offset,
                    length: entry.length, precedent: entry.precedent, begunEntry: entryCount,
                    begunNanoseconds: entry.nanoseconds))
        case .ended:
            guard entry.sequence > 0, entry.sequence <= UInt64(operations.count) else {
                return "operation \(entry.sequence) ends without having begun"
            }
            let index = Int(entry.sequence - 1)
            guard operations[index].endedEntry == nil else { return "operation \(entry.sequence) ends twice" }
            operations[index].endedEntry = entryCount
            operations[index].errno = entry.errno
            operations[index].endedNanoseconds = entry.nanoseconds
        case .closed:
            isClosed = true
        }
        return nil
    }
}

/// A file's bytes, whatever its length.
func readWholeFile(_ path: String) throws(SystemFailure) -> [UInt8] {
    let file = unsafe arraybench_open(path, O_RDONLY, 0)
    guard file >= 0 else { throw SystemFailure("open", path, -file) }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw SystemFailure("read the size of", path, errno) }
    let size = Int(status.st_size)
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
            let got = unsafe pread(file, buffer.baseAddress! + count, size - count, off_t(count))
            if got < 0 { failure = errno }
            guard got > 0 else { return }
            count += got
        }
    }
    guard failure == 0 else { throw SystemFailure("read", path, failure) }
    return bytes
}
