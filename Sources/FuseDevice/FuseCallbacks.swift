// The data path: what libfuse calls for open, read, write, discard and flush.
//
// Free functions that find the folder and the file, cut the range to the file, and pass the request on. Their answers
// at the end of the file are those of a block device: a read there finds 0 bytes, a write ENOSPC, and one that
// straddles the end is cut short.

internal import CFuse
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// // hot
@inline(__always)
func folder(of raw: OpaquePointer?) -> FuseFolder {
    unsafe Unmanaged<FuseFolder>.fromOpaque(fuse_req_userdata(raw)).takeUnretainedValue()
}

func fuseOpen(_ raw: OpaquePointer?, _ inode: fuse_ino_t, _ info: UnsafeMutablePointer<fuse_file_info>?) {
    let folder = unsafe folder(of: raw)
    guard let entry = folder.entry(inode) else {
        _ = unsafe fuse_reply_err(raw, EISDIR)
        return
    }
    let handle = folder.newHandle(inode)
    let refusal = entry.file.open(handle: handle)
    guard refusal == 0 else {
        _ = unsafe fuse_reply_err(raw, refusal)
        return
    }
    unsafe folder.noteOpen(by: fuse_req_ctx(raw).pointee.pid)
    let flags = UInt32(ARRAYBENCH_FOPEN_DIRECT_IO | ARRAYBENCH_FOPEN_PARALLEL_DIRECT_WRITES)
    // ENOENT: the opener was killed meanwhile, so that no release will follow.
    if unsafe arraybench_reply_open(raw, handle, flags) == -ENOENT { entry.file.release(handle: handle) }
}

func fuseRelease(_ raw: OpaquePointer?, _ inode: fuse_ino_t, _ info: UnsafeMutablePointer<fuse_file_info>?) {
    unsafe folder(of: raw).entry(inode)?.file.release(handle: info!.pointee.fh)
    _ = unsafe fuse_reply_err(raw, 0)
}

/// // hot
func fuseRead(
    _ raw: OpaquePointer?, _ inode: fuse_ino_t, _ count: Int, _ offset: off_t,
    _ info: UnsafeMutablePointer<fuse_file_info>?
) {
    let folder = unsafe folder(of: raw)
    guard let entry = folder.entry(inode) else {
        _ = unsafe fuse_reply_err(raw, EISDIR)
        return
    }
    let start = UInt64(bitPattern: Int64(offset))
    guard start < entry.byteCount, count > 0 else {
        _ = unsafe fuse_reply_buf(raw, nil, 0)
        return
    }
    let handle = unsafe info!.pointee.fh
    if entry.parksReads {
        unsafe fuse_req_interrupt_func(raw, fuseInterrupted, UnsafeMutableRawPointer(bitPattern: UInt(handle)))
    }
    let room = Int(min(UInt64(count), entry.byteCount - start))
    let scratch = unsafe FuseScratch.ofThisThread
    precondition(room <= scratch.count, "the kernel asked for more than the session agreed to")
    unsafe entry.file.read(
        handle: handle, offset: start, count: room, scratch: scratch, request: FuseRequest(raw!, of: folder))
}

/// The process waiting for a parked read was hit by a signal. libfuse keeps `raw` in memory during this call, answered
/// or not, so that its token cannot meanwhile name another request; but it holds the request's lock.
func fuseInterrupted(_ raw: OpaquePointer?, _ handle: UnsafeMutableRawPointer?) {
    let folder = unsafe folder(of: raw)
    let handle = UInt64(UInt(bitPattern: handle))
    folder.entry(ofHandle: handle).file.interrupted(
        handle: handle, token: FuseToken(bits: UInt(bitPattern: raw)))
}

