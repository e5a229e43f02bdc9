// Taking a bench away. Works on whatever is left of it: after kill -9 of any process, with a damaged record, half
// built. What cannot be taken away is said, and the rest is done all the same.

internal import Foundation
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

extension Bench {
    /// - Parameter keeping: leaves the folder, so that `up` resumes with data and pair states.
    /// - Returns: things worth telling.
    /// - Throws: what is left behind, if anything is.
    package static func down(
        _ layout: BenchLayout, keeping: Bool, progress: @escaping ProgressReport = { _, _ in }
    ) async throws(BenchFailure) -> [String] {
        switch BenchFolder.inspect(layout) {
        case .missing, .empty:
            throw BenchFailure(
                "there is no bench in \(layout.root)", remedy: "--state or ARRAYBENCH_STATE names another folder")
        case .foreign(let entry): throw BenchFolder.refusal(layout, entry)
        case .bench: break
        }
        let lock = try BenchLock.take(layout)
        // A bench whose files are damaged is still taken down; only then its parts are known from the machine alone.
        let description = try? storedDescription(in: layout)
        let record = try? BenchRecord(contentsOf: layout)
        if keeping {
            guard description != nil, record != nil else { return try await refuseToKeep(layout) }
        }
        var bench = Bench(
            layout: layout, description: description ?? BenchDescription(), record: record ?? BenchRecord(),
            lock: lock, progress: progress)
        if keeping { try bench.refuseBusyMounts() }
        try await bench.takeDown(keeping: keeping)
        return bench.notes
    }

    private static func refuseToKeep(_ layout: BenchLayout) async throws(BenchFailure) -> [String] {
        throw BenchFailure(
            "the description or record in \(layout.root) is damaged, so the bench cannot be kept for later",
            remedy: "'arraybench down' without --keep removes it")
    }

    /// Data that is still in a mounted file system's cache would be missing in what is kept.
    private func refuseBusyMounts() throws(BenchFailure) {
        if let guest = guests.first {
            throw BenchFailure(
                "process \(guest.identity.pid) still runs in a host's view",
                remedy: "end what 'arraybench exec' started")
        }
        for loop in record.loops where process(of: loop.array) != nil {
            guard let mount = LoopDevices.mounts(of: loop.device).first else { continue }
            throw BenchFailure("\(mount.point) is mounted from \(loop.device)", remedy: "unmount it first")
        }
    }

    mutating func takeDown(keeping: Bool) async throws(BenchFailure) {
        var problems: [String] = []
        progress("stopping RAID Manager", nil)
        let bench = self
        await withTaskGroup(of: Void.self) { group in
            for host in bench.description.hosts { group.addTask { try? await bench.shutDown(host) } }
        }
        endGuests(&problems)
        // Devices first, while the arrays still answer: a file system can then be unmounted in order.
        for array in arrayNames {
            attempt(&problems) { bench throws(BenchFailure) in try bench.detachLoops(of: array) }
        }
        progress("stopping arrays", nil)
        await withTaskGroup(of: Void.self) { group in
            for array in arrayNames {
                guard let process = process(of: array) else { continue }
                group.addTask { try? await bench.stop(array, process) }
            }
        }
        for stray in BenchProcesses.find(in: layout) where !stray.identity.end(askingFor: 2) {
            problems.append("process \(stray.identity.pid) outlives SIGKILL")
        }
        for array in arrayNames {
            attempt(&problems) { bench throws(BenchFailure) in try bench.cleanDevices(of: array) }
        }
        attempt(&problems) { bench throws(BenchFailure) in try bench.endSharing() }
        record.arrays = [:]
        record.managers = [:]
        record.failedSites = []
        if keeping {
            attempt(&problems) { bench throws(BenchFailure) in try bench.record.save(in: bench.layout) }
            removeSockets()
        } else if problems.isEmpty {
            attempt(&problems) { bench throws(BenchFailure) in try BenchFolder.remove(bench.layout) }
        }
        guard problems.isEmpty else {
            throw BenchFailure(
                "not everything could be taken away: \(problems.joined(separator: "; "))",
                remedy: "see to that and run 'arraybench down --state \(layout.root)' again")
        }
    }

    /// Processes in the hosts' views.
    private var guests: [BenchProcess] {
        BenchProcesses.find(in: layout).filter { if case .guest = $0.kind { true } else { false } }
    }

    /// With the last process of a view its mounts go: file systems on the arrays' volumes among them.
    private mutating func endGuests(_ problems: inout [String]) {
        let guests = guests
        guard !guests.isEmpty else { return }
        for guest in guests { guest.identity.send(SIGTERM) }
        for guest in guests where !guest.identity.waitForEnd(seconds: 2) { guest.identity.send(SIGKILL) }
        for guest in guests where !guest.identity.waitForEnd(seconds: 10) {
            problems.append("process \(guest.identity.pid) in a host's view outlives SIGKILL")
        }
        notes.append("ended \(guests.count == 1 ? "a process" : "\(guests.count) processes") in the hosts' views")
    }

    /// The arrays of the description and those that only the folder knows of.
    private var arrayNames: [String] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: layout.arrays)) ?? []
        return Set(found).union(description.arrays.map(\.name)).sorted()
    }

    private func removeSockets() {
        for array in arrayNames {
            try? FileManager.default.removeItem(atPath: layout.serviceProcessorSocket(of: array))
        }
        for link in description.links { try? FileManager.default.removeItem(atPath: layout.linkSocket(link.name)) }
    }

    private mutating func attempt(
        _ problems: inout [String], _ body: (inout Bench) throws(BenchFailure) -> Void
    ) {
        do {
            try body(&self)
        } catch {
            problems.append(error.message)
        }
    }
}
