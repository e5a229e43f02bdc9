// The record of acknowledgements while it is being written: a mapped file on another disk. A store into it outlives the
// process at once, so that killing the loader at any instant leaves a record that can be read; at most its last entry is
// incomplete, and says so (see RecordEntry).
//
// The file grows by chunks whose blocks are claimed before they are used: a full disk ends the load in an orderly way
// instead of killing it by SIGBUS. Room for the answers of what is under way is kept back.

internal import CPlatform
package import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

/// **Threads**: one at a time; the owner's lock decides. `append` is memory only, but for one call in 65,536, which makes
/// the file grow.
@safe package final class LoadRecord: @unchecked Sendable {
    static let chunkBytes = 4 << 20
    static let chunkEntries = chunkBytes / RecordEntry.byteCount

    package let path: String
    package let header: RecordHeader
    private let file: Int32
    private let headerBytes: Int
    private var chunk: UnsafeMutableRawBufferPointer
    private var next: UnsafeMutableRawBufferPointer?
    private var entryCount = 0
    private var isClosed = false

    /// Makes the file; one that is there already is left alone.
    package init(path: String, header: RecordHeader) throws(WorkloadFailure) {
        let file = unsafe arraybench_open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard file != -EEXIST else {
            throw WorkloadFailure(
                "the record \(path) exists already", remedy: "name another file, or remove it if its run is judged")
        }
        guard file >= 0 else { throw WorkloadFailure(SystemFailure("make the record", path, -file)) }
        let bytes = header.encoded
        do throws(SystemFailure) {
            let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
            guard written == bytes.count else { throw SystemFailure("write the record", path, errno) }
            unsafe chunk = try Self.map(file, path, at: bytes.count)
            guard fsync(file) == 0 else { throw SystemFailure("flush the record", path, errno) }
        } catch {
            Glibc.close(file)
            unsafe unlink(path)
            throw WorkloadFailure(error)
        }
        self.file = file
        self.path = path
        self.header = header
        headerBytes = bytes.count
    }

    deinit {
        unsafe munmap(chunk.baseAddress, chunk.count)
        if let next = unsafe next { unsafe munmap(next.baseAddress, next.count) }
        Glibc.close(file)
    }

    /// Stores an entry. After `close` nothing is stored any more.
    /// - Parameter keeping: how many entries must still fit after this one.
    /// - Throws: if the file cannot grow; nothing is stored then.
    package func append(_ entry: RecordEntry, keeping: Int = 0) throws(SystemFailure) {
        guard !isClosed else { return }
        let position = entryCount % Self.chunkEntries
        if position == 0, entryCount > 0, let following = unsafe next {
            unsafe munmap(chunk.baseAddress, chunk.count)
            unsafe chunk = following
            unsafe next = nil
        }
        if position + 1 + keeping >= Self.chunkEntries, unsafe next == nil {
            let start = headerBytes + (entryCount / Self.chunkEntries + 1) * Self.chunkBytes
            unsafe next = try Self.map(file, path, at: start)
        }
        let place = unsafe UnsafeMutableRawBufferPointer(
            rebasing: chunk[position * RecordEntry.byteCount..<(position + 1) * RecordEntry.byteCount])
        let sum = unsafe entry.put(place, number: UInt64(entryCount))
        unsafe arraybench_store_last(place.baseAddress! + 60, sum.littleEndian)
        entryCount += 1
    }

    /// Stores the closing entry and waits until the record is on its disk.
    package func close() throws(SystemFailure) {
        guard !isClosed else { return }
        var entry = RecordEntry(event: .closed, kind: .flush, sequence: 0)
        entry.nanoseconds = monotonicNanoseconds()
        try append(entry)
        isClosed = true
        guard fsync(file) == 0 else { throw SystemFailure("flush the record", path, errno) }
    }

    private static func map(
        _ file: Int32, _ path: String, at start: Int
    ) throws(SystemFailure) -> UnsafeMutableRawBufferPointer {
        let failure = posix_fallocate(file, off_t(start), off_t(chunkBytes))
        guard failure == 0 else { throw SystemFailure("reserve \(chunkBytes) bytes for", path, failure) }
        let memory = unsafe mmap(nil, chunkBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, off_t(start))
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { throw SystemFailure("map", path, errno) }
        return unsafe UnsafeMutableRawBufferPointer(start: memory, count: chunkBytes)
    }
}

/// Nanoseconds since 1970.
func wallNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