/// // hot
func fuseWrite(
    _ raw: OpaquePointer?, _ inode: fuse_ino_t, _ bytes: UnsafePointer<CChar>?, _ count: Int, _ offset: off_t,
    _ info: UnsafeMutablePointer<fuse_file_info>?
) {
    let folder = unsafe folder(of: raw)
    guard let entry = folder.entry(inode) else {
        _ = unsafe fuse_reply_err(raw, EISDIR)
        return
    }
    let start = UInt64(bitPattern: Int64(offset))
    guard count > 0 else {
        _ = unsafe fuse_reply_write(raw, 0)
        return
    }
    guard start < entry.byteCount else {
        _ = unsafe fuse_reply_err(raw, ENOSPC)
        return
    }
    let room = Int(min(UInt64(count), entry.byteCount - start))
    let flags = unsafe info!.pointee.flags
    var options = FuseWriteOptions()
    if flags & Int32(ARRAYBENCH_O_DIRECT) != 0 { options.insert(.direct) }
    if flags & O_DSYNC != 0 { options.insert(.durable) }
    unsafe entry.file.write(
        handle: info!.pointee.fh, offset: start, bytes: UnsafeRawBufferPointer(start: bytes, count: room),
        options: options, request: FuseRequest(raw!, of: folder))
}

func fuseFlushToDisk(
    _ raw: OpaquePointer?, _ inode: fuse_ino_t, _ dataOnly: Int32, _ info: UnsafeMutablePointer<fuse_file_info>?
) {
    let folder = unsafe folder(of: raw)
    guard let entry = folder.entry(inode) else {
        _ = unsafe fuse_reply_err(raw, EISDIR)
        return
    }
    unsafe entry.file.flushToDisk(
        handle: info!.pointee.fh, dataOnly: dataOnly != 0, request: FuseRequest(raw!, of: folder))
}

/// fallocate. The modes of a block device, and plain reservation, which is true of all bytes that a disk has.
/// - Source: Linux 6.18, block/fops.c: blkdev_fallocate (EINVAL behind the end; with KEEP_SIZE a range that straddles
///   the end is cut).
func fuseAllocate(
    _ raw: OpaquePointer?, _ inode: fuse_ino_t, _ mode: Int32, _ offset: off_t, _ count: off_t,
    _ info: UnsafeMutablePointer<fuse_file_info>?
) {
    let folder = unsafe folder(of: raw)
    guard let entry = folder.entry(inode) else {
        _ = unsafe fuse_reply_err(raw, EISDIR)
        return
    }
    switch FuseAllocation(mode: mode, offset: offset, count: count, byteCount: entry.byteCount) {
    case .refused(let code):
        _ = unsafe fuse_reply_err(raw, code)
    case .reserved:
        _ = unsafe fuse_reply_err(raw, 0)
    case .discard(let start, let count, let zeroing):
        unsafe entry.file.discard(
            offset: start, count: count, zeroing: zeroing, request: FuseRequest(raw!, of: folder))
    }
}

/// What a fallocate comes to.
enum FuseAllocation: Hashable {
    case refused(Int32)
    case reserved
    case discard(offset: UInt64, count: UInt64, zeroing: Bool)

    init(mode: Int32, offset: off_t, count: off_t, byteCount: UInt64) {
        let keepsSize = mode & FALLOC_FL_KEEP_SIZE != 0
        let action = mode & ~FALLOC_FL_KEEP_SIZE
        guard offset >= 0, count > 0 else {
            self = .refused(EINVAL)
            return
        }
        let start = UInt64(offset)
        let end = start + UInt64(count)
        switch action {
        case 0:
            self = end <= byteCount ? .reserved : .refused(ENOSPC)
        case FALLOC_FL_PUNCH_HOLE where keepsSize, FALLOC_FL_ZERO_RANGE:
            guard start < byteCount, keepsSize || end <= byteCount else {
                self = .refused(EINVAL)
                return
            }
            self = .discard(
                offset: start, count: min(end, byteCount) - start, zeroing: action == FALLOC_FL_ZERO_RANGE)
        default:
            self = .refused(EOPNOTSUPP)
        }
    }
}
