// Blocking work away from the cooperative pool: each piece gets a thread of its own, and whoever waits for it may give it
// up. Work that was given up goes on until it ends by itself; what it says then is dropped.

internal import Platform
internal import Synchronization

/// Runs `work` on a thread and returns what it returns; nil if it has not ended after `seconds`.
func onThread<Result: Sendable>(
    _ name: String, seconds: Double, _ work: @escaping @Sendable () -> Result
) async -> Result? {
    let box = Answer<Result>()
    return await withCheckedContinuation { continuation in
        box.waiter.withLock { $0 = continuation }
        startDetachedThread(name) { box.resume(work()) }
        let deadline = Task {
            try? await Task.sleep(for: .seconds(seconds))
            box.resume(nil)
        }
        box.deadline.withLock { $0 = deadline }
    }
}

/// The first answer counts.
///
/// **Threads**: any; both fields are behind their locks.
private final class Answer<Result: Sendable>: Sendable {
    let waiter = Mutex<CheckedContinuation<Result?, Never>?>(nil)
    let deadline = Mutex<Task<Void, Never>?>(nil)

    func resume(_ result: Result?) {
        let continuation = waiter.withLock { $0.take() }
        continuation?.resume(returning: result)
        deadline.withLock { $0.take() }?.cancel()
    }
}
