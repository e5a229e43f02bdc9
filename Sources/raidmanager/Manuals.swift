// `raidmanager manual …`: what is made from the commands' declarations.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell

enum Manuals {
    static let usage = "raidmanager manual <command> | --all <directory> | --table | --open | --matrix | --grammar"

    static let factsUsage = "raidmanager facts [--open]"

    /// Every fact with its mark; `--open`: those that a listing from a real array could correct.
    /// - Returns: nil if the arguments fit nothing.
    static func facts(_ arguments: [String]) -> [String]? {
        switch arguments {
        case []: FactLine.all.map(\.line)
        case ["--open"]: FactLine.all.filter(\.certainty.isOpen).map(\.line)
        case _: nil
        }
    }

    /// - Returns: the text's lines, or nil if the arguments fit nothing.
    /// - Throws: if a page cannot be written.
    static func lines(_ arguments: [String]) throws(SystemFailure) -> [String]? {
        let cards = CommandRegistry.cards
        if arguments.count == 2 && arguments[0] == "--all" { return try writeAll(cards, to: arguments[1]) }
        guard arguments.count == 1, let argument = arguments.first else { return nil }
        switch argument {
        case "--table": return ReadmeTable.lines(cards)
        case "--open": return OpenFacts.lines(cards)
        case "--matrix": return cards.flatMap { $0.matrix.map(\.line) }
        case "--grammar": return cards.flatMap(\.grammar)
        case _:
            guard let card = cards.first(where: { $0.name == argument }) else { return nil }
            return ManualPage.text(card, among: cards).split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast().map(String.init)
        }
    }

    /// Writes a page for each command. One that is there is replaced.
    /// - Returns: the names of the files.
    private static func writeAll(_ cards: [CommandCard], to directory: String) throws(SystemFailure) -> [String] {
        let directory = SystemCalls.absolute(directory)
        try SystemCalls.makeDirectories(directory)
        for card in cards {
            let path = "\(directory)/\(ManualPage.file(card))"
            let file = unsafe arraybench_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            guard file >= 0 else { throw SystemFailure("open", path, -file) }
            defer { close(file) }
            guard SystemCalls.writeAll(file, Array(ManualPage.text(card, among: cards).utf8)) else {
                throw SystemFailure("write to", path, errno)
            }
        }
        return cards.map(ManualPage.file)
    }
}
