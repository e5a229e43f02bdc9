// A host's view of the machine, and the emulated commands for the whole machine.

internal import ArgumentParser
internal import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

struct ViewFlags: ParsableArguments {
    @Flag(
        name: .long,
        help: """
            Use a user name space, as without root: no block devices, /dev/sdb … are the volumes' files themselves.
            """)
    var userNamespace = false

    var options: ViewOptions { ViewOptions(hasOwnUsers: userNamespace) }
}

struct Exec: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a program as a host of the bench sees the world.",
        discussion: """
            In the program's view of this machine /HORCM, /etc/horcm<N>.conf and /etc/horcmgr are the host's, the \
            commands are in /usr/bin, the array's volumes are block devices /dev/sdb … with the command device after \
            them, and the host has its own name. Everything else is this machine: files, network, processes, working \
            folder, terminal. Nothing is installed, and the view goes with the last process in it.

            HORCMINST is set to the host's instance. Exit status: the program's own; 127 if there is none of that \
            name, 126 if it cannot be run, 125 if the view cannot be made.
            """)

    @OptionGroup var state: StateOption
    @OptionGroup var view: ViewFlags
    @Argument(help: "The host's name.")
    var host: String
    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
    var command: [String]

    func run() async throws {
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        guard !words.isEmpty else { throw ValidationError("no program is given: arraybench exec HOST -- PROGRAM …") }
        try await entering { try await Bench.enter(state.layout, host: host, command: words, view.options) }
    }
}

struct Shell: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a shell on a host of the bench.",
        discussion: "What 'arraybench exec' does, with $SHELL, or /bin/sh, as the program.")

    @OptionGroup var state: StateOption
    @OptionGroup var view: ViewFlags
    @Argument(help: "The host's name.")
    var host: String

    func run() async throws {
        let shell = ProcessInfo.processInfo.environment["SHELL"] ?? ""
        let program = FileManager.default.isExecutableFile(atPath: shell) ? shell : "/bin/sh"
        try await entering { try await Bench.enter(state.layout, host: host, command: [program], view.options) }
    }
}

/// A failure before the program runs must not look like the program's.
private func entering(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let failure as BenchFailure {
        complain("arraybench: \(failure)\n")
        throw ExitCode(failure.kind == .usage ? 64 : 125)
    }
}

struct Install: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Install the emulated commands for the whole machine.",
        discussion: """
            Puts the programs into /HORCM/usr/bin, links to them into /usr/bin and /etc, and a key into \
            /etc/arraybench.key. With --host, the machine also gets that host's horcm<N>.conf, so that its commands \
            work here as they do there. A file of somebody else's is never replaced: then nothing is changed. \
            'arraybench uninstall' removes what is listed in /HORCM/.arraybench-manifest.
            """)

    @OptionGroup var state: StateOption
    @Option(
        name: .long,
        help: ArgumentHelp("The folder that stands for /. Commands find it by ARRAYBENCH_ROOT.", valueName: "dir"))
    var prefix = "/"
    @Option(name: .long, help: "A host of the bench whose configuration is installed too.")
    var host: String?

    func run() async throws {
        try await reporting { _ in
            let folder = try host.map { name in
                let bench = try Bench.open(state.layout, changing: false)
                return bench.layout.host(try bench.hostDescription(name).name)
            }
            let count = try await Installation(prefix: prefix).install(hostFolder: folder)
            print("installed \(count) files and links below \(prefix)")
        }
    }
}

struct Uninstall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove what 'arraybench install' put on the machine.",
        discussion: "Files that were changed since, and folders with something else in them, stay and are named.")

    @Option(name: .long, help: ArgumentHelp("As with install.", valueName: "dir"))
    var prefix = "/"

    func run() async throws {
        try await reporting { _ in
            for kept in try Installation(prefix: prefix).uninstall() { print("note: kept \(kept)") }
        }
    }
}
