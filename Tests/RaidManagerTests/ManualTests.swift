// Are the committed manual pages and the README's table what the commands' declarations make of them, and does groff take
// the pages without a word? UPDATE_GOLDEN=1 rewrites both.

import Foundation
import RaidManager
import TestSupport
import Testing

@Suite struct Manuals {
    static let groff = ["/usr/bin/groff", "/usr/local/bin/groff"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    /// Under CI a machine without groff fails the test instead of skipping it.
    static var isGroffMissing: Bool { groff == nil && !Machine.isUnderCI }

    @Test(arguments: CommandRegistry.cards)
    func thePageIsWhatTheCardSays(_ card: CommandCard) throws {
        let text = ManualPage.text(card, among: CommandRegistry.cards)
        let committed = GoldenFile.text("man/\(ManualPage.file(card))", rewrittenAs: text)
        #expect(committed == text, "man/\(ManualPage.file(card)) differs: raidmanager manual --all man")
    }

    @Test func noPageIsLeftOfACommandThatIsGone() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Checkout.path("man"))
        #expect(Set(files) == Set(CommandRegistry.cards.map(ManualPage.file)))
    }

    @Test(.disabled(if: isGroffMissing, "needs groff"), arguments: CommandRegistry.cards)
    func groffTakesThePage(_ card: CommandCard) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("ab-\(UUID()).1")
        defer { try? FileManager.default.removeItem(at: file) }
        try ManualPage.text(card, among: CommandRegistry.cards).write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: try #require(Self.groff))
        process.arguments = ["-man", "-ww", "-Tascii", "-P-cbou", file.path]
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // A page is smaller than a pipe's buffer would have to be only for errors: these are read last.
        let page = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && complaints.isEmpty, "\(card.name): \(complaints)")
        for option in card.options.flatMap(\.lines) {
            let synopsis = option.synopsis.split(separator: " ").joined(separator: " ")
            #expect(page.contains(synopsis), "\(card.name)'s page does not show \(synopsis)")
        }
    }

    @Test func theReadmeHasTheTable() throws {
        let (begin, end) = ("<!-- commands: begin -->\n", "<!-- commands: end -->\n")
        let readme = try String(contentsOfFile: Checkout.path("README.md"), encoding: .utf8)
        let start = try #require(readme.range(of: begin), "README.md has no \(begin)")
        let stop = try #require(readme.range(of: end), "README.md has no \(end)")
        let table = ReadmeTable.lines(CommandRegistry.cards).joined(separator: "\n") + "\n"
        let wanted = String(readme[..<start.upperBound] + table + readme[stop.lowerBound...])
        let committed = GoldenFile.text("README.md", rewrittenAs: wanted)
        #expect(committed == wanted, "README.md's table differs: raidmanager manual --table")
    }

    @Test func openFactsAreListed() {
        let lines = OpenFacts.lines(CommandRegistry.cards)
        #expect(lines.contains("OURS  5.6   pairsplit      exit 225 EX_VOLCUR: S-VOL currency error"))
        #expect(!lines.contains { $0.hasPrefix("S2+") || $0.hasPrefix("REAL") || $0.hasPrefix("S1") })
    }
}
