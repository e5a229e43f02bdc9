// What a folder is before the bench touches it. A folder that is not ours is never written to and never removed.

internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package enum BenchFolder {
    package enum Kind: Hashable, Sendable {
        case missing
        case empty
        case bench
        /// Holds something of somebody else's: the name of one such entry.
        case foreign(String)
    }

    package static func inspect(_ layout: BenchLayout) -> Kind {
        var isDirectory: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: layout.root, isDirectory: &isDirectory) else {
            return .missing
        }
        guard isDirectory.boolValue, let entries = try? FileManager.default.contentsOfDirectory(atPath: layout.root)
        else { return .foreign(layout.root) }
        if entries.isEmpty { return .empty }
        // A bench that died while it was being set up has only some of its files.
        if let stranger = entries.sorted().first(where: { !BenchLayout.entries.contains($0) && !isLeftover($0) }) {
            return .foreign(stranger)
        }
        return entries.contains("bench.yaml") || entries.contains("bench.json") || entries.contains("lock")
            ? .bench : .foreign(entries.sorted()[0])
    }

    /// A half-written replacement of the record.
    private static func isLeftover(_ name: String) -> Bool {
        name.hasPrefix(".dat.nosync") || name.hasPrefix("bench.json")
    }

    static func refusal(_ layout: BenchLayout, _ entry: String) -> BenchFailure {
        BenchFailure(
            "\(layout.root) is not the folder of a bench: it holds '\(entry)'",
            remedy: "nothing was changed; name an empty or a new folder with --state")
    }

    static func make(_ path: String, mode: Int = 0o700) throws(BenchFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
        } catch {
            throw BenchFailure(
                "cannot make the folder \(path): \(reason(error))",
                remedy: "choose a folder where you may write with --state or ARRAYBENCH_STATE")
        }
    }

    static func write(_ text: String, to path: String) throws(BenchFailure) {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw BenchFailure("cannot write \(path): \(reason(error))")
        }
    }

    static func link(_ path: String, to destination: String) throws(BenchFailure) {
        unsafe unlink(path)
        guard unsafe symlink(destination, path) == 0 else {
            throw BenchFailure("cannot make the link \(path): \(unsafe String(cString: strerror(errno)))")
        }
    }

    /// Removes the folder and all that is in it. Whatever is still mounted below it is kept out of harm's way: then
    /// nothing is removed.
    static func remove(_ layout: BenchLayout) throws(BenchFailure) {
        if let mount = Mounts.below(layout.root).first {
            throw BenchFailure(
                "\(layout.root) is kept: \(mount.point) is still mounted", remedy: "unmount it and run 'down' again")
        }
        do {
            try FileManager.default.removeItem(atPath: layout.root)
        } catch {
            throw BenchFailure("cannot remove \(layout.root): \(reason(error))")
        }
    }

    /// What the operating system said, without the library's words around it.
    package static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain {
            return unsafe String(cString: strerror(Int32(underlying.code)))
        }
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?, .fileNoSuchFile?: return unsafe String(cString: strerror(ENOENT))
        case .fileReadNoPermission?, .fileWriteNoPermission?: return unsafe String(cString: strerror(EACCES))
        default: return error.localizedDescription
        }
    }
}
