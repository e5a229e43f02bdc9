// The environment in which a host's commands run. A host of the bench is a root folder of its own
// (`ARRAYBENCH_ROOT`), an instance number and the folder with the emulated commands in front of PATH. Inside the host's
// view that root is `/`, and the environment is nearly the caller's own.

package struct HostEnvironment: Hashable, Sendable {
    package let host: String
    package let instance: UInt16
    /// In the order in which they are shown.
    package let settings: [(name: String, value: String)]

    package init(_ host: HostDescription, in bench: BenchDescription, layout: BenchLayout) {
        self.host = host.name
        instance = host.instance
        settings = [
            ("HORCMINST", "\(host.instance)"),
            ("HORCM_CONF", layout.horcmFile(host: host.name, instance: host.instance)),
            ("HORCC_LOG", layout.horcmLog(host: host.name, instance: host.instance)),
            ("ARRAYBENCH_STATE", layout.root),
            ("ARRAYBENCH_ROOT", layout.host(host.name)),
            ("ARRAYBENCH_HOST", bench.machine(of: host)),
            ("ARRAYBENCH_KEY_FILE", layout.key),
            ("ARRAYBENCH_CLOCK", "\(bench.clockRate)"),
            ("ARRAYBENCH_COMMAND_DEVICES", layout.commandDevices),
        ]
        commands = layout.commands
    }

    private let commands: String

    /// For `eval "$(arraybench env HOST)"`. A second evaluation, also of another host, does not lengthen PATH.
    package var shellExports: String {
        let path = """
            case ":$PATH:" in *:\(shellQuoted(commands)):*) ;; *) export PATH=\(shellQuoted(commands)):"$PATH" ;; esac
            """
        return settings.map { "export \($0.name)=\(shellQuoted($0.value))\n" }.joined() + path + "\n"
    }

    /// The whole environment of a command of this host.
    package func applied(to base: [String: String]) -> [String: String] {
        var environment = base
        for setting in settings { environment[setting.name] = setting.value }
        environment["PATH"] = commands + ":" + (base["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin")
        return environment
    }

    /// The whole environment of a program in the host's view. Paths are those of RAID Manager itself there, and what else
    /// commands need to know stands in /etc/arraybench.host: nothing of an outer shell's settings may shine through.
    package func appliedInView(to base: [String: String]) -> [String: String] {
        var environment = base
        for setting in settings { environment[setting.name] = nil }
        for name in Self.managerVariables { environment[name] = nil }
        for setting in settings where ["HORCMINST", "ARRAYBENCH_STATE"].contains(setting.name) {
            environment[setting.name] = setting.value
        }
        let path = (base["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").split(
            separator: ":")
        environment["PATH"] = (path.filter { $0 != commands && $0 != "/HORCM/usr/bin" } + ["/HORCM/usr/bin"])
            .joined(separator: ":")
        environment["HOSTNAME"] = base["HOSTNAME"].map { _ in host }
        return environment
    }

    /// They would lead a command or an instance to the files of another one.
    private static let managerVariables = ["HORCM_CONF", "HORCM_LOG", "HORCM_LOGS", "HORCC_LOG", "HORCMPERM"]

    package static func == (a: Self, b: Self) -> Bool { a.shellExports == b.shellExports }
    package func hash(into hasher: inout Hasher) { hasher.combine(shellExports) }
}

/// `text` as one word of a POSIX shell.
package func shellQuoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
        ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x61 && $0 <= 0x7A)
            || "/._-=:,+@".utf8.contains($0)
    }
    return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
