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

extension ProcessMemory {
    /// Processor seconds, user and system, since the process began; nil if it is gone.
    /// - Source: proc(5): `stat` has both as the 14th and 15th field, in ticks of which there are 100 a second.
    static func processorSeconds(of process: Int32) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // The name may hold blanks: fields are counted from behind it, the third being the first.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) / 100
    }
}
