// A bench that exists: its folder, its description, its record, and the lock that keeps a second command from changing
// it at the same time. What a command does is in the extensions: one file per verb.
//
// Whatever is changed in the world is recorded before the next step, so that a command that dies leaves a bench that
// `down` can take away completely.

internal import CPlatform
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// What is being done just now, with the part that is done (0 to 1) where it is known.
package typealias ProgressReport = @Sendable (_ what: String, _ part: Double?) -> Void

package struct Bench: Sendable {
    package let layout: BenchLayout
    package let description: BenchDescription
    package internal(set) var record: BenchRecord
    /// Things worth telling the owner that were done on the way.
    package internal(set) var notes: [String] = []
    let lock: BenchLock?
    let progress: ProgressReport

    init(
        layout: BenchLayout, description: BenchDescription, record: BenchRecord, lock: BenchLock?,
        progress: @escaping ProgressReport
    ) {
        self.layout = layout
        self.description = description
        self.record = record
        self.lock = lock
        self.progress = progress
    }

    /// Opens an existing bench.
    /// - Parameter changing: takes the lock; without it only questions may be asked.
    /// - Throws: if there is no bench in the folder, or another command holds the lock for more than ten seconds.
    package static func open(
        _ layout: BenchLayout, changing: Bool, progress: @escaping ProgressReport = { _, _ in }
    ) throws(BenchFailure) -> Bench {
        switch BenchFolder.inspect(layout) {
        case .missing, .empty:
            throw BenchFailure(
                "there is no bench in \(layout.root)",
                remedy: "'arraybench up' starts one; --state or ARRAYBENCH_STATE names another folder")
        case .foreign(let entry):
            throw BenchFolder.refusal(layout, entry)
        case .bench: break
        }
        let lock = changing ? try BenchLock.take(layout) : nil
        return Bench(
            layout: layout, description: try storedDescription(in: layout),
            record: try BenchRecord(contentsOf: layout), lock: lock, progress: progress)
    }

    static func storedDescription(in layout: BenchLayout) throws(BenchFailure) -> BenchDescription {
        do {
            return try BenchFile.read(try storedText(in: layout), file: layout.description)
        } catch let problem as BenchFileProblem {
            throw problem.failure
        } catch let failure as BenchFailure {
            throw failure
        } catch {
            throw BenchFailure("\(error)")
        }
    }

    static func storedText(in layout: BenchLayout) throws(BenchFailure) -> String {
        do {
            return try String(contentsOfFile: layout.description, encoding: .utf8)
        } catch {
            throw BenchFailure(
                "cannot read \(layout.description): \(BenchFolder.reason(error))",
                remedy: "'arraybench down --state \(layout.root)' removes what is left of the bench")
        }
    }

    mutating func change(_ body: (inout BenchRecord) -> Void) throws(BenchFailure) {
        body(&record)
        try record.save(in: layout)
    }

    func arrayDescription(_ name: String) throws(BenchFailure) -> ArrayDescription {
        guard let array = description.array(named: name) else {
            throw BenchFailure(
                "there is no array '\(name)'",
                remedy: FileMapping.advice(for: name, among: description.arrays.map(\.name)), kind: .usage)
        }
        return array
    }

    package func hostDescription(_ name: String) throws(BenchFailure) -> HostDescription {
        guard let host = description.host(named: name) else {
            throw BenchFailure(
                "there is no host '\(name)'",
                remedy: FileMapping.advice(for: name, among: description.hosts.map(\.name)), kind: .usage)
        }
        return host
    }

    package func environment(of host: String) throws(BenchFailure) -> HostEnvironment {
        HostEnvironment(try hostDescription(host), in: description, layout: layout)
    }

    /// The array's process, if it runs.
    func process(of array: String) -> ProcessIdentity? {
        if let known = record.arrays[array], known.isRunning { return known }
        return BenchProcesses.find(in: layout).first { $0.kind == .array(array) }?.identity
    }
}

/// The lock of a bench's folder; it goes when this value goes, also by a crash.
final class BenchLock: Sendable {
    private let file: Int32
    private init(file: Int32) { self.file = file }
    deinit { close(file) }

    static func take(_ layout: BenchLayout, seconds: Double = 10) throws(BenchFailure) -> BenchLock {
        let file = unsafe arraybench_open(layout.lock, O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else {
            throw BenchFailure("cannot open \(layout.lock): \(unsafe String(cString: strerror(-file)))")
        }
        let deadline = Date().addingTimeInterval(seconds)
        while arraybench_lock_file(file) != 0 {
            guard Date() < deadline, !Interruption.isRequested else {
                close(file)
                throw BenchFailure(
                    "another arraybench command is working on \(layout.root)",
                    remedy: "wait until it has ended, or use another folder with --state")
            }
            usleep(10_000)
        }
        return BenchLock(file: file)
    }
}
