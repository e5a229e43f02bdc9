// A thread of another process that stands still, as under a debugger, until it is let go.
//
// The kernel takes a thread for the tracer, not a process: make and release it on one thread.

import Bench
import Foundation
import Platform
import TestSupport

final class StoppedThread {
    private let thread: Int32

    /// Stops a thread that sleeps: it holds no lock then, and nobody waits for it who does not wait for its work.
    /// - Throws: if there is no such thread, or it does not come to rest, or it may not be stopped.
    init(named name: String, of process: Int32) throws {
        thread = try Self.find(name, process)
        try Self.awaitSleep(thread, process)
        guard Trace.call(Trace.seize, thread) == 0, Trace.call(Trace.interrupt, thread) == 0 else {
            throw TestProblem("thread '\(name)' of process \(process) cannot be stopped: errno \(errno)")
        }
        var status: Int32 = 0
        guard unsafe waitpid(thread, &status, Trace.anyThread) == thread else {
            throw TestProblem("thread '\(name)' of process \(process) did not stop: errno \(errno)")
        }
    }

    /// Lets the thread go on; one that is dead is gone then.
    deinit { _ = Trace.call(Trace.detach, thread) }

    private static func find(_ name: String, _ process: Int32) throws -> Int32 {
        let folder = "/proc/\(process)/task"
        for task in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let found = try? String(contentsOfFile: "\(folder)/\(task)/comm", encoding: .utf8)
            if found == name + "\n", let thread = Int32(task) { return thread }
        }
        throw TestProblem("process \(process) has no thread '\(name)'")
    }

    private static func awaitSleep(_ thread: Int32, _ process: Int32) throws {
        var calm = 0
        try eventually("thread \(thread) sleeps") {
            sleepNanoseconds(1_000_000)
            let text = try String(contentsOfFile: "/proc/\(process)/task/\(thread)/stat", encoding: .utf8)
            calm = ProcessStat(parsing: text)?.state == "S" ? calm + 1 : 0
            return calm >= 5
        }
    }
}

/// ptrace(2). Its declaration is variadic, which Swift does not see; the processors that this runs on pass such arguments as
/// any others.
private enum Trace {
    /// - Source: Linux, include/uapi/linux/ptrace.h; wait.h.
    static let detach: Int32 = 17
    static let seize: Int32 = 0x4206
    static let interrupt: Int32 = 0x4207
    static let anyThread: Int32 = 0x4000_0000

    private typealias Call = @convention(c) (Int32, Int32, UInt, UInt) -> Int

    static func call(_ request: Int32, _ thread: Int32) -> Int {
        guard let symbol = unsafe dlsym(nil, "ptrace") else { return -1 }
        return unsafe unsafeBitCast(symbol, to: Call.self)(request, thread, 0, 0)
    }
}
