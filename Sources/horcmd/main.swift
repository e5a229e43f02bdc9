// horcmd: one RAID Manager instance. It is started by horcmgr, which names the instance in HORCMINST and waits on the
// descriptor in ARRAYBENCH_READY_FD: a byte with the launch status, then a sentence if it failed. Without that variable
// it runs in the foreground and says on stderr what is wrong.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell

let values = SystemCalls.withHostFacts(SystemCalls.environment)
let instance = InstanceEnvironment(values)
let readyDescriptor = values["ARRAYBENCH_READY_FD"].flatMap { Int32($0) }

func report(_ status: LaunchStatus, _ sentence: String) {
    if let readyDescriptor {
        SystemCalls.writeAll(readyDescriptor, [UInt8(status.rawValue)] + Array(sentence.utf8))
        close(readyDescriptor)
    } else if status != .started {
        SystemCalls.writeAll(2, Array("\(instance.processTitle): \(sentence)\n".utf8))
    }
}

/// Held for the life of the process; the kernel gives it back when the daemon is killed.
func lockInstance() throws(SystemFailure) -> Bool {
    try SystemCalls.makeDirectories(instance.socketDirectory)
    let path = instance.socketPath + ".lock"
    let file = unsafe arraybench_open(path, O_RDWR | O_CREAT, 0o600)
    guard file >= 0 else { throw SystemFailure("open", path, -file) }
    return arraybench_lock_file(file) == 0
}

unsafe arraybench_set_process_title(instance.processTitle)
var blocked = Daemon.endingSignals
unsafe pthread_sigmask(SIG_BLOCK, &blocked, nil)
_ = signal(SIGPIPE, SIG_IGN)
_ = signal(SIGHUP, SIG_IGN)

let log = DaemonLog(
    directory: instance.daemonLogDirectory, host: SystemCalls.hostName, title: instance.processTitle)
if let fault = instance.instanceFault {
    report(.failed, fault)
    exit(LaunchStatus.failed.rawValue)
}
do {
    guard try lockInstance() else {
        report(.alreadyRunning, "The instance runs already.")
        exit(LaunchStatus.alreadyRunning.rawValue)
    }
    let daemon = try Daemon(instance, log)
    // A daemon keeps no file system busy by standing in it.
    unsafe chdir("/")
    daemon.run { report(.started, "") }
} catch {
    let message = (error as? StartFailure)?.message ?? .setupFileError
    log.write(message.line("\(error)"))
    report(.failed, "\(error)")
    exit(LaunchStatus.failed.rawValue)
}
