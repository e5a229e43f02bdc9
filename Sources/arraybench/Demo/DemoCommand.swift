// `arraybench demo`: PostgreSQL on a replicated volume, a lost site, a takeover, the way home. Everything is real: the
// device files, the file system, the database, the processes that are killed. Ends with a verdict.

internal import ArgumentParser
internal import Bench
internal import Campaign
internal import Foundation

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run PostgreSQL through a site failure, a takeover and the way home, and count what was lost.",
        discussion: """
            Needs root, PostgreSQL and e2fsprogs ('make demo' installs them). Runs in a folder of its own below /var/tmp \
            and takes everything away at the end, also after Ctrl-C. Without --fence: fence DATA, then a shorter ASYNC \
            story over a slow link. Exit status 0 only if every check held.
            """)

    @Option(
        name: .long, help: ArgumentHelp("One story only: data, status, never or async.", valueName: "fence"))
    var fence: String?
    @Option(name: .long, help: ArgumentHelp("How long the clients write, as a factor.", valueName: "factor"))
    var scale = 1.0

    func validate() throws {
        if let fence, !FenceWord.all.contains(fence) {
            throw ValidationError("'\(fence)' is no fence level: it may be \(FenceWord.all.joined(separator: ", "))")
        }
        guard (0.1...100).contains(scale) else { throw ValidationError("--scale must lie between 0.1 and 100") }
    }

    func run() async throws {
        Interruption.catchSignals()
        let began = Date()
        var checks: [DemoCheck] = []
        try await reporting { progress in
            let tools = try await PostgresTools.find()
            for word in fence.map({ [$0] }) ?? ["data", "async"] {
                let story = DemoStory(fence: word, scale: scale, tools: tools, progress: progress)
                checks += try await story.tell()
            }
        }
        let seconds = Int(Date().timeIntervalSince(began).rounded())
        tell("\n== Verdict, after \(seconds) s")
        for check in checks { tell("   [\(check.holds ? "ok" : "BAD")] \(check.text)") }
        let isGood = checks.allSatisfy(\.holds) && !checks.isEmpty
        tell(isGood ? "   The demo is good: every check held." : "   The demo is BAD: see the checks above.")
        if !isGood { throw ExitCode(1) }
    }
}
