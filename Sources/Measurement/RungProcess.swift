// Starts and ends the process that serves the ladder's lowest rungs.

internal import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

struct RungProcess: Sendable {
    private let server: RungServer
    private let process: ProcessIdentity

    /// What to load.
    var targets: [LadderRung: Target] {
        [
            .fuse: Target(LadderRung.fuse.rawValue, server.nullFile, .fuse),
            .backingFile: Target(LadderRung.backingFile.rawValue, server.backedFile, .fuse),
        ]
    }

    /// Starts the process; `waitUntilReady` says when it serves.
    init(folder: String, bytes: Int) throws(BenchFailure) {
        server = RungServer(
            folder: folder, byteCount: UInt64(bytes), threads: RungProcess.threads)
        do {
            try FileManager.default.createDirectory(atPath: server.mountPoint, withIntermediateDirectories: true)
        } catch {
            throw BenchFailure("cannot make \(server.mountPoint): \(BenchFolder.reason(error))")
        }
        process = try DetachedProcess.start(
            try Programs.path(of: "arraybench"),
            arguments: [
                "measure-rung", "--folder", folder, "--bytes", "\(bytes)", "--threads", "\(RungProcess.threads)",
            ],
            environment: ProcessInfo.processInfo.environment, log: folder + "/rungs.log")
    }

    /// As many as an array has unless its description says otherwise.
    private static let threads = 4

    func waitUntilReady() async throws(BenchFailure) {
        for _ in 0..<500 {
            if targets.values.allSatisfy({ (try? $0.check()) != nil }) { return }
            try Interruption.check()
            guard process.isRunning else { break }
            try? await Task.sleep(for: .milliseconds(10))
        }
        let log = (try? String(contentsOfFile: server.folder + "/rungs.log", encoding: .utf8)) ?? ""
        throw BenchFailure("the ladder's lowest rungs are not served: \(log.suffix(400))")
    }

    /// Ends the process and takes away what it may have left mounted.
    func end() {
        process.end(askingFor: 5)
        for mount in Mounts.below(server.mountPoint) { _ = try? Mounts.remove(mount.point) }
    }
}
