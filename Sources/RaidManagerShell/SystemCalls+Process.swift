// What a process can find out about itself.

internal import CPlatform
internal import Glibc
internal import Platform
package import RaidManager

extension SystemCalls {
    /// The real path of the running program.
    package static var program: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    package static var directoryOfProgram: String {
        let program = program
        return String(program[..<(program.lastIndex(of: "/") ?? program.startIndex)])
    }

    package static var userName: String {
        guard let entry = unsafe getpwuid(geteuid()), let name = unsafe entry.pointee.pw_name else { return "-" }
        return unsafe String(cString: name)
    }

    package static var lastErrorText: String { systemErrorText(errno) }

    /// Where the process stands.
    package static var currentFolder: String {
        absolute(".").split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    }

    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        var buffer = [CChar](repeating: 0, count: 4096)
        guard let here = unsafe getcwd(&buffer, buffer.count) else { return path }
        return unsafe String(cString: here) + "/" + path
    }

    /// The environment with absolute paths: a daemon stands elsewhere.
    package static var absoluteEnvironment: [String: String] {
        var values = environment
        let paths = [
            "ARRAYBENCH_ROOT", "ARRAYBENCH_KEY_FILE", "ARRAYBENCH_COMMAND_DEVICES", "ARRAYBENCH_PIDFILE_DIR",
            "HORCM_CONF", "HORCM_LOG", "HORCM_LOGS", "HORCMPERM",
        ]
        for name in paths {
            guard let path = values[name], !path.isEmpty, path != InstanceEnvironment.noPermissionFile else { continue }
            values[name] = absolute(path)
        }
        return values
    }

    /// The environment with what the bench says of this host, if it says anything.
    package static func withHostFacts(_ values: [String: String]) -> [String: String] {
        guard let bytes = try? read(HostFacts.path(values)) else { return values }
        return HostFacts.merged(String(decoding: bytes, as: UTF8.self), into: values)
    }

    /// Now, as the command log writes it.
    package static func stamp() -> CommandLog.Stamp {
        let long = wallText()
        let clock = long.split(separator: " ").first { $0.contains(":") } ?? ""
        return CommandLog.Stamp(
            long: long, clock: String(clock), microseconds: UInt32(wallMilliseconds() % 1000) * 1000)
    }
}
