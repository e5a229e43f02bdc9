// What the bench tells a host that a real host would not need to be told: `<root>/etc/arraybench.host`. It says what the
// variables ARRAYBENCH_… say, for scripts that start commands in an empty environment (cron, sudo, `env -i`).
//
//   # comment
//   ARRAYBENCH_CLOCK=60

/// The settings of that file.
package enum HostFacts {
    /// The variables that may stand there. ARRAYBENCH_ROOT cannot: it says where the file is.
    package static let names = [
        "ARRAYBENCH_CLOCK", "ARRAYBENCH_COMMAND_DEVICES", "ARRAYBENCH_KEY_FILE", "ARRAYBENCH_PIDFILE_DIR",
    ]

    /// Where the file is, for an environment.
    package static func path(_ values: [String: String]) -> String {
        (values["ARRAYBENCH_ROOT"] ?? "") + "/etc/arraybench.host"
    }

    /// The environment with what the file adds; a variable that is set wins.
    package static func merged(_ text: String, into values: [String: String]) -> [String: String] {
        var merged = values
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "="), case let name = String(line[..<equals]),
                names.contains(name), values[name]?.isEmpty ?? true
            else { continue }
            merged[name] = String(line[line.index(after: equals)...])
        }
        return merged
    }
}
