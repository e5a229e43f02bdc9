// All commands of RAID Manager in one program, chosen by the name it is called by.

internal import Glibc
internal import RaidManager
internal import RaidManagerShell

func finish(_ status: Int32, _ console: Console) -> Never {
    console.flush()
    exit(status)
}

_ = signal(SIGPIPE, SIG_IGN)
let console = Console()
let host = LiveHost(SystemCalls.withHostFacts(SystemCalls.absoluteEnvironment), console)
let name = String(CommandLine.arguments[0].split(separator: "/").last ?? "raidmanager")
let arguments = Array(CommandLine.arguments.dropFirst())

if let command = CommandRegistry.command(named: name) {
    finish(CommandRunner.call(command, arguments, host: host), console)
}
if let script = ScriptRegistry.script(named: name) { finish(script.run(arguments, host), console) }

switch arguments.first {
case "install-links" where arguments.count == 2:
    if let failure = Links.install(in: SystemCalls.absolute(arguments[1])) {
        console.showError("raidmanager: \(failure).")
        finish(1, console)
    }
    finish(0, console)
case "manual", "facts":
    let isManual = arguments.first == "manual"
    let rest = Array(arguments.dropFirst())
    do {
        guard let lines = isManual ? try Manuals.lines(rest) : Manuals.facts(rest) else {
            console.showError("raidmanager: usage: \(isManual ? Manuals.usage : Manuals.factsUsage).")
            finish(1, console)
        }
        for line in lines { console.show(line) }
        finish(0, console)
    } catch {
        console.showError("raidmanager: \(error).")
        finish(1, console)
    }
case nil:
    console.show("raidmanager is called by the name of a command. It knows:")
    for name in Links.names { console.show("  \(name)") }
    console.show("To make a link for each of them: raidmanager install-links <directory>")
    console.show("What they are made of: \(Manuals.usage), \(Manuals.factsUsage)")
    finish(0, console)
case let first?:
    if let command = CommandRegistry.command(named: first) {
        finish(CommandRunner.call(command, Array(arguments.dropFirst()), host: host), console)
    }
    if let script = ScriptRegistry.script(named: first) {
        finish(script.run(Array(arguments.dropFirst()), host), console)
    }
    console.showError("raidmanager: '\(first)' is no command. Without arguments the commands are listed.")
    finish(1, console)
}
