// One line on a terminal for whatever takes longer than a second; nothing at all if the error output is no terminal.

internal import Foundation
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// **Threads**: any; the state is behind the mutex, and a line is written by one call.
final class ProgressLine: Sendable {
    private struct State {
        var started = Date()
        var last = Date.distantPast
        var isVisible = false
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private static let width = 30

    /// - Parameter part: from 0 to 1; nil if nobody knows how long it takes.
    func show(_ what: String, _ part: Double?) {
        guard isTerminal else { return }
        let text = state.withLock { state -> String? in
            let now = Date()
            let elapsed = now.timeIntervalSince(state.started)
            guard elapsed > 1, now.timeIntervalSince(state.last) > 0.1 else { return nil }
            state.last = now
            state.isVisible = true
            return "\r\u{1B}[2K\(Self.bar(part, elapsed)) \(what)"
        }
        if let text { complain(text) }
    }

    /// Takes the line away; the next second is quiet again.
    func clear() {
        let wasVisible = state.withLock { state in
            defer { state = State() }
            return state.isVisible
        }
        if wasVisible { complain("\r\u{1B}[2K") }
    }

    private static func bar(_ part: Double?, _ elapsed: Double) -> String {
        guard let part else {
            let at = Int(elapsed * 10) % (width - 3)
            return "[" + String(repeating: " ", count: at) + "===" + String(repeating: " ", count: width - 3 - at) + "]"
        }
        let done = Int(max(0, min(1, part)) * Double(width))
        let bar = String(repeating: "=", count: done) + String(repeating: " ", count: width - done)
        return "[\(bar)] \(Int(max(0, min(1, part)) * 100)) %"
    }
}
