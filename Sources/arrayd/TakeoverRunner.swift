// What the bench wants to have done after a takeover: a program, run once for the volumes that took over together.

internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// Runs a program after takeovers.
///
/// **Threads**: `volumesTookOver` from anywhere, also under a group's lock: it starts a thread at most. The program runs
/// beside the array; nobody waits for it but the thread that started it.
final class TakeoverRunner: Sendable {
    private let command: [String]
    private let waiting = Monitor([LDEVNumber]())

    /// Volumes of one takeover come one after the other; what comes within this time belongs together.
    private static let gathering: UInt64 = 50_000_000

    init(_ command: [String]) { self.command = command }

    func volumesTookOver(_ ldevs: [LDEVNumber]) {
        let isFirst = waiting.withLock { waiting in
            defer { for ldev in ldevs where !waiting.contains(ldev) { waiting.append(ldev) } }
            return waiting.isEmpty
        }
        guard isFirst, !ldevs.isEmpty else { return }
        startDetachedThread("after takeover") { [self] in
            sleepNanoseconds(Self.gathering)
            let gathered = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            run(command + [gathered.sorted().map(\.description).joined(separator: ",")])
        }
    }

    private func run(_ arguments: [String]) {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // The array blocks the signals that end it, and ignores a closed pipe: its child must not inherit that.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        for signal in [SIGPIPE, SIGHUP] { unsafe sigaddset(&defaults, signal) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        var process: pid_t = 0
        guard unsafe posix_spawn(&process, arguments[0], nil, &attributes, &words, environ) == 0 else { return }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
    }
}
