// A mounted folder of disks: from mount to unmount.
//
// When `init` returns, the folder is mounted and answering; when it throws, nothing is left mounted. `stop` takes the
// folder away from under its hosts, as the loss of an array does: calls in progress are finished, requests that nobody
// has answered fail on the host's side with ECONNABORTED, and answering them later does no harm.
//
// At the end the descriptor of /dev/fuse is not closed but replaced by /dev/null, in one step: that ends the kernel's
// side, while a thread that is just answering writes to nothing, and not into a file that happens to get the number.

internal import CFuse
internal import CPlatform
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// Files of fixed size in one folder, served to the host.
///
/// **Threads**: `stop` may be called by any thread that is not one of the session's workers, any number of times; the
/// first call does the work and the others wait for it.
@safe package final class FuseSession: Sendable {
    /// Workers if nothing else is asked for. Each takes 2 MiB of memory, and each may be held up by one blocking call:
    /// when all are, the command device does not answer either.
    /// - Source: measurement, 4 KiB writes at depth 16 on 2 processors: 2, 4 and 10 workers, libfuse's own loop, and
    ///   one descriptor per worker (clone_fd) all lie within the scatter of repeated runs; 1 worker halves the rate.
    package static let defaultThreads = 10

    package let mountPoint: String
    private let folder: Unmanaged<FuseFolder>
    /// The libfuse session, as bits: alive until the last user of the folder is gone.
    private let session: UInt
    private let mount: FuseMount?
    private let workers = FuseWorkers()
    private let stopped = Mutex(false)

    /// Mounts `files` at the existing empty folder `mountPoint` and serves them with `threads` workers.
    /// - Parameters:
    ///   - sourceName: what `mount` shows as the device, such as `arraybench:east`; the part behind the last colon
    ///     names the threads.
    ///   - allowOther: whether other users may reach the files, as far as their mode permits. Users other than root
    ///     need `user_allow_other` in /etc/fuse.conf for it.
    /// - Throws: if something is mounted there, two files have one name, or the system refuses the mount.
    package init(
        mountPoint: String, files: [any FuseFile], threads: Int = FuseSession.defaultThreads, sourceName: String,
        allowOther: Bool = geteuid() == 0
    ) throws(FuseFailure) {
        precondition(threads > 0, "a session without workers would answer nothing")
        try Self.check(files)
        try removeStaleMount(at: mountPoint)
        let path = FuseMount.canonical(mountPoint)
        let owner = unsafe Unmanaged.passRetained(FuseFolder(files))
        var options = "fsname=\(Self.escaped(sourceName)),subtype=arraybench,default_permissions,nosuid,nodev"
        if allowOther { options += ",allow_other" }
        guard let session = unsafe Self.makeSession(options, owner) else {
            unsafe owner.release()
            throw FuseFailure("cannot start a FUSE session with the options \(options)")
        }
        unsafe owner._withUnsafeGuaranteedRef { unsafe $0.setSession(session) }
        errno = 0
        guard unsafe fuse_session_mount(session, path) == 0 else {
            let reason = errno
            unsafe FuseFolder.requestAnswered(owner)
            throw FuseFailure(
                "cannot mount \(path): \(reason == 0 ? "see standard error" : FuseMount.text(of: reason)); "
                    + "the folder must exist, and /dev/fuse must be open to this user")
        }
        let label = sourceName.split(separator: ":").last.map(String.init) ?? "session"
        unsafe workers.start(session, count: threads, name: "fuse-\(label.prefix(7))")
        self.mountPoint = path
        unsafe folder = owner
        self.session = UInt(bitPattern: session)
        mount = FuseMount.at(path)
        guard mount != nil, Self.answers(path) else {
            stop()
            throw FuseFailure("mounted \(path), but it does not answer as a FUSE file system")
        }
    }

    deinit { stop() }

    /// Whether the folder is being served: until `stop`, or until an operator has unmounted it.
    package var isServing: Bool { workers.isRunning }

    /// Unmounts the folder (lazily if a host still uses it), ends the workers and the kernel's side of the session.
    /// Waits for calls into files that are in progress; not for parked requests.
    package func stop() {
        stopped.withLock { stopped in
            guard !stopped else { return }
            stopped = true
            // Only what was mounted here: an operator may have unmounted it and mounted something else.
            if let mount, FuseMount.at(mountPoint) == mount { _ = mount.detach() }
            workers.stop()
            let nothing = unsafe arraybench_open("/dev/null", O_RDWR, 0)
            precondition(nothing >= 0, "cannot open /dev/null: errno \(-nothing)")
            unsafe dup2(nothing, fuse_session_fd(OpaquePointer(bitPattern: session)))
            close(nothing)
            unsafe FuseFolder.requestAnswered(folder)
        }
    }

    // MARK: mounting

    private static func check(_ files: [any FuseFile]) throws(FuseFailure) {
        var names: Set<String> = []
        for file in files {
            let name = file.name
            guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= 255, !name.utf8.contains(0),
                !name.contains("/")
            else { throw FuseFailure("'\(name)' cannot be the name of a file; use 1 to 255 bytes without '/'") }
            guard names.insert(name).inserted else {
                throw FuseFailure("two files are named '\(name)'; each needs a name of its own")
            }
            guard file.byteCount <= UInt64(Int64.max) else {
                throw FuseFailure("\(name) has \(file.byteCount) bytes; a file can have at most 2^63 - 1")
            }
        }
    }

    /// libfuse splits its options at commas.
    private static func escaped(_ text: String) -> String {
        String(text.flatMap { $0 == "," || $0 == "\\" ? ["\\", $0] : [$0] })
    }

    private static func makeSession(_ options: String, _ folder: Unmanaged<FuseFolder>) -> OpaquePointer? {
        var arguments = unsafe fuse_args()
        defer { unsafe fuse_opt_free_args(&arguments) }
        for word in ["arraybench", "-o", options] {
            guard unsafe fuse_opt_add_arg(&arguments, word) == 0 else { return nil }
        }
        var operations = fuseOperations()
        return unsafe fuse_session_new(
            &arguments, &operations, MemoryLayout<fuse_lowlevel_ops>.size, folder.toOpaque())
    }

    /// Asks through the kernel, so that a plain folder is not taken for the mount.
    private static func answers(_ path: String) -> Bool {
        unsafe arraybench_file_system_type(path) == Int64(ARRAYBENCH_FUSE_MAGIC)
    }
}
