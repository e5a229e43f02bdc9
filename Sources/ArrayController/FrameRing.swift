// The bytes of a side file: a ring in which frames lie from their admission until the far side has them. Who lies where
// is decided by the machine (`SideFile`); here are only the bytes.

internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// A ring of memory.
///
/// **Threads**: a place belongs to whoever the machine gave it to, until it is ready; then to the link until it is
/// acknowledged or the link is down.
@safe final class FrameRing: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer

    /// Untouched pages cost nothing: the ring takes memory as it fills.
    init(capacity: Int) {
        let kind = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let start = unsafe mmap(nil, capacity, PROT_READ | PROT_WRITE, kind, -1, 0)
        precondition(unsafe start != MAP_FAILED, "no address space for a side file of \(capacity) bytes")
        unsafe memory = UnsafeMutableRawBufferPointer(start: start, count: capacity)
    }

    deinit { _ = unsafe munmap(memory.baseAddress, memory.count) }

    /// Gives the memory back that frames have touched. The ring must be empty, and stay so until this returns.
    func giveBack() { unsafe madvise(memory.baseAddress, memory.count, MADV_DONTNEED) }

    /// The place of a frame. // hot
    func frame(at position: UInt64, payloadBytes: Int) -> UnsafeMutableRawBufferPointer {
        unsafe place(position, count: FrameHeader.byteCount + payloadBytes)
    }

    /// Finished frames. // hot
    func span(_ run: SendableRun) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(place(run.position, count: run.byteCount))
    }

    private func place(_ position: UInt64, count: Int) -> UnsafeMutableRawBufferPointer {
        let start = unsafe Int(position % UInt64(memory.count))
        return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count])
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The part of a frame's place behind its header.
    var payload: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: self[FrameHeader.byteCount...])
    }
}
