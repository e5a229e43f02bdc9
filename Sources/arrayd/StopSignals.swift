// SIGTERM, SIGINT and the stop request of the service processor: all end in one place.

internal import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

/// The signals that stop an array in order.
enum StopSignals {
    private static var set: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        return set
    }

    /// Keeps the signals for `wait`. Call before any thread is made. A closed socket must not end the process either.
    static func block() {
        var set = Self.set
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
    }

    static func raise() { kill(getpid(), SIGTERM) }

    /// Ends when one of the signals came.
    static func wait() async {
        await withCheckedContinuation { continuation in
            startDetachedThread("signals") {
                var set = Self.set
                var number: Int32 = 0
                unsafe sigwait(&set, &number)
                continuation.resume()
            }
        }
    }
}
