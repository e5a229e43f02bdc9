// The threads that take requests from the kernel.
//
// libfuse's own loop (fuse_session_loop_mt) is not used: it makes and ends threads while it runs, which a process that
// serves disks must not do under memory pressure, takes a lock twice per request, gives its threads no names, and is
// ended by cancelling them. Here a fixed number of named threads each do "receive, process". A thread asleep in the
// kernel is woken for the end by a signal that is otherwise ignored everywhere.

internal import CFuse
internal import Platform
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// Page-aligned memory of one worker, in which its file may put together the answer to a read.
///
/// **Threads**: each has its own; a thread that is not a worker gets one too, at its first use.
enum FuseScratch {
    /// The largest read or write that the session agrees to; the kernel cuts larger ones. libfuse 3.14 can express twice
    /// as much, but a worker's buffer then fills a processor's second-level cache (1 MiB here), and each of the copies on
    /// a write's way comes from memory: 1 MiB writes are a sixth slower in one piece than in two (docs/performance.md).
    static let byteCount = 512 << 10

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let failure = unsafe pthread_key_create(&key) { memory in unsafe free(memory) }
        precondition(failure == 0, "no thread-local storage: errno \(failure)")
        return key
    }()

    /// // hot
    static var ofThisThread: UnsafeMutableRawBufferPointer {
        let known = unsafe pthread_getspecific(key)
        return unsafe UnsafeMutableRawBufferPointer(start: known ?? make(), count: byteCount)
    }

    private static func make() -> UnsafeMutableRawPointer {
        var memory: UnsafeMutableRawPointer?
        guard unsafe posix_memalign(&memory, 4096, byteCount) == 0, let memory = unsafe memory else {
            preconditionFailure("no memory for a worker's buffer of \(byteCount) bytes")
        }
        // Touched now, so that no page is missing when memory is short.
        unsafe memset(memory, 0, byteCount)
        unsafe pthread_setspecific(key, memory)
        return unsafe memory
    }
}

/// **Threads**: `stop` from one thread that is not a worker; the rest from any. `stopping` and `running` are atomic;
/// the workers' pthread handles lie under a lock and are only used before the workers are joined.
final class FuseWorkers: Sendable {
    /// Wakes a worker from its read. Ignored by default, so that a stray one does nothing.
    private static let wakeSignal = SIGURG

    private let stopping = Atomic<Bool>(false)
    private let running = Atomic<Int>(0)
    private let handles = Mutex<[pthread_t]>([])
    private let threads = Mutex<[NamedThread]>([])

    var isRunning: Bool { running.load(ordering: .acquiring) > 0 }

    /// Starts `count` threads named `name-0`, `name-1`, …
    func start(_ session: OpaquePointer, count: Int, name: String) {
        Self.installWakeSignal()
        running.store(count, ordering: .releasing)
        let bits = UInt(bitPattern: session)
        let started = (0..<count).map { index in
            NamedThread("\(name)-\(index)") { self.work(bits) }
        }
        threads.withLock { $0 = started }
    }

    /// Lets each worker finish what it is doing, ends it, and returns when all have ended.
    func stop() {
        stopping.store(true, ordering: .releasing)
        // Again and again: a signal that comes just before the read begins is lost.
        while isRunning {
            handles.withLock { for handle in $0 { pthread_kill(handle, Self.wakeSignal) } }
            sleepNanoseconds(1_000_000)
        }
        for thread in threads.withLock({ $0 }) { thread.join() }
    }

    private func work(_ bits: UInt) {
        let session = unsafe OpaquePointer(bitPattern: bits)
        handles.withLock { $0.append(pthread_self()) }
        Self.unblockWakeSignal()
        _ = unsafe FuseScratch.ofThisThread
        var buffer = unsafe fuse_buf()
        while !stopping.load(ordering: .relaxed) {
            let count = unsafe fuse_session_receive_buf(session, &buffer)
            // 0: unmounted. EINTR: perhaps woken for the end. Everything else is an end that libfuse has reported.
            if count == -EINTR || count == -EAGAIN { continue }
            guard count > 0 else { break }
            unsafe fuse_session_process_buf(session, &buffer)
        }
        unsafe free(buffer.mem)
        // After this nobody signals this thread: the handle goes before the count.
        handles.withLock { $0.removeAll { pthread_equal($0, pthread_self()) != 0 } }
        running.subtract(1, ordering: .acquiringAndReleasing)
    }

    private static func installWakeSignal() {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        // Without SA_RESTART: the point is that the read returns.
        action.sa_flags = 0
        _ = unsafe sigaction(wakeSignal, &action, nil)
    }

    private static func unblockWakeSignal() {
        var only = sigset_t()
        unsafe sigemptyset(&only)
        unsafe sigaddset(&only, wakeSignal)
        unsafe pthread_sigmask(SIG_UNBLOCK, &only, nil)
    }
}
