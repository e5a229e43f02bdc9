// One host of a world: its instance's process, and the environment of its commands.

import Bench
import Foundation
import Platform
import RaidManager
import RaidManagerShell
import TestSupport

/// **Threads**: one lane's.
final class MatrixInstance {
    let host: String
    /// The environment of the host's commands and of its instance.
    let values: [String: String]
    private let environment: InstanceEnvironment
    private let log: String
    private var process: ProcessIdentity?

    init(_ host: HostDescription, _ bench: BenchDescription, _ layout: BenchLayout) {
        self.host = host.name
        let settings = HostEnvironment(host, in: bench, layout: layout).settings
        var values = Dictionary(settings.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        values["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
        self.values = values
        environment = InstanceEnvironment(values)
        log = layout.host(host.name) + "/horcmd.out"
    }

    var isRunning: Bool { (try? LocalSocket.connect(environment.socketPath)).map { close($0) } != nil }

    /// Tries again as long as the lock of the one before, whose socket is gone, is still held.
    func start() throws {
        try eventually("the instance of \(host) listens: \(words)") {
            if isRunning { return true }
            if process?.isRunning != true {
                let program = try TestPrograms.path("horcmd")
                process = try? DetachedProcess.start(program, arguments: [], environment: values, log: log)
            }
            return false
        }
    }

    private var words: String { String(((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").suffix(400)) }

    /// Whoever started it.
    func kill() {
        let text = (try? String(contentsOfFile: environment.processIdentifierFile, encoding: .utf8)) ?? ""
        let number = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
        for process in [process, number.flatMap { ProcessIdentity(running: $0) }] { process?.end(askingFor: 0) }
        process = nil
    }
}
