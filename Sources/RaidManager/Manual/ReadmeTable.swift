// The README's table of the commands, made from their cards.

package enum ReadmeTable {
    /// - Parameter cards: in the order of the rows.
    package static func lines(_ cards: [CommandCard]) -> [String] {
        ["| Command | What it does | Options |", "|---|---|---|"] + cards.map(row)
    }

    package static func row(_ card: CommandCard) -> String {
        let options =
            card.options.filter(\.isInHelp).flatMap(\.lines).map { line in
                "`" + line.synopsis.split(separator: " ").joined(separator: " ") + "`"
            }
            + card.actions.map { "`\($0.words)`" }
        return "| `\(card.name)` | \(cell(card.summary)) | \(cell(options.joined(separator: ", "))) |"
    }

    /// A bar inside a cell would end it.
    private static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
