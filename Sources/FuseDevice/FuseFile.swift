// What a file in the mounted folder must be able to do: the one protocol behind LDEVs, command devices and test files.
//
// The session has already checked every range against `byteCount` when it calls: no call reaches past the end, and
// none is empty. It never calls with a lock held.

/// What a host asked of one write beyond its bytes.
package struct FuseWriteOptions: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The file was opened with O_DIRECT.
    package static let direct = FuseWriteOptions(rawValue: 1)
    /// O_SYNC, O_DSYNC or RWF_DSYNC: the bytes must be on the disk before the answer. With direct I/O the kernel sends
    /// no fsync after such a write; honouring it is up to the file.
    /// - Source: Linux 6.18, fs/fuse/file.c: fuse_direct_write_iter calls no generic_write_sync, fuse_write_flags
    ///   passes the flags on.
    package static let durable = FuseWriteOptions(rawValue: 2)
}

/// One file of fixed size in the mounted folder.
///
/// A call answers its request, or parks it (`FuseRequest.detach`) and sees to it that another thread answers.
///
/// **Threads**: every call may come from any worker, at the same time as any other call, for the same handle too.
/// A call may block; it then occupies one of the session's workers.
package protocol FuseFile: AnyObject, Sendable {
    /// The name in the folder: not empty, without `/`, at most 255 bytes.
    var name: String { get }
    /// The size in bytes, which never changes; a multiple of 512 if a loop device is to use all of it.
    var byteCount: UInt64 { get }
    /// Permission bits, such as 0o660. A host may change what it sees of them (chmod) until the session ends.
    var permissions: UInt32 { get }
    /// Whether reads may stay unanswered for long. Only then is `interrupted` called.
    var parksReads: Bool { get }

    /// A host process opened the file. `handle` names this opening and no other, for the life of the session.
    /// - Returns: 0, or the errno with which the host's open fails; then there will be no release.
    func open(handle: UInt64) -> Int32
    /// The last descriptor of this opening was closed.
    func release(handle: UInt64)

    /// Answer with `reply(bytes:)`: `count` bytes, or fewer where the file has less to give.
    /// - Parameter scratch: at least `count` bytes for the answer, page-aligned, the calling worker's own, valid only
    ///   during the call.
    func read(
        handle: UInt64, offset: UInt64, count: Int, scratch: UnsafeMutableRawBufferPointer,
        request: consuming FuseRequest)

    /// Answer with `reply(written:)`.
    /// - Parameter bytes: at most 1 MiB, not aligned, valid only during the call.
    func write(
        handle: UInt64, offset: UInt64, bytes: UnsafeRawBufferPointer, options: FuseWriteOptions,
        request: consuming FuseRequest)

    /// FALLOC_FL_ZERO_RANGE (`zeroing`) or FALLOC_FL_PUNCH_HOLE. After both the range reads as zeros. Answer with
    /// `reply()`; EOPNOTSUPP makes hosts stop discarding.
    func discard(offset: UInt64, count: UInt64, zeroing: Bool, request: consuming FuseRequest)

    /// fsync, or fdatasync if `dataOnly`: answer with `reply()` once everything answered so far is on the disk.
    func flushToDisk(handle: UInt64, dataOnly: Bool, request: consuming FuseRequest)

    /// The process waiting for this read was hit by a signal. If the token is in the file's table, take it out and
    /// answer EINTR; otherwise do nothing: it was answered, or is about to be parked by a thread which, before it
    /// parks, looks at `FuseToken.isInterrupted` under the same lock and answers EINTR itself:
    ///
    ///     let token = request.detach()
    ///     let isParked = table.withLock { table in
    ///         guard !token.isInterrupted else { return false }
    ///         table.append(token)
    ///         return true
    ///     }
    ///     if !isParked { FuseRequest.adopt(token).reply(failing: EINTR) }
    func interrupted(handle: UInt64, token: FuseToken)
}

extension FuseFile {
    package var permissions: UInt32 { 0o660 }
    package var parksReads: Bool { false }
    package func open(handle: UInt64) -> Int32 { 0 }
    package func release(handle: UInt64) {}
    package func interrupted(handle: UInt64, token: FuseToken) {}
}
