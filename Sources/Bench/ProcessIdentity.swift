// A process, told apart from every other that ever had or will have its number: by the time it started, and the boot.
// The bench ends a process only through one of these.

internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package struct ProcessIdentity: Codable, Hashable, Sendable {
    package let pid: Int32
    /// Clock ticks between the start of the machine and that of the process (/proc/<pid>/stat, field 22).
    package let startTime: UInt64
    package let boot: String

    package init(pid: Int32, startTime: UInt64, boot: String) {
        self.pid = pid
        self.startTime = startTime
        self.boot = boot
    }

    /// The process that has this number now; nil if there is none or it has ended already.
    package init?(running pid: Int32) {
        guard pid > 1, let stat = ProcessStat(pid: pid), !stat.hasEnded else { return nil }
        self.init(pid: pid, startTime: stat.startTime, boot: Self.currentBoot)
    }

    package static let currentBoot: String =
        (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""

    /// Whether this very process still runs. A zombie has ended.
    package var isRunning: Bool { ProcessIdentity(running: pid) == self }

    /// Sends a signal if, and only if, the process with this number is still this one.
    @discardableResult
    package func send(_ signal: Int32) -> Bool {
        isRunning && kill(pid, signal) == 0
    }

    /// Sends a signal to the whole group that this process leads.
    package func sendToGroup(_ signal: Int32) {
        if isRunning, getpgid(pid) == pid { kill(-pid, signal) }
    }

    /// Waits for the end; a child of ours is reaped.
    /// - Returns: false if the process still runs after `seconds`.
    package func waitForEnd(seconds: Double) -> Bool {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            // In this order: a child that ends between the two would stay a zombie the other way round.
            let hasEnded = !isRunning
            var status: Int32 = 0
            _ = unsafe waitpid(pid, &status, WNOHANG)
            if hasEnded { return true }
            if Date() > deadline { return false }
            usleep(1000)
        }
    }

    /// Asks, waits, insists.
    /// - Returns: false if the process outlived even SIGKILL: it hangs inside the kernel.
    @discardableResult
    package func end(askingFor seconds: Double) -> Bool {
        guard isRunning else { return true }
        if seconds > 0 {
            send(SIGTERM)
            if waitForEnd(seconds: seconds) { return true }
        }
        send(SIGKILL)
        return waitForEnd(seconds: 10)
    }
}

/// The fields of /proc/<pid>/stat that matter here.
package struct ProcessStat {
    package let state: Character
    package let startTime: UInt64
    private let threads: Int
    /// A killed process whose first thread is a zombie still holds its files and locks as long as another thread goes on.
    package var hasEnded: Bool { state == "X" || (state == "Z" && threads <= 1) }

    init?(pid: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return nil }
        self.init(parsing: text)
    }

    /// The name in parentheses may hold anything, so fields are counted behind the last one.
    package init?(parsing text: String) {
        guard let parenthesis = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: parenthesis)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let threads = Int(fields[17]),
            let startTime = UInt64(fields[19])
        else { return nil }
        self.state = state
        self.threads = threads
        self.startTime = startTime
    }
}
