// What the kernel says of a process's memory.

internal import Foundation

enum ProcessMemory {
    /// The resident set in MiB; nil if the process is gone.
    static func residentMiB(of process: Int32) -> Double? {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        return words.count > 1 ? Double(words[1]).map { $0 / 1024 } : nil
    }
}
