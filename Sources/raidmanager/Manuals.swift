internal import RaidManager

/// `raidmanager manual …`: what is made from the commands' declarations.
enum Manuals {
    static let usage = "raidmanager manual <command> | --table | --matrix | --grammar"

    /// - Returns: the text's lines, or nil if the arguments fit nothing.
    static func lines(_ arguments: [String]) -> [String]? {
        guard arguments.count == 1, let argument = arguments.first else { return nil }
        let cards = CommandRegistry.cards
        switch argument {
        case "--table": return ReadmeTable.lines(cards)
        case "--matrix": return cards.flatMap { $0.matrix.map(\.line) }
        case "--grammar": return cards.flatMap(\.grammar)
        case _:
            guard let card = cards.first(where: { $0.name == argument }) else { return nil }
            return ManualPage.text(card).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
                String.init)
        }
    }
}
