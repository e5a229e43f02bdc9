// hostexec: runs a program in a host's view of the machine. Called as `hostexec DESCRIPTOR DIRECTORY SIGPIPE PROGRAM …`:
// the plan is read from the descriptor, carried out, and then this process becomes the program. Nothing is left to clean
// up: the mounts belong to the process's own name space and go with its last user, however it ends.
//
// Called as `hostexec --leave PROCESS DIRECTORY PROGRAM …` it goes the other way: out of a view, to the mounts of a process.
//
// It is a program of its own because a user name space can only be made by a process with one thread.
//
// Exit status of its own: 125 if the view cannot be made, 126 if the program cannot be run, 127 if there is none.

internal import CPlatform
internal import Glibc
internal import HostView
internal import Platform

func fail(_ status: Int32, _ sentence: String) -> Never {
    let line = Array("arraybench: \(sentence)\n".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    exit(status)
}

/// All bytes of the plan. The caller left the file's offset at its end.
func readPlan(_ file: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe pread(file, &buffer, buffer.count, off_t(bytes.count))
        guard count > 0 else { break }
        bytes += buffer.prefix(count)
    }
    close(file)
    return String(decoding: bytes, as: UTF8.self)
}

func become(_ program: String, _ words: ArraySlice<String>) -> Never {
    var arguments = unsafe words.map { unsafe strdup($0) }
    unsafe arguments.append(nil)
    unsafe execvp(program, &arguments)
    let code = errno
    fail(code == ENOENT ? 127 : 126, "\(program): \(systemErrorText(code))")
}

let words = CommandLine.arguments
if words.count >= 5, words[1] == "--leave", let process = Int32(words[2]) {
    let result = arraybench_join(process)
    guard result == 0 else { fail(125, "this host's view cannot be left: \(systemErrorText(-result))") }
    _ = unsafe chdir(words[3])
    become(words[4], words[4...])
}
guard words.count >= 5, let descriptor = Int32(words[1]), let plan = MountPlan(parsing: readPlan(descriptor)) else {
    fail(125, "hostexec is started by 'arraybench exec' and 'arraybench shell'")
}
do {
    try ViewBuilder.build(plan)
} catch {
    fail(125, "the view of host \(plan.hostName) cannot be made: \(error)")
}
// A folder that does not exist in the view is no reason to refuse: the program stands at the root then.
_ = unsafe chdir(words[2])

// The program gets the signals as the shell that called arraybench had them.
_ = signal(SIGPIPE, words[3] == "ignored" ? SIG_IGN : SIG_DFL)
var none = sigset_t()
unsafe sigemptyset(&none)
unsafe sigprocmask(SIG_SETMASK, &none, nil)

become(words[4], words[4...])
