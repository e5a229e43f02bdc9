// A whole file of /proc. Foundation's readers of whole files take a read that gives less than was asked for as the end;
// the kernel hands its tables out line by line and gives less each time: beyond the first 4 KiB a table would be cut off.

internal import Foundation

package enum ProcFile {
    /// The text; empty if the file cannot be read.
    /// - Source: swift-foundation of Swift 6.3 as strace shows it: one `read` of 4096 bytes that gives 4088, and no other.
    package static func text(_ path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }
}
