// Starts a daemon: `horcmd`, which lies beside this program, in a session of its own, and waits until it says how it went.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell

struct Launcher {
    /// The descriptor on which the daemon reports.
    private static let reportDescriptor: Int32 = 3
    /// POSIX_SPAWN_SETSID, which Swift's view of spawn.h leaves out.
    private static let setsid: Int16 = 0x80

    private let environment: InstanceEnvironment
    private let values: [String: String]
    private let console: Console

    init(_ environment: InstanceEnvironment, _ values: [String: String], _ console: Console) {
        self.environment = environment
        self.values = values
        self.console = console
    }

    func launch() -> LaunchStatus {
        let program = SystemCalls.directoryOfProgram + "/horcmd"
        guard unsafe access(program, X_OK) == 0 else {
            console.showError("horcmgr: \(program) is missing or not executable. Install it beside raidmanager.")
            return .failed
        }
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { return noProcess(errno) }
        FileTree.closeOnSpawn()
        defer { close(ends[0]) }
        let spawned = spawn(program, report: ends[1])
        close(ends[1])
        switch spawned {
        case .success(let process): return outcome(of: process, from: ends[0])
        case .failure(let failure): return noProcess(failure.code)
        }
    }

    /// There is no instance yet that could say so.
    private func noProcess(_ code: Int32) -> LaunchStatus {
        SystemLog.write(
            DaemonMessage.noChildProcess("\(systemErrorText(code))."), as: environment.processTitle, .daemonError)
        return .noProcess
    }

    private func spawn(_ program: String, report: Int32) -> Result<pid_t, SystemFailure> {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, report, Self.reportDescriptor)
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        // What the runtime itself says at a crash ends up beside the daemon's log.
        let directory = environment.daemonLogDirectory
        try? SystemCalls.makeDirectories(directory)
        let isLogged = unsafe access(directory, W_OK) == 0
        unsafe posix_spawn_file_actions_addopen(
            &actions, 1, isLogged ? "\(directory)/horcmd.out" : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Self.setsid)

        var daemonValues = values
        daemonValues["ARRAYBENCH_READY_FD"] = String(Self.reportDescriptor)
        var strings = unsafe daemonValues.sorted { $0.key < $1.key }.map { unsafe strdup("\($0.key)=\($0.value)") }
        unsafe strings.append(nil)
        // The name alone: it is what `ps` shows, and the last thing of its line.
        var arguments = unsafe [strdup(environment.processTitle), nil]
        defer {
            let copies = unsafe strings + arguments
            for index in unsafe copies.indices { unsafe free(copies[index]) }
        }
        var process = pid_t()
        let failure = unsafe posix_spawn(&process, program, &actions, &attributes, &arguments, &strings)
        return failure == 0 ? .success(process) : .failure(SystemFailure("start", program, failure))
    }

    private func outcome(of process: pid_t, from report: Int32) -> LaunchStatus {
        var waiting = pollfd(fd: report, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(clamping: environment.startSecondsMaximum * 1000)
        guard unsafe poll(&waiting, 1, milliseconds) > 0 else {
            kill(process, SIGKILL)
            console.showError("horcmgr: the instance did not start within \(environment.startSecondsMaximum) s.")
            return .failed
        }
        if let byte = SystemCalls.readExactly(report, 1)?.first, let status = LaunchStatus(rawValue: Int32(byte)) {
            let sentence = status == .started ? "" : rest(of: report)
            if !sentence.isEmpty { console.showError("horcmgr: \(sentence)") }
            return status
        }
        // The daemon ended without a word.
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        if status & 0x7F != 0 { return .signalled }
        return (status >> 8) & 0xFF == 0 ? .finished : .failed
    }

    private func rest(of report: Int32) -> String {
        var bytes: [UInt8] = []
        while let more = SystemCalls.readExactly(report, 1) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }
}
