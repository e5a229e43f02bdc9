// stdout and stderr. Lines of stdout are gathered and written together: before a line of stderr, before a wait, at the end.

internal import Glibc
internal import RaidManagerShell

/// **Threads**: the main thread only.
final class Console {
    private var pending: [UInt8] = []
    /// `-nomsg`
    var isSilent = false
    /// Lines of stdout that are kept instead of written.
    private(set) var captured: [String]?

    init(isCapturing: Bool = false) { captured = isCapturing ? [] : nil }

    /// - Parameter endsLine: false leaves the cursor behind the text.
    func show(_ line: String, endsLine: Bool = true) {
        guard !isSilent else { return }
        guard captured == nil else {
            captured?.append(line)
            return
        }
        pending += Array(line.utf8)
        if endsLine { pending.append(0x0A) }
    }

    func showError(_ line: String) {
        flush()
        guard !isSilent else { return }
        SystemCalls.writeAll(2, Array("\(line)\n".utf8))
    }

    func flush() {
        guard !pending.isEmpty else { return }
        SystemCalls.writeAll(1, pending)
        pending = []
    }
}
