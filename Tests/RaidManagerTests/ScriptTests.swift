// Do horcmstart.sh, horcmshutdown.sh and horcmgr say and return what the vendor's scripts do?

import RaidManager
import Testing

final class FakeScriptHost: ScriptHost {
    var environment: [String: String] = [:]
    var running: [String] = []
    var launches: LaunchStatus = .started
    var stops: Int32 = 0
    private(set) var output: [String] = []
    private(set) var errors: [String] = []
    private(set) var launched: [String] = []

    func show(_ line: String) { output.append(line) }
    func showError(_ line: String) { errors.append(line) }
    func isRunning(_ environment: InstanceEnvironment) -> Bool { running.contains(environment.processTitle) }
    func turnLogsOver(_ environment: InstanceEnvironment) {}
    func launch(_ environment: InstanceEnvironment, _ values: [String: String]) -> LaunchStatus {
        launched.append(InstanceEnvironment(values).configurationFile)
        return launches
    }
    /// What captured commands end with and write, by name; what they were called with and were given.
    var captures: [String: (status: Int32, lines: [String])] = [:]
    private(set) var captured: [(command: String, arguments: [String], input: [String])] = []
    var input: [String] = []
    var files: [String: String] = [:]
    private(set) var slept: UInt64 = 0
    let folder = "/tmp/test"
    let dateText = "Sat Nov 21 01:14:45 2026"

    func capture(
        _ command: String, _ arguments: [String], _ values: [String: String], input: [String]
    ) -> (status: Int32, lines: [String]) {
        captured.append((command, arguments, input))
        return captures[([command] + arguments.prefix(2)).joined(separator: " ")] ?? captures[command] ?? (0, [])
    }
    func with(_ values: [String: String]) -> any ScriptHost {
        environment = values
        return self
    }
    func inputLines() -> [String] { input }
    func read(_ path: String) -> String? { files[path] }
    func write(_ text: String, to path: String) -> Bool {
        files[path] = text
        return true
    }
    func sleep(seconds: UInt64) { slept += seconds }
    func run(_ command: String, _ arguments: [String], _ values: [String: String]) -> Int32 {
        if stops == 0 { output.append("HORCM Shutdown inst \(values["HORCMINST"] ?? "") !!!") }
        return stops
    }
}

@Suite struct Scripts {
    @Test func eachArgumentIsAnInstance() {
        let host = FakeScriptHost()
        host.environment = ["HORCM_CONF": "/elsewhere"]
        #expect(HorcmStart.run(["0", "5"], host) == 0)
        #expect(
            host.output == [
                "starting HORCM inst 0", "HORCM inst 0 starts successfully.", "starting HORCM inst 5",
                "HORCM inst 5 starts successfully.",
            ])
        #expect(host.launched == ["/etc/horcm0.conf", "/etc/horcm5.conf"])
    }

    @Test func aRunningInstanceStopsTheRest() {
        let host = FakeScriptHost()
        host.running = ["horcmd_00"]
        #expect(HorcmStart.run(["0", "1"], host) == 1)
        #expect(host.output == ["HORCM inst 0 has already been running."] && host.launched.isEmpty)
    }

    @Test(
        arguments: [
            (LaunchStatus.alreadyRunning, "HORCM inst 2 has already been running.", Int32(1)),
            (.noProcess, "HORCM inst 2 is not able to create any child-processes.", 2),
            (.failed, "HORCM inst 2 has failed to start.", 3), (.finished, "HORCM inst 2 finished successfully.", 0),
            (.signalled, "HORCM inst 2 has catched a signal.", 5),
        ])
    func everyLaunchStatusHasItsSentence(_ status: LaunchStatus, _ sentence: String, _ exit: Int32) {
        let host = FakeScriptHost()
        host.launches = status
        #expect(HorcmStart.run(["2"], host) == exit)
        #expect(host.output == ["starting HORCM inst 2", sentence])
    }

    @Test func withoutArgumentsTheEnvironmentCounts() {
        let host = FakeScriptHost()
        host.environment = ["HORCMINST": "7", "HORCM_CONF": "/mine.conf"]
        #expect(HorcmStart.run([], host) == 0)
        #expect(host.launched == ["/mine.conf"] && host.output.last == "HORCM inst 7 starts successfully.")
        host.environment = [:]
        #expect(HorcmStart.run([], host) == 0)
        #expect(host.output.suffix(2) == ["starting HORCM", "HORCM starts successfully."])
    }

    @Test func shutdownStopsAtTheFirstFailure() {
        let host = FakeScriptHost()
        #expect(HorcmShutdown.run(["0"], host) == 0)
        #expect(host.output == ["inst 0:", "HORCM Shutdown inst 0 !!!"])
        let failing = FakeScriptHost()
        failing.stops = 251
        #expect(HorcmShutdown.run(["0", "1"], failing) == 1)
        #expect(failing.output == ["inst 0:", "failed in shutting HORCM inst 0 down"])
        #expect(HorcmShutdown.run([], failing) == 1)
        #expect(failing.output.last == "failed in shutting HORCM down")
    }

    @Test func horcmgrChecks() {
        let host = FakeScriptHost()
        host.environment = ["HORCMINST": "3"]
        #expect(HorcmManager.run(["-check"], host) == 0)
        host.running = ["horcmd_03"]
        #expect(HorcmManager.run(["-check"], host) == 1)
    }
}
