// perf beside processes: it counts what they do while a command runs.
//
// perf and not strace: strace stops the process twice for each system call, so that threads meet that would not meet, and
// what they then do is not what they do unobserved. The kernel's own counters cost a fraction of a microsecond.
//
// The tables of the kernel's events (tracefs) are seen in a mount name space of the command's own if nobody has mounted
// them. The probes on the C library's functions are the kernel's, not a process's: `end` takes them away.

internal import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

struct PerfCounter: Sendable {
    private let folder: String
    /// Names the probes, so that two measurements do not share them.
    private let probes = "arraybench\(getpid())"
    private var hasProbes = false
    private var systemCalls: [String] = []

    init(folder: String) { self.folder = folder }

    /// What an array is known to call while it is written to; what is not among them is only in the sum. Each takes perf
    /// some 30 ms, in which the kernel waits for its own readers.
    private static let usual = [
        "read", "pread64", "write", "writev", "pwrite64", "sendmsg", "recvfrom", "recvmsg", "futex", "ppoll",
        "sched_yield", "clock_nanosleep", "splice",
    ]
    /// What else it could call often.
    private static let possible = [
        "readv", "preadv2", "pwritev", "pwritev2", "sendto", "poll", "epoll_pwait", "epoll_wait", "vmsplice", "tee",
        "madvise", "mmap", "munmap", "fdatasync", "fsync", "fallocate", "ioctl", "io_uring_enter", "timerfd_settime",
    ]
    /// What memory is asked for with. Swift's objects and C++'s come down to these.
    private static let allocations = [
        "malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc",
    ]

    static let everyCall = "sys_enter"

    /// Why nothing can be counted; nil if it can.
    static var obstacle: String? {
        if getuid() != 0 { return "only root may count events of processes" }
        return ["perf", "unshare", "fio"].first { Peers.path(of: $0) == nil }.map { "\($0) is not installed" }
    }

    var systemCallEvents: [String] { ["raw_syscalls:\(Self.everyCall)"] + systemCalls }
    var allocationEvents: [String] { Self.allocations.map { "\(probes):\($0)" } }

    /// Asks the kernel which calls it knows.
    /// - Parameter isQuick: looks only for the usual ones.
    mutating func begin(isQuick: Bool) async throws(BenchFailure) {
        let result = try await run(["ls", "\(Self.tables)/events/syscalls"])
        let known = Set(result.output.split(separator: "\n").map(String.init))
        guard !known.isEmpty else { throw BenchFailure("the kernel does not tell system calls apart") }
        let wanted = isQuick ? Self.usual : Self.usual + Self.possible
        systemCalls = wanted.map { "sys_enter_\($0)" }.filter(known.contains).map { "syscalls:\($0)" }
    }

    /// Puts a probe on each function of the C library that `process` uses.
    mutating func probeAllocations(of process: ProcessIdentity) async throws(BenchFailure) {
        let paths = ProcFile.text("/proc/\(process.pid)/maps").split(separator: "\n").compactMap {
            $0.split(separator: " ").last
        }
        guard let library = paths.first(where: { $0.contains("/libc.so") || $0.contains("/libc-") }) else {
            throw BenchFailure("process \(process.pid) uses no C library that can be probed")
        }
        hasProbes = true
        let words = Self.allocations.flatMap { ["--add", "\(probes):\($0)=\($0)"] }
        let result = try await run(["perf", "probe", "-q", "-x", String(library)] + words)
        guard result.status == 0 else { throw BenchFailure("perf cannot probe \(library): \(result.text.suffix(300))") }
    }

    /// Runs a command and counts `events` of each process meanwhile.
    /// - Returns: the command's output, the counts in the order of `processes`, and the seconds that were counted.
    func count(
        _ events: [String], of processes: [ProcessIdentity], while command: [String]
    ) async throws(BenchFailure) -> (output: String, counts: [EventCounts], seconds: Double) {
        let files = processes.indices.map { "\(folder)/perf-\($0)" }
        var words: [String] = []
        for (process, file) in zip(processes, files) {
            words += ["perf", "stat", "-x", ";", "-o", file, "-e", events.joined(separator: ",")]
            words += ["-p", "\(process.pid)", "--"]
        }
        let began = Date()
        let result = try await run(words + command)
        let seconds = Date().timeIntervalSince(began)
        guard result.status == 0 else {
            throw BenchFailure("perf ended with \(result.status): \(result.text.suffix(300))")
        }
        var counts: [EventCounts] = []
        for file in files {
            let found = EventCounts(perf: (try? String(contentsOfFile: file, encoding: .utf8)) ?? "")
            guard found.counts.count == events.count else { throw BenchFailure("perf did not count every event") }
            counts.append(found)
        }
        return (result.output, counts, seconds)
    }

    /// Takes the probes away, also after Ctrl-C: not by a command that Ctrl-C would end.
    mutating func end() {
        guard hasProbes, let shell = Peers.path(of: "unshare") else { return }
        hasProbes = false
        let lines = Self.allocations.map { "-:\(probes)/\($0)" }
        let script = "for line in \"$@\"; do echo \"$line\" >>\(Self.tables)/uprobe_events; done"
        let process = try? DetachedProcess.start(
            shell, arguments: Self.surroundings + ["sh", "-c", script, "sh"] + lines,
            environment: ProcessInfo.processInfo.environment, log: folder + "/probes.log")
        _ = process?.waitForEnd(seconds: 5)
    }

    private static let tables = "/sys/kernel/tracing"
    private static let surroundings = [
        "-m", "sh", "-c", "[ -e \(tables)/uprobe_events ] || mount -t tracefs tracefs \(tables); exec \"$@\"", "sh",
    ]

    private func run(_ command: [String]) async throws(BenchFailure) -> CommandResult {
        try await HostCommand.run("unshare", Self.surroundings + command)
    }
}
