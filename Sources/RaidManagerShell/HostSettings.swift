// What a host's commands need to know of their bench when nobody tells them: `<root>/etc/arraybench.host`, lines NAME=VALUE.
// Scripts clear their environment (env -i, sudo, cron) and still call the commands by their absolute path. A variable that
// is set wins; names that do not begin with ARRAYBENCH_ are ignored, so that the file can change nothing else.

internal import Platform

package enum HostSettings {
    /// - Parameter values: the process's environment.
    /// - Returns: the environment with what the file adds.
    package static func completed(_ values: [String: String]) -> [String: String] {
        let path = "\(values["ARRAYBENCH_ROOT"] ?? "")/etc/arraybench.host"
        guard let bytes = try? SystemCalls.read(path, limit: 65_536) else { return values }
        return completed(values, with: String(decoding: bytes, as: UTF8.self))
    }

    package static func completed(_ values: [String: String], with text: String) -> [String: String] {
        var values = values
        for line in text.split(separator: "\n") where line.hasPrefix("ARRAYBENCH_") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = String(line[..<equals])
            if values[name] == nil { values[name] = String(line[line.index(after: equals)...]) }
        }
        return values
    }
}
