// Block devices over volumes.

internal import Foundation
internal import ReplicationCore

extension Bench {
    /// Puts a loop device over a volume's file and tells the array.
    /// - Returns: the device; the one that stands there already if there is one.
    package mutating func attach(array name: String, ldev text: String) async throws(BenchFailure) -> String {
        let ldev = try ldevIdentifier(text, in: name)
        guard process(of: name) != nil else {
            throw BenchFailure("array \(name) does not run", remedy: "'arraybench array start \(name)' starts it")
        }
        if let loop = record.loops.first(where: { $0.array == name && $0.ldev == ldev }) {
            if isAlive(loop) { return loop.device }
            try remove(loop)
        }
        let last = record.lastLoops?.first { $0.array == name && $0.ldev == ldev }
        let device = try LoopDevices.attach(layout.device(of: ldev, array: name), preferring: last?.device)
        try change { record in
            record.loops.append(.init(array: name, ldev: ldev, device: device))
            record.lastLoops =
                (record.lastLoops ?? []).filter { $0.array != name || $0.ldev != ldev }
                + [.init(array: name, ldev: ldev, device: device)]
        }
        try await ServiceProcessorClient(array: name, layout: layout).noteBlockDevice(ldev: ldev, path: device)
        return device
    }

    /// Volumes of an array that does not run whose block devices somebody still looks for: those that stood over them, and
    /// while a program is in a view of a host of the array, those that the view knows.
    func blockDevicesInUse(of name: String) -> [String] {
        let hosts = Set(description.hosts.filter { $0.array == name }.map(\.name))
        let isViewed = BenchProcesses.find(in: layout).contains { process in
            if case .guest(let host) = process.kind { hosts.contains(host) } else { false }
        }
        var ldevs = record.loops.filter { $0.array == name }.map(\.ldev)
        for loop in isViewed ? record.lastLoops ?? [] : [] where loop.array == name && !ldevs.contains(loop.ldev) {
            ldevs.append(loop.ldev)
        }
        return ldevs
    }

    /// After the array's start: under the numbers that they had, as far as those are free. A device that is still open
    /// somewhere, with a dead file system on it, is not free before that is unmounted; the next `exec` or `attach` tries again.
    mutating func attachAgain(_ ldevs: [String], on name: String) async throws(BenchFailure) {
        for ldev in ldevs {
            let last = record.lastLoops?.first { $0.array == name && $0.ldev == ldev }?.device
            if let last, LoopDevices.isAttached(last) {
                notes.append("\(last) (LDEV \(ldev)) is in use; unmount what is on it, and attach the volume again")
                continue
            }
            let device = try await attach(array: name, ldev: ldev)
            notes.append("LDEV \(ldev) is \(device) again")
        }
    }

    package mutating func detach(array name: String, ldev text: String) async throws(BenchFailure) -> String {
        let ldev = try ldevIdentifier(text, in: name)
        guard let loop = record.loops.first(where: { $0.array == name && $0.ldev == ldev }) else {
            throw BenchFailure("LDEV \(ldev) of array \(name) is not attached")
        }
        if isAlive(loop), let mount = LoopDevices.mounts(of: loop.device).first {
            throw BenchFailure("\(loop.device) is mounted at \(mount.point)", remedy: "unmount it first")
        }
        try refuseMountsInViews(loop)
        try remove(loop)
        if process(of: name) != nil {
            try await ServiceProcessorClient(array: name, layout: layout).noteBlockDevice(ldev: ldev, path: nil)
        }
        return loop.device
    }

    /// A file system in a host's view keeps the device busy, and its data in a cache.
    func refuseMountsInViews(_ loop: BenchRecord.LoopDevice) throws(BenchFailure) {
        guard let mount = HostViews.mounts(of: loop.device, in: layout).first else { return }
        throw BenchFailure(
            "LDEV \(loop.ldev) is mounted at \(mount.point) in a host's view (process \(mount.pid))",
            remedy: "unmount it there, or end that process")
    }

    private func ldevIdentifier(_ text: String, in name: String) throws(BenchFailure) -> String {
        let array = try arrayDescription(name)
        guard let ldev = array.ldevs.first(where: { $0.number.matches(text) }) else {
            throw BenchFailure(
                "array \(name) has no LDEV '\(text)'",
                remedy: "it has \(array.ldevs.map(\.number.description).joined(separator: ", "))", kind: .usage)
        }
        return ldev.number.description
    }

    /// Whether the loop device still stands over a living array's file.
    private func isAlive(_ loop: BenchRecord.LoopDevice) -> Bool {
        let file = layout.device(of: loop.ldev, array: loop.array)
        return LoopDevices.all().contains { $0.device == loop.device && $0.file == file }
            && process(of: loop.array) != nil && FileManager.default.isReadableFile(atPath: loop.device)
            && !isOrphaned(loop)
    }

    /// After an array was killed and started again, its old loop devices stand over files of the dead mount.
    private func isOrphaned(_ loop: BenchRecord.LoopDevice) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: loop.device) else { return true }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 512)) == nil
    }

    /// Takes a loop device away with the file systems on it.
    mutating func remove(_ loop: BenchRecord.LoopDevice) throws(BenchFailure) {
        if belongsHere(loop) {
            for mount in LoopDevices.mounts(of: loop.device) {
                let wasBusy = try Mounts.remove(mount.point)
                notes.append(
                    "unmounted \(mount.point) (\(loop.device))"
                        + (wasBusy ? "; it was in use and goes with its last user" : ""))
            }
            try LoopDevices.detach(loop.device)
        }
        try change { $0.loops.removeAll { $0 == loop } }
    }

    /// A loop device's number may have gone to somebody else meanwhile; the file below it tells.
    private func belongsHere(_ loop: BenchRecord.LoopDevice) -> Bool {
        guard let file = LoopDevices.all().first(where: { $0.device == loop.device })?.file else { return false }
        let name = BenchLayout.fileName(of: loop.ldev)
        return file == layout.device(of: loop.ldev, array: loop.array) || file == "/\(name)"
            || file.hasPrefix("/\(name) ")
    }

    mutating func detachLoops(of array: String) throws(BenchFailure) {
        for loop in record.loops where loop.array == array { try remove(loop) }
    }

    /// What a dead array leaves on its hosts, taken away before it starts again: file systems, loop devices, the mount.
    mutating func cleanDevices(of array: String) throws(BenchFailure) {
        try detachLoops(of: array)
        for stray in LoopDevices.all() where stray.file.hasPrefix(layout.mountPoint(of: array) + "/") {
            for mount in LoopDevices.mounts(of: stray.device) { try Mounts.remove(mount.point) }
            try LoopDevices.detach(stray.device)
        }
        for mount in Mounts.below(layout.array(array)) { try Mounts.remove(mount.point) }
    }

    func deadDevices(of array: String) -> [String] {
        record.loops.filter { $0.array == array }.flatMap { loop in
            ["\(loop.device) (LDEV \(loop.ldev)) now gives I/O errors"]
                + LoopDevices.mounts(of: loop.device).map { "so does what is mounted at \($0.point)" }
        }
    }
}
