// Block devices over the arrays' volume files: loop devices with direct I/O, so that the host's page cache lies above
// them and not between them and the array.

internal import CPlatform
internal import Foundation
package import HostView
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

package enum LoopDevices {
    /// Every loop device with the file below it, as the kernel names that file.
    package static func all() -> [(device: String, file: String)] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/block")) ?? []
        return entries.filter { $0.hasPrefix("loop") }.sorted().compactMap { name in
            let path = "/sys/block/\(name)/loop/backing_file"
            guard let file = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
            return ("/dev/\(name)", file.trimmingCharacters(in: .newlines))
        }
    }

    /// The device's number; nil if there is no such device.
    package static func number(of device: String) -> DeviceNumber? {
        let name = URL(fileURLWithPath: device).lastPathComponent
        let text = try? String(contentsOfFile: "/sys/block/\(name)/dev", encoding: .utf8)
        return text.flatMap { DeviceNumber(parsing: $0.trimmingCharacters(in: .newlines)) }
    }

    package static func isAttached(_ device: String) -> Bool {
        let name = URL(fileURLWithPath: device).lastPathComponent
        return FileManager.default.fileExists(atPath: "/sys/block/\(name)/loop/backing_file")
    }

    /// Attaches a loop device to `file`: the preferred one if it is free, else any. Another process may take the same free
    /// one first: then the next is tried.
    package static func attach(_ file: String, preferring preferred: String? = nil) throws(BenchFailure) -> String {
        if let preferred, !isAttached(preferred), unsafe arraybench_loop_attach(preferred, file, 1) == 0 {
            return preferred
        }
        for _ in 0..<64 {
            let index = arraybench_loop_free_index()
            guard index >= 0 else { throw failure("find a free loop device for", file, -index) }
            let device = "/dev/loop\(index)"
            let result = unsafe arraybench_loop_attach(device, file, 1)
            if result == 0 { return device }
            guard result == -EBUSY else { throw failure("attach \(device) to", file, -result) }
        }
        throw failure("find a free loop device for", file, EBUSY)
    }

    /// Detaches the device. If somebody has it open, it goes when the last user closes it.
    package static func detach(_ device: String) throws(BenchFailure) {
        let result = unsafe arraybench_loop_detach(device)
        guard result == 0 || result == -ENXIO else { throw failure("detach", device, -result) }
        // Without users the device is free a moment later, not at once.
        for _ in 0..<200 where isAttached(device) { usleep(1000) }
    }

    /// Where file systems of this device are mounted.
    package static func mounts(of device: String) -> [Mount] {
        Mounts.all().filter { $0.source == device }.reversed()
    }

    private static func failure(_ operation: String, _ path: String, _ code: Int32) -> BenchFailure {
        BenchFailure(
            "cannot \(operation) \(path): \(systemErrorText(code))",
            remedy: code == EACCES || code == EPERM || code == ENOENT
                ? "loop devices need root and /dev/loop-control ('modprobe loop')" : nil)
    }
}
