// The folder itself: names, attributes, listing, and everything that a folder of disks refuses.
//
// Which errno, and after whom:
//   create, mkdir, mknod, symlink, link, rename, unlink, rmdir   EPERM   "the file system does not support it"
//   truncate, ftruncate                                          EINVAL  as on a block device node
//   open with O_TRUNC                                            works and changes nothing, as on a block device node
//   chmod, chown, utimes                                         work, until the session ends (databases chown disks)
//   ioctl                                                        ENOTTY
//   getxattr, copy_file_range, lseek(SEEK_DATA), flush, access   left out: the kernel then answers by itself
//                                                                (EOPNOTSUPP, copying through memory, "all is data")
//   flock, fcntl locks                                           left out: the kernel keeps them

internal import CFuse

#if canImport(Glibc)
    internal import Glibc
#endif

func fuseLookUp(_ raw: OpaquePointer?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?) {
    let folder = unsafe folder(of: raw)
    guard parent == 1, let inode = unsafe folder.inode(named: String(cString: name!)) else {
        _ = unsafe fuse_reply_err(raw, ENOENT)
        return
    }
    var entry = fuse_entry_param()
    entry.ino = inode
    entry.attr = folder.status(of: inode)
    entry.attr_timeout = FuseFolder.timeout
    entry.entry_timeout = FuseFolder.timeout
    _ = unsafe fuse_reply_entry(raw, &entry)
}

func fuseGetAttributes(
    _ raw: OpaquePointer?, _ inode: fuse_ino_t, _ info: UnsafeMutablePointer<fuse_file_info>?
) {
    unsafe replyAttributes(raw, inode)
}

private func replyAttributes(_ raw: OpaquePointer?, _ inode: fuse_ino_t) {
    let folder = unsafe folder(of: raw)
    guard inode == 1 || folder.entry(inode) != nil else {
        _ = unsafe fuse_reply_err(raw, ENOENT)
        return
    }
    var status = folder.status(of: inode)
    _ = unsafe fuse_reply_attr(raw, &status, FuseFolder.timeout)
}

func fuseSetAttributes(
    _ raw: OpaquePointer?, _ inode: fuse_ino_t, _ wanted: UnsafeMutablePointer<stat>?, _ which: Int32,
    _ info: UnsafeMutablePointer<fuse_file_info>?
) {
    let folder = unsafe folder(of: raw)
    if which & FUSE_SET_ATTR_SIZE != 0 {
        let isOpening = unsafe info == nil && wanted!.pointee.st_size == 0
        guard isOpening, unsafe folder.isTruncatingOpen(by: fuse_req_ctx(raw).pointee.pid) else {
            _ = unsafe fuse_reply_err(raw, EINVAL)
            return
        }
    }
    let wanted = unsafe wanted!.pointee
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    folder.change(inode) { seen in
        if which & FUSE_SET_ATTR_MODE != 0 { seen.permissions = wanted.st_mode & 0o7777 }
        if which & FUSE_SET_ATTR_UID != 0 { seen.owner = wanted.st_uid }
        if which & FUSE_SET_ATTR_GID != 0 { seen.group = wanted.st_gid }
        if which & FUSE_SET_ATTR_ATIME != 0 { seen.accessed = wanted.st_atim }
        if which & FUSE_SET_ATTR_MTIME != 0 { seen.modified = wanted.st_mtim }
        if which & FUSE_SET_ATTR_ATIME_NOW != 0 { seen.accessed = now }
        if which & FUSE_SET_ATTR_MTIME_NOW != 0 { seen.modified = now }
        seen.changed = now
    }
    unsafe replyAttributes(raw, inode)
}

func fuseReadFolder(
    _ raw: OpaquePointer?, _ inode: fuse_ino_t, _ count: Int, _ offset: off_t,
    _ info: UnsafeMutablePointer<fuse_file_info>?
) {
    let folder = unsafe folder(of: raw)
    guard inode == 1 else {
        _ = unsafe fuse_reply_err(raw, ENOTDIR)
        return
    }
    let names = [".", ".."] + folder.names
    let listing = UnsafeMutablePointer<CChar>.allocate(capacity: count)
    defer { unsafe listing.deallocate() }
    var filled = 0
    for index in names.indices.dropFirst(Int(offset)) {
        var status = folder.status(of: index < 2 ? 1 : fuse_ino_t(index))
        let room = count - filled
        let size = unsafe fuse_add_direntry(raw, listing + filled, room, names[index], &status, off_t(index + 1))
        guard size <= room else { break }
        filled += size
    }
    _ = unsafe fuse_reply_buf(raw, listing, filled)
}

func fuseStatistics(_ raw: OpaquePointer?, _ inode: fuse_ino_t) {
    var statistics = unsafe folder(of: raw).statistics
    _ = unsafe fuse_reply_statfs(raw, &statistics)
}

// MARK: - what a disk cannot do

func fuseRefuseCreate(
    _ raw: OpaquePointer?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ mode: mode_t,
    _ info: UnsafeMutablePointer<fuse_file_info>?
) {
    _ = unsafe fuse_reply_err(raw, EPERM)
}

func fuseRefuseNode(
    _ raw: OpaquePointer?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ mode: mode_t, _ device: dev_t
) {
    _ = unsafe fuse_reply_err(raw, EPERM)
}

func fuseRefuseFolder(
    _ raw: OpaquePointer?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ mode: mode_t
) {
    _ = unsafe fuse_reply_err(raw, EPERM)
}

func fuseRefuseRemoval(_ raw: OpaquePointer?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?) {
    _ = unsafe fuse_reply_err(raw, EPERM)
}

func fuseRefuseSymbolicLink(
    _ raw: OpaquePointer?, _ target: UnsafePointer<CChar>?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?
) {
    _ = unsafe fuse_reply_err(raw, EPERM)
}

func fuseRefuseLink(
    _ raw: OpaquePointer?, _ inode: fuse_ino_t, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?
) {
    _ = unsafe fuse_reply_err(raw, EPERM)
}

func fuseRefuseRename(
    _ raw: OpaquePointer?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ newParent: fuse_ino_t,
    _ newName: UnsafePointer<CChar>?, _ flags: UInt32
) {
    _ = unsafe fuse_reply_err(raw, EPERM)
}

func fuseRefuseControl(
    _ raw: OpaquePointer?, _ inode: fuse_ino_t, _ command: UInt32, _ argument: UnsafeMutableRawPointer?,
    _ info: UnsafeMutablePointer<fuse_file_info>?, _ flags: UInt32, _ input: UnsafeRawPointer?, _ inputSize: Int,
    _ outputSize: Int
) {
    _ = unsafe fuse_reply_err(raw, ENOTTY)
}
