// The table of callbacks given to libfuse, and what is agreed with the kernel when the session begins.

internal import CFuse

#if canImport(Glibc)
    internal import Glibc
#endif

/// What is left out is answered by the kernel; `FuseCallbacks+Folder.swift` says how.
func fuseOperations() -> fuse_lowlevel_ops {
    var operations = fuse_lowlevel_ops()
    unsafe operations.`init` = fuseBegin
    unsafe operations.lookup = fuseLookUp
    unsafe operations.getattr = fuseGetAttributes
    unsafe operations.setattr = fuseSetAttributes
    unsafe operations.open = fuseOpen
    unsafe operations.release = fuseRelease
    unsafe operations.read = fuseRead
    unsafe operations.write = fuseWrite
    unsafe operations.fsync = fuseFlushToDisk
    unsafe operations.fallocate = fuseAllocate
    unsafe operations.readdir = fuseReadFolder
    unsafe operations.statfs = fuseStatistics
    unsafe operations.ioctl = fuseRefuseControl
    unsafe operations.create = fuseRefuseCreate
    unsafe operations.mknod = fuseRefuseNode
    unsafe operations.mkdir = fuseRefuseFolder
    unsafe operations.unlink = fuseRefuseRemoval
    unsafe operations.rmdir = fuseRefuseRemoval
    unsafe operations.symlink = fuseRefuseSymbolicLink
    unsafe operations.link = fuseRefuseLink
    unsafe operations.rename = fuseRefuseRename
    return operations
}

func fuseBegin(_ userdata: UnsafeMutableRawPointer?, _ connection: UnsafeMutablePointer<fuse_conn_info>?) {
    let connection = unsafe connection!
    unsafe connection.pointee.max_write = UInt32(FuseScratch.byteCount)
    unsafe connection.pointee.max_readahead = UInt32(FuseScratch.byteCount)
    // Asynchronous requests that the kernel lets wait here; its default of 12 would cap the queue depth of AIO.
    unsafe connection.pointee.max_background = 256
    unsafe connection.pointee.congestion_threshold = 192
    // Bytes are checked, ordered and sent, so they must be in memory: splicing them through pipes only costs.
    // The cache of writes would reorder and merge them. For O_TRUNC see `TruncatingOpens`.
    let unwanted =
        FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE | FUSE_CAP_WRITEBACK_CACHE
        | FUSE_CAP_ATOMIC_O_TRUNC
    // Several reads of one file at once, and asynchronous direct I/O without waiting for each piece.
    let wanted = unsafe UInt32(FUSE_CAP_ASYNC_READ | FUSE_CAP_ASYNC_DIO) & connection.pointee.capable
    unsafe connection.pointee.want = (connection.pointee.want & ~UInt32(unwanted)) | wanted
}
