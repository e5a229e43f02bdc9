// Carries a plan out. Every step is done below the new root's folder; the last act makes it the root. A failure leaves
// nothing: the process ends, and its name space with it.

internal import CPlatform
internal import Glibc
internal import HostView
internal import Platform

enum ViewBuilder {
    static func build(_ plan: MountPlan) throws(SystemFailure) {
        try unshare(plan.hasOwnUsers)
        try check(unsafe arraybench_set_propagation("/", ARRAYBENCH_SLAVE_ALL), "take a copy of the mounts below", "/")
        _ = umask(0)
        var root = ""
        for step in plan.steps { try carryOut(step, &root) }
        _ = umask(0o022)
        try check(unsafe sethostname(plan.hostName, plan.hostName.utf8.count) == 0 ? 0 : -errno, "set", "host name")
        try check(unsafe arraybench_set_propagation(root, ARRAYBENCH_PRIVATE), "finish", root)
        guard unsafe chdir(root) == 0 else { throw SystemFailure("enter", root, errno) }
        try check(arraybench_enter_root_here(), "change the root to", root)
    }

    private static func carryOut(_ step: MountStep, _ root: inout String) throws(SystemFailure) {
        switch step {
        case .root(let folder, let name):
            root = folder
            try check(unsafe arraybench_mount_tmpfs(name, folder), "mount a root at", folder)
            // The machine's folders are bound into it, and one of them holds it.
            try check(unsafe arraybench_set_propagation(folder, ARRAYBENCH_UNBINDABLE), "set apart", folder)
        case .machine(let except):
            for name in try FolderListing.names("/") where !except.contains(name) {
                try copyEntry("/" + name, root + "/" + name)
            }
        case .tmpfs(let at):
            try makeFolder(root + at)
            try check(unsafe arraybench_mount_tmpfs("arraybench", root + at), "mount a file system at", at)
        case .folder(let at): try makeFolder(root + at)
        case .bind(let source, let at, let isOptional): try bind(machine(source), root + at, isOptional)
        case .links(let at, let from, let to, let except):
            for name in try FolderListing.names(machine(from)) where !isExcepted(name, except) {
                try link("\(root)\(at)/\(name)", to: "\(to)/\(name)")
            }
        case .link(let at, let to): try link(root + at, to: to)
        case .devices(let except): try DeviceFolder.fill(root + "/dev", except)
        case .node(let at, let number):
            try check(
                unsafe arraybench_make_node(root + at, S_IFBLK | 0o660, number.major, number.minor), "make the node", at
            )
        }
    }

    /// The caller's user becomes root of its own name space: only so it may mount.
    private static func unshare(_ hasOwnUsers: Bool) throws(SystemFailure) {
        let (user, group) = (geteuid(), getegid())
        try check(
            arraybench_unshare(hasOwnUsers ? 1 : 0),
            hasOwnUsers
                ? "make a user name space (does the kernel allow it to this user?) for" : "make name spaces for",
            "the view")
        guard hasOwnUsers else { return }
        // Without this an unprivileged process may not map its group.
        try writeLine("deny", "/proc/self/setgroups")
        try writeLine("0 \(user) 1", "/proc/self/uid_map")
        try writeLine("0 \(group) 1", "/proc/self/gid_map")
    }

    private static func writeLine(_ text: String, _ path: String) throws(SystemFailure) {
        let file = unsafe arraybench_open(path, O_WRONLY, 0)
        guard file >= 0 else { throw SystemFailure("open", path, -file) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard unsafe write(file, bytes, bytes.count) == bytes.count else { throw SystemFailure("write", path, errno) }
    }

    // MARK: Entries

    /// Where a folder of the machine is: in a view that is entered from another host's view, where that one keeps it.
    private static func machine(_ path: String) -> String {
        let kept = "/.machine" + path
        guard ["/etc", "/usr/bin"].contains(path), unsafe access(kept, F_OK) == 0 else { return path }
        return kept
    }

    /// An exception that ends in `*` stands for all names that begin so.
    private static func isExcepted(_ name: String, _ exceptions: [String]) -> Bool {
        exceptions.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : name == $0 }
    }

    /// A top-level entry of the machine. What may not be looked at stays an empty folder, as a host has strange ones.
    private static func copyEntry(_ source: String, _ target: String) throws(SystemFailure) {
        guard let status = FolderListing.status(source) else { return }
        switch status.st_mode & S_IFMT {
        case S_IFLNK:
            guard let destination = FolderListing.destination(of: source) else { return }
            try link(target, to: destination)
        case S_IFDIR:
            try makeFolder(target)
            _ = unsafe arraybench_mount_bind(source, target)
        case _:
            try makeFile(target)
            _ = unsafe arraybench_mount_bind(source, target)
        }
    }

    static func bind(_ source: String, _ target: String, _ isOptional: Bool) throws(SystemFailure) {
        var status = stat()
        guard unsafe stat(source, &status) == 0 else {
            if isOptional { return }
            throw SystemFailure("show", source, errno)
        }
        if status.st_mode & S_IFMT == S_IFDIR { try makeFolder(target) } else { try makeFile(target) }
        try check(unsafe arraybench_mount_bind(source, target), "show", source)
    }

    static func makeFolder(_ path: String) throws(SystemFailure) {
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw SystemFailure("make", path, errno) }
    }

    static func makeFile(_ path: String) throws(SystemFailure) {
        let file = unsafe arraybench_open(path, O_WRONLY | O_CREAT, 0o644)
        guard file >= 0 else { throw SystemFailure("make", path, -file) }
        close(file)
    }

    /// A name that is there already stays as it is.
    static func link(_ path: String, to destination: String) throws(SystemFailure) {
        guard unsafe symlink(destination, path) == 0 || errno == EEXIST else {
            throw SystemFailure("link", path, errno)
        }
    }

    static func check(_ result: Int32, _ operation: String, _ path: String) throws(SystemFailure) {
        guard result == 0 else { throw SystemFailure(operation, path, -result) }
    }
}
