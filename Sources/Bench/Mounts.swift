// What is mounted, from /proc/self/mountinfo, and taking it away again.

internal import Foundation
package import HostView

#if canImport(Glibc)
    internal import Glibc
#endif

package struct Mount: Hashable, Sendable {
    package var point: String
    package var fileSystem: String
    package var source: String
    /// Of the file system's block device; of a number of its own if it has none.
    package var device: DeviceNumber
    /// Mounts below it are passed on to other name spaces.
    package var isShared: Bool

    /// - Source: proc(5): `36 35 98:0 /root /point options … - type source options`; blanks as `\040`.
    package init?(parsing line: some StringProtocol) {
        let fields = line.split(separator: " ")
        guard let dash = fields.firstIndex(of: "-"), dash >= 6, dash + 2 < fields.count else { return nil }
        guard let device = DeviceNumber(parsing: fields[2]) else { return nil }
        self.device = device
        isShared = fields[6..<dash].contains { $0.hasPrefix("shared:") }
        point = Self.unescape(fields[4])
        fileSystem = String(fields[dash + 1])
        source = Self.unescape(fields[dash + 2])
    }

    private static func unescape(_ text: some StringProtocol) -> String {
        String(text).replacing("\\040", with: " ").replacing("\\011", with: "\t").replacing("\\134", with: "\\")
    }
}

package enum Mounts {
    /// The kernel hands the table out page by page and may skip a line while somebody else mounts or unmounts. Two equal
    /// readings are taken for the truth.
    package static func all() -> [Mount] {
        var text = read()
        for _ in 0..<100 {
            let again = read()
            if again == text { break }
            text = again
        }
        return text.split(separator: "\n").compactMap { Mount(parsing: $0) }
    }

    private static func read() -> String { ProcFile.text("/proc/self/mountinfo") }

    /// Mounts at or below a folder, the innermost first.
    package static func below(_ folder: String) -> [Mount] {
        all().filter { $0.point == folder || $0.point.hasPrefix(folder + "/") }.reversed()
    }

    /// Takes a mount away, at once or, if somebody uses it, as soon as nobody does.
    /// - Returns: whether it was in use.
    @discardableResult
    package static func remove(_ point: String, evenIfBusy: Bool = true) throws(BenchFailure) -> Bool {
        if unsafe umount2(point, 0) == 0 { return false }
        let code = errno
        if code == EINVAL || code == ENOENT { return false }
        if evenIfBusy, unsafe umount2(point, Int32(MNT_DETACH)) == 0 { return true }
        throw BenchFailure(
            "cannot unmount \(point): \(unsafe String(cString: strerror(code)))",
            remedy: code == EBUSY ? "'fuser -vm \(point)' shows who uses it" : nil)
    }
}
