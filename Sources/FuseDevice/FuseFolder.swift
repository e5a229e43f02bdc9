// The mounted folder as the callbacks see it: inode 1 is the folder, inode n is file n - 2.
//
// Files neither come nor go while mounted, so the table needs no lock and the kernel may remember names and sizes for
// as long as it likes. What hosts may change (mode, owner, times) is kept in memory, as devtmpfs keeps it for disks.
//
// The folder counts what keeps the libfuse session alive: the session object, and every request not yet answered.
// Whoever brings the count to zero destroys the libfuse session; so an answer can never meet a freed one.

internal import CFuse
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a host sees of a file, and may change.
struct FuseAttributes: Sendable {
    var permissions: UInt32
    var owner: uid_t
    var group: gid_t
    var accessed: timespec
    var modified: timespec
    var changed: timespec
}

/// **Threads**: any. `entries` never changes; the attributes lie under their own lock, which the data path never takes.
final class FuseFolder: Sendable {
    /// What the data path looks up: one reference, and what never changes about it.
    struct Entry: Sendable {
        let file: any FuseFile
        let byteCount: UInt64
        let parksReads: Bool
    }

    /// The kernel may keep names and attributes this long, in seconds: they only change through the kernel itself.
    static let timeout = 3600.0
    static let blockSize: UInt64 = 4096

    let entries: [Entry]
    let names: [String]
    private let attributes: Mutex<[FuseAttributes]>
    private let nextHandle = Atomic<UInt64>(1)
    private let opened = Mutex(TruncatingOpens())
    private let session = Atomic<UInt>(0)
    /// The session object itself, and each request not yet answered.
    private let users = Atomic<Int>(1)

    init(_ files: [any FuseFile]) {
        entries = files.map {
            Entry(file: $0, byteCount: $0.byteCount, parksReads: $0.parksReads)
        }
        names = files.map(\.name)
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var seen = FuseAttributes(
            permissions: 0o755, owner: geteuid(), group: getegid(), accessed: now, modified: now, changed: now)
        var all = [seen]
        for file in files {
            seen.permissions = file.permissions & 0o7777
            all.append(seen)
        }
        attributes = Mutex(all)
    }

    /// The file with this inode number; nil for the folder itself. // hot
    func entry(_ inode: fuse_ino_t) -> Entry? {
        let index = Int(truncatingIfNeeded: inode) &- 2
        return entries.indices.contains(index) ? entries[index] : nil
    }

    func inode(named name: String) -> fuse_ino_t? {
        names.firstIndex(of: name).map { fuse_ino_t($0 + 2) }
    }

    /// A number for one opening, never used again, that also tells the file.
    func newHandle(_ inode: fuse_ino_t) -> UInt64 {
        nextHandle.add(1, ordering: .relaxed).oldValue * UInt64(entries.count) + UInt64(inode - 2)
    }
    func entry(ofHandle handle: UInt64) -> Entry { entries[Int(handle % UInt64(entries.count))] }

    // MARK: attributes

    /// The attributes of the folder (1) or of a file that exists.
    func status(of inode: fuse_ino_t) -> stat {
        let seen = attributes.withLock { $0[Int(inode) - 1] }
        var status = stat()
        status.st_ino = UInt(inode)
        status.st_uid = seen.owner
        status.st_gid = seen.group
        status.st_atim = seen.accessed
        status.st_mtim = seen.modified
        status.st_ctim = seen.changed
        status.st_blksize = Int(Self.blockSize)
        if let entry = entry(inode) {
            status.st_mode = S_IFREG | seen.permissions
            status.st_nlink = 1
            status.st_size = off_t(entry.byteCount)
            status.st_blocks = blkcnt_t((entry.byteCount + 511) / 512)
        } else {
            status.st_mode = S_IFDIR | seen.permissions
            status.st_nlink = 2
        }
        return status
    }

    func change(_ inode: fuse_ino_t, _ body: (inout FuseAttributes) -> Void) {
        attributes.withLock { body(&$0[Int(inode) - 1]) }
    }

    /// A full file system: every block belongs to a file.
    var statistics: statvfs {
        var statistics = statvfs()
        statistics.f_bsize = UInt(Self.blockSize)
        statistics.f_frsize = UInt(Self.blockSize)
        let blocks = entries.reduce(0) { $0 + ($1.byteCount + Self.blockSize - 1) / Self.blockSize }
        statistics.f_blocks = fsblkcnt_t(blocks)
        statistics.f_files = fsfilcnt_t(entries.count + 1)
        statistics.f_namemax = 255
        return statistics
    }

    // MARK: truncating opens

    func noteOpen(by process: pid_t) { opened.withLock { $0.note(process) } }
    func isTruncatingOpen(by process: pid_t) -> Bool { opened.withLock { $0.take(process) } }

    // MARK: life

    func setSession(_ raw: OpaquePointer) {
        session.store(UInt(bitPattern: raw), ordering: .releasing)
    }

    /// // hot
    func requestTaken() { users.add(1, ordering: .relaxed) }

    /// Ends one use; the last one destroys the libfuse session and lets the folder go. // hot
    static func requestAnswered(_ folder: Unmanaged<FuseFolder>) {
        let left = unsafe folder._withUnsafeGuaranteedRef {
            $0.users.subtract(1, ordering: .acquiringAndReleasing).newValue
        }
        guard left == 0 else { return }
        let raw = unsafe folder._withUnsafeGuaranteedRef { $0.session.load(ordering: .acquiring) }
        if let session = unsafe OpaquePointer(bitPattern: raw) { unsafe fuse_session_destroy(session) }
        unsafe folder.release()
    }
}

/// Tells `open(O_TRUNC)`, which a disk node ignores, from `truncate(2)`, which it refuses.
///
/// The kernel turns O_TRUNC into an open followed at once by "set the size to 0", sent by the same thread and otherwise
/// equal to the request of `truncate(path, 0)`. (With FUSE_CAP_ATOMIC_O_TRUNC it would send the open alone, but then
/// believe the file empty until the next stat; asynchronous reads of a loop device would meanwhile find its end at 0.)
/// So the last openers are remembered, and each is forgiven one such request.
struct TruncatingOpens {
    /// Enough for every opener between one thread's open and its next request, which is microseconds later.
    private var processes = [pid_t](repeating: 0, count: 256)
    private var next = 0

    mutating func note(_ process: pid_t) {
        processes[next] = process
        next = (next + 1) % processes.count
    }

    /// Whether `process` has opened a file and not been forgiven since. Openers of other process namespaces have no
    /// number here (0) and are believed.
    mutating func take(_ process: pid_t) -> Bool {
        guard process != 0 else { return true }
        guard let index = processes.firstIndex(of: process) else { return false }
        for index in processes.indices.dropFirst(index) where processes[index] == process { processes[index] = 0 }
        return true
    }
}
