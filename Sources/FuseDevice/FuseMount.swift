// Mounts as the system lists them, and their removal.
//
// A folder whose server was killed still is a mount point: everything below it answers ENOTCONN, and nothing can be
// mounted properly until it is detached. What is mounted where is read from mountinfo, which touches no file system;
// only a FUSE mount is then asked whether it is alive, with statfs, because names and attributes may come from caches.

internal import CFuse
internal import CPlatform

#if canImport(Glibc)
    internal import Glibc
#endif

/// Why a folder could not be mounted or freed: what was asked, what stood in the way, what to do.
package struct FuseFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// Detaches what a killed process left mounted at `path`. Nothing mounted there: nothing done.
/// - Throws: `FuseFailure` if a live file system is mounted there, or the dead one cannot be detached.
package func removeStaleMount(at path: String) throws(FuseFailure) {
    // Killed servers may lie above each other, if something mounted over a dead one.
    while let mount = FuseMount.at(path) {
        guard mount.isDead else {
            throw FuseFailure(
                "cannot use \(path): \(mount.source) (\(mount.kind)) is mounted there and alive; "
                    + "unmount it or choose another folder")
        }
        let failure = mount.detach()
        guard failure == 0 else {
            throw FuseFailure(
                "cannot remove the dead mount at \(path): \(FuseMount.text(of: failure)); try umount -l \(path)")
        }
    }
}

/// One line of /proc/self/mountinfo.
struct FuseMount: Hashable, Sendable {
    /// `major:minor` of the file system.
    var device: String
    var path: String
    var kind: String
    var source: String

    /// What is mounted at `path` itself, on top.
    static func at(_ path: String) -> FuseMount? {
        let wanted = canonical(path)
        return all().last { $0.path == wanted }
    }

    /// FUSE, and its server is gone.
    var isDead: Bool {
        guard kind == "fuse" || kind.hasPrefix("fuse.") else { return false }
        let type = unsafe arraybench_file_system_type(path)
        return type == -Int64(ENOTCONN) || type == -Int64(ECONNABORTED)
    }

    /// Takes the mount out of the tree, at once if nobody uses it, otherwise lazily. Returns 0 or an errno.
    func detach() -> Int32 {
        if unsafe umount2(path, 0) == 0 { return 0 }
        if unsafe umount2(path, Int32(MNT_DETACH)) == 0 { return 0 }
        let failure = errno
        guard failure == EPERM else { return failure }
        return detachAsUser()
    }

    /// Only the setuid helper of FUSE may unmount for a user.
    private func detachAsUser() -> Int32 {
        let words = ["fusermount3", "-u", "-z", "-q", "--", path]
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer {
            for index in unsafe arguments.indices { unsafe free(arguments[index]) }
        }
        var process = pid_t()
        let failure = unsafe posix_spawnp(&process, "fusermount3", nil, nil, &arguments, environ)
        guard failure == 0 else { return failure }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1 && errno == EINTR {}
        return status == 0 ? 0 : EPERM
    }

    static func text(of code: Int32) -> String { unsafe String(cString: strerror(code)) }

    // MARK: reading

    static func all() -> [FuseMount] {
        guard let text = contents(of: "/proc/self/mountinfo") else { return [] }
        return text.split(separator: "\n").compactMap(FuseMount.init(line:))
    }

    /// `36 35 98:0 /root /mount/point options optional... - type source superoptions`
    init?(line: Substring) {
        let words = line.split(separator: " ").map { String($0) }
        guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 2 else { return nil }
        device = words[2]
        path = Self.unescaped(words[4])
        kind = words[dash + 1]
        source = Self.unescaped(words[dash + 2])
    }

    /// The kernel writes blanks, tabs, newlines and backslashes as `\ooo`.
    static func unescaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The path as mountinfo has it. Only the parent is resolved: to resolve the last part would ask the file system
    /// that is mounted there, which may never answer.
    static func canonical(_ path: String) -> String {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        let slash = trimmed.lastIndex(of: "/")
        let last = slash.map { trimmed[trimmed.index(after: $0)...] } ?? trimmed
        let parent = slash.map { $0 == trimmed.startIndex ? "/" : String(trimmed[..<$0]) } ?? "."
        guard last != "", last != ".", last != "..", let real = unsafe realpath(parent, nil) else {
            return resolved(String(trimmed))
        }
        defer { unsafe free(real) }
        let folder = unsafe String(cString: real)
        return folder == "/" ? "/" + last : folder + "/" + last
    }

    private static func resolved(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    private static func contents(of path: String) -> String? {
        let file = unsafe arraybench_open(path, O_RDONLY, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}
