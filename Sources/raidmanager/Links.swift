// The names under which this program is called. Commands are links to it; what is a shell script in the original is one here
// too, since people run `sh /usr/bin/horcmstart.sh` and look into it.

internal import CPlatform
internal import Glibc
internal import RaidManager
internal import RaidManagerShell

enum Links {
    static var names: [String] {
        CommandRegistry.commands.map { $0.name } + ScriptRegistry.scripts.map { $0.name }
    }

    /// Makes a link to this program for every name, or a script that calls it. One that is there is replaced. Beside the
    /// program they lead to it by its name alone, so that the folder can be moved.
    /// - Returns: what failed, or nil.
    static func install(in directory: String) -> String? {
        do {
            try SystemCalls.makeDirectories(directory)
        } catch {
            return "\(error)"
        }
        let isBeside = directory == SystemCalls.directoryOfProgram
        let program = SystemCalls.program
        for name in names {
            let path = "\(directory)/\(name)"
            let temporary = path + ".new"
            unsafe unlink(temporary)
            let isMade =
                name.hasSuffix(".sh")
                ? write(script(name, calling: isBeside ? nil : program), temporary)
                : unsafe symlink(isBeside ? String(program.dropFirst(directory.utf8.count + 1)) : program, temporary)
                    == 0
            guard isMade, unsafe rename(temporary, path) == 0 else {
                return "cannot make \(path): \(SystemCalls.lastErrorText)"
            }
        }
        return nil
    }

    /// - Parameter program: nil looks for it beside the script's real place.
    private static func script(_ name: String, calling program: String?) -> String {
        let path = program.map(quoted) ?? "\"$(dirname -- \"$(readlink -f -- \"$0\")\")/raidmanager\""
        return "#!/bin/sh\n# \(name) of RAID Manager, as emulated by arraybench.\nexec \(path) \(name) \"$@\"\n"
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private static func write(_ text: String, _ path: String) -> Bool {
        let file = unsafe arraybench_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o755)
        guard file >= 0 else { return false }
        defer { close(file) }
        return SystemCalls.writeAll(file, Array(text.utf8)) && fchmod(file, 0o755) == 0
    }
}
