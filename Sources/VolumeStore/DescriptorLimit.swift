// How many files a process may have open. Each volume's backing file stays open while its array runs, and the usual limit
// of 1,024 is there for programs that use select(2).
// - Source: systemd NEWS of version 240, which says why the soft limit stays low and who should raise it.

#if canImport(Glibc)
    internal import Glibc
#endif

package enum DescriptorLimit {
    /// Raises this process's limit as far as an unprivileged process may.
    package static func raise() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
