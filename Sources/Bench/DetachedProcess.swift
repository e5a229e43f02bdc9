// Starts a daemon: a session of its own, input from /dev/null, output to its log, no other descriptor. It lives on when
// the command that started it ends.

internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package enum DetachedProcess {
    /// - Parameter log: opened for appending, made if missing.
    package static func start(
        _ program: String, arguments: [String], environment: [String: String], log: String
    ) throws(BenchFailure) -> ProcessIdentity {
        keepDescriptorsFromChildren()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        // POSIX_SPAWN_SETSID is 0x80 in <spawn.h>; the importer leaves it out because it wants _GNU_SOURCE.
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | 0x80
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] =
            unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for index in unsafe words.indices { unsafe free(words[index]) }
            for index in unsafe settings.indices { unsafe free(settings[index]) }
        }
        var pid: pid_t = 0
        let failure = unsafe posix_spawn(&pid, program, &actions, &attributes, &words, &settings)
        guard failure == 0 else {
            throw BenchFailure("cannot start \(program): \(unsafe String(cString: strerror(failure)))")
        }
        guard let identity = ProcessIdentity(running: pid) else {
            throw BenchFailure("\(program) ended at once", remedy: "its log is \(log)")
        }
        return identity
    }

    /// Nothing that this command inherited may stay open in a daemon: a pipe held there keeps its reader waiting.
    private static func keepDescriptorsFromChildren() {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }
}

/// The programs that are installed beside the one that runs now.
package enum Programs {
    package static let folder: String = {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
        return URL(fileURLWithPath: path).deletingLastPathComponent().path
    }()

    package static func path(of name: String) throws(BenchFailure) -> String {
        let path = folder + "/" + name
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw BenchFailure(
                "the program \(name) is not in \(folder)", remedy: "'make build' puts all programs side by side")
        }
        return path
    }
}
