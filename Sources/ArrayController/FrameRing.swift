// The bytes of a side file or a journal: a ring in which frames lie from their admission until the far side has them. Who
// lies where is decided by the machine (`SideFile`); here are only the bytes.

internal import Platform
internal import ReplicationCore
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// A ring of memory.
///
/// **Threads**: a place belongs to whoever the machine gave it to, until it is ready; then to the link until it is
/// acknowledged or the link is down.
@safe final class FrameRing: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    /// Nil: the memory is this ring's own, and dies with the process.
    private let journal: JournalFile?

    /// Untouched pages cost nothing: the ring takes memory as it fills.
    init(capacity: Int) {
        let kind = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let start = unsafe mmap(nil, capacity, PROT_READ | PROT_WRITE, kind, -1, 0)
        precondition(unsafe start != MAP_FAILED, "no address space for a side file of \(capacity) bytes")
        unsafe memory = UnsafeMutableRawBufferPointer(start: start, count: capacity)
        journal = nil
    }

    init(_ journal: JournalFile) {
        unsafe memory = journal.ring
        self.journal = journal
    }

    deinit { if journal == nil { _ = unsafe munmap(memory.baseAddress, memory.count) } }

    /// Gives the memory back that frames have touched; what lies in a journal stays in its file. A side file must be empty,
    /// and stay so until this returns.
    func giveBack() { unsafe madvise(memory.baseAddress, memory.count, MADV_DONTNEED) }

    /// Waits until a journal is on its disk. A side file is never there.
    func synchronise() -> Bool { journal?.synchronise() ?? true }

    /// The place of a frame. // hot
    func frame(at position: UInt64, payloadBytes: Int) -> UnsafeMutableRawBufferPointer {
        unsafe place(position, count: FrameHeader.byteCount + payloadBytes)
    }

    /// Finished frames. // hot
    func span(_ run: SendableRun) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(place(run.position, count: run.byteCount))
    }

    /// The frame that lies at `position`, if it is whole: its checksums are right.
    func whole(at position: UInt64, byteCount: Int) -> WholeFrame? {
        guard byteCount >= FrameHeader.byteCount, unsafe byteCount <= memory.count,
            unsafe Int(position % UInt64(memory.count)) <= memory.count - byteCount
        else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(place(position, count: byteCount))
        let payload = unsafe UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.byteCount...])
        guard let header = try? unsafe FrameHeader(decoding: bytes), Int(header.payloadBytes) == payload.count,
            unsafe payload.isEmpty || payloadChecksum(payload) == header.payloadChecksum
        else { return nil }
        return unsafe WholeFrame(header: header, payload: payload)
    }

    private func place(_ position: UInt64, count: Int) -> UnsafeMutableRawBufferPointer {
        let start = unsafe Int(position % UInt64(memory.count))
        return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count])
    }
}

/// A frame in a ring whose checksums are right. Its payload is valid as long as its place is.
@safe struct WholeFrame {
    let header: FrameHeader
    let payload: UnsafeRawBufferPointer
}

extension UnsafeMutableRawBufferPointer {
    /// The part of a frame's place behind its header.
    var payload: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: self[FrameHeader.byteCount...])
    }
}
