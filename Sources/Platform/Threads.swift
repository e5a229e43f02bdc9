// Named threads for blocking work, and the clock they read.

internal import CPlatform
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// Nanoseconds of CLOCK_MONOTONIC.
package func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Nanoseconds since 1970 by the wall clock, less those of CLOCK_MONOTONIC: what turns one into the other. The wall clock
/// may be set while a process runs; whoever keeps this keeps the clock as it was.
package func wallClockOffset() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) - Int64(monotonicNanoseconds())
}

/// Sleeps the calling thread for `nanoseconds`, through signals.
package func sleepNanoseconds(_ nanoseconds: UInt64) {
    var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    var rest = timespec()
    while unsafe nanosleep(&time, &rest) == -1 && errno == EINTR { time = rest }
}

/// A thread with a name that `ps -L` and `perf` show. It must be joined exactly once.
@safe package final class NamedThread: Sendable {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    private let handle: Mutex<pthread_t?>

    /// Starts the thread. All signals are blocked in it: they belong to the main thread.
    package init(_ name: String, _ run: @escaping @Sendable () -> Void) {
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        var thread = pthread_t()
        let body = unsafe Unmanaged.passRetained(Body(name: name, run: run))
        let failure = unsafe pthread_create(
            &thread, nil,
            { argument in
                let body = unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
                unsafe arraybench_set_thread_name(body.name)
                body.run()
                return nil
            }, body.toOpaque())
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        precondition(failure == 0, "a thread could not be created: errno \(failure)")
        handle = Mutex(thread)
    }

    /// Lets the thread end by itself.
    func detach() {
        let thread = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        if let thread { pthread_detach(thread) }
    }

    /// Waits for the thread's end.
    package func join() {
        let thread = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        guard let thread else { return }
        pthread_join(thread, nil)
    }
}

/// Starts a thread that nobody waits for. For rare work of unknown length; the process may end while it runs.
package func startDetachedThread(_ name: String, _ run: @escaping @Sendable () -> Void) {
    let thread = NamedThread(name, run)
    thread.detach()
}
