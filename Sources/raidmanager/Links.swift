// The names under which this program is called.

internal import Glibc
internal import RaidManager
internal import RaidManagerShell

enum Links {
    static var names: [String] {
        CommandRegistry.commands.map { $0.name } + ScriptRegistry.scripts.map { $0.name }
    }

    /// Makes a link to this program for every name. One that is there is replaced.
    /// - Returns: what failed, or nil.
    static func install(in directory: String) -> String? {
        do {
            try SystemCalls.makeDirectories(directory)
        } catch {
            return "\(error)"
        }
        for name in names {
            let path = "\(directory)/\(name)"
            let temporary = path + ".new"
            unsafe unlink(temporary)
            guard unsafe symlink(SystemCalls.program, temporary) == 0, unsafe rename(temporary, path) == 0 else {
                return "cannot link \(path): \(SystemCalls.lastErrorText)"
            }
        }
        return nil
    }
}
