internal import Glibc

/// Files, directories and descriptors as a whole.
enum FileTree {
    /// Keeps all descriptors but the standard ones from programs that are started: a caller may wait for the end of a
    /// pipe that it gave this process.
    static func closeOnSpawn() {
        guard let directory = unsafe opendir("/proc/self/fd") else { return }
        defer { unsafe closedir(directory) }
        while let name = unsafe next(directory) {
            if let file = Int32(name), file > 2 { _ = fcntl(file, F_SETFD, FD_CLOEXEC) }
        }
    }

    /// The names in a folder, in no order; none if it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let name = unsafe next(directory) {
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func next(_ directory: OpaquePointer) -> String? {
        guard let entry = unsafe readdir(directory) else { return nil }
        return unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
            unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Removes `path` and everything below it. Links are removed, not followed. What cannot be removed is left.
    static func remove(_ path: String) {
        if unsafe unlink(path) == 0 { return }
        for name in names(in: path) { remove("\(path)/\(name)") }
        unsafe rmdir(path)
    }
}
