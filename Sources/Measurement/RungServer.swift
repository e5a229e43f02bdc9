// The two lowest rungs of the ladder as a process: `arraybench measure-rung` mounts them and serves them until it is told
// to stop. They are no part of the measuring process, because an array is none either.

package import Bench
internal import FuseDevice

#if canImport(Glibc)
    internal import Glibc
#endif

/// Files in a folder `mount` below `folder`: `null` answers at once, `file` is the file `backing` beside that folder.
package struct RungServer: Sendable {
    package let folder: String
    package let byteCount: UInt64
    /// Threads that answer the kernel: as many as an array has.
    package let threads: Int

    package init(folder: String, byteCount: UInt64, threads: Int) {
        self.folder = folder
        self.byteCount = byteCount
        self.threads = threads
    }

    var mountPoint: String { folder + "/mount" }
    var nullFile: String { mountPoint + "/null" }
    var backedFile: String { mountPoint + "/file" }

    /// Serves until a signal comes that `Interruption` catches, somebody unmounts the folder, or the process that
    /// started this one is gone: a killed measurement leaves no mount behind.
    /// - Throws: if the folder cannot be mounted.
    package func serve() async throws(BenchFailure) {
        let parent = getppid()
        let session = try mount()
        while !Interruption.isRequested, session.isServing, getppid() == parent {
            try? await Task.sleep(for: .milliseconds(20))
        }
        session.stop()
    }

    private func mount() throws(BenchFailure) -> FuseSession {
        do {
            let file = try BackingFileDevice(name: "file", path: folder + "/backing", byteCount: byteCount)
            return try FuseSession(
                mountPoint: mountPoint, files: [NullFile(name: "null", byteCount: byteCount), file], threads: threads,
                sourceName: "arraybench:rungs")
        } catch {
            throw BenchFailure("the ladder's lowest rungs cannot be served: \(error)")
        }
    }
}
