// Entering a host's view: its disks are attached, the plan is made, and this process becomes the program that it was asked
// to run. Nothing of arraybench stays in between, so that signals, the terminal and the exit status are the program's own.

internal import CPlatform
internal import Foundation
package import HostView
internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// How a view is entered.
package struct ViewOptions: Hashable, Sendable {
    /// Without root there is no other way; root may ask for it.
    package var hasOwnUsers: Bool
    /// Puts loop devices over the host's volumes that have none.
    package var attaches = true

    package init(hasOwnUsers: Bool = false) { self.hasOwnUsers = hasOwnUsers || geteuid() != 0 }
}

extension Bench {
    /// More volumes than this are not attached by themselves: each loop device costs memory and a second's share at the end.
    package static let attachedByThemselves = 64

    /// The plan by which `hostexec` shows the machine as `name` sees it now.
    package func viewPlan(of name: String, _ options: ViewOptions) throws(BenchFailure) -> MountPlan {
        let host = try hostDescription(name)
        var loops: [String: DeviceNumber] = [:]
        for loop in record.loops where loop.array == host.array {
            loops[loop.ldev] = LoopDevices.number(of: loop.device)
        }
        return HostViewPlan.make(
            for: host, in: description, layout: layout, loops: loops, hasOwnUsers: options.hasOwnUsers)
    }

    /// Volumes of the host's array without a loop device that works; none if the array is not there to be asked.
    package func unattached(of host: String) throws(BenchFailure) -> [String] {
        let name = try hostDescription(host).array
        let array = try arrayDescription(name)
        guard array.ldevs.count <= Self.attachedByThemselves, process(of: name) != nil else { return [] }
        let standing = LoopDevices.all()
        let alive = Set(
            record.loops.filter { loop in
                loop.array == name
                    && standing.contains {
                        $0.device == loop.device && $0.file == layout.device(of: loop.ldev, array: name)
                    }
            }.map(\.ldev))
        return array.ldevs.map(\.number.description).filter { !alive.contains($0) }
    }

    /// Becomes `command`, run as `host` would see the world.
    /// - Throws: why the view cannot be prepared. It does not return otherwise.
    package static func enter(
        _ layout: BenchLayout, host: String, command: [String], _ options: ViewOptions
    ) async throws(BenchFailure) {
        let hadPipeSignal = isPipeSignalIgnored
        var bench = try Bench.open(layout, changing: false)
        if !options.hasOwnUsers, options.attaches, try !bench.unattached(of: host).isEmpty {
            bench = try Bench.open(layout, changing: true)
            let array = try bench.hostDescription(host).array
            for ldev in try bench.unattached(of: host) { _ = try await bench.attach(array: array, ldev: ldev) }
        }
        let environment = try bench.environment(of: host).appliedInView(to: ProcessInfo.processInfo.environment)
        let plan = try bench.viewPlan(of: host, options)
        try become(plan, command, environment, ignoresPipeSignal: hadPipeSignal)
    }

    /// As this process was started; libraries change it later.
    private static var isPipeSignalIgnored: Bool {
        let status = ProcFile.text("/proc/self/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
        let mask = line.flatMap { UInt64($0.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) } ?? 0
        return mask >> (UInt64(SIGPIPE) - 1) & 1 == 1
    }

    private static func become(
        _ plan: MountPlan, _ command: [String], _ environment: [String: String], ignoresPipeSignal: Bool
    ) throws(BenchFailure) {
        let program = try Programs.path(of: "hostexec")
        let file = unsafe arraybench_memory_file("host view")
        guard file >= 0 else { throw BenchFailure("cannot make the plan of the view: \(systemErrorText(-file))") }
        do {
            try FileHandle(fileDescriptor: file).write(contentsOf: Data(plan.text.utf8))
        } catch {
            throw BenchFailure("cannot write the plan of the view: \(BenchFolder.reason(error))")
        }
        let words =
            [program, "\(file)", FileManager.default.currentDirectoryPath, ignoresPipeSignal ? "ignored" : "default"]
            + command
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] =
            unsafe environment.sorted { $0.key < $1.key }.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        unsafe execve(program, &arguments, &settings)
        throw BenchFailure("cannot run \(program): \(systemErrorText(errno))")
    }
}
