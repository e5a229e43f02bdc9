// What a listing from a real array would settle: every declared option and exit status whose mark is not that of a source.

package enum OpenFacts {
    /// `MARK  section  command  fact`, the commands in the order of `cards`.
    package static func lines(_ cards: [CommandCard]) -> [String] {
        cards.flatMap { card in
            card.everyOption.filter(\.option.certainty.isOpen).flatMap { words, option in
                option.lines.map { line in
                    let synopsis = line.synopsis.split(separator: " ").joined(separator: " ")
                    let place = words == card.name ? "" : String(words.dropFirst(card.name.count + 1)) + " "
                    return row(option.certainty, option.section, card, "\(place)\(synopsis): \(line.help)")
                }
            }
                + card.exits.filter(\.certainty.isOpen).map { exit in
                    row(
                        exit.certainty, exit.section, card,
                        "exit \(exit.status)" + (exit.error.map { " \($0.name)" } ?? "") + ": " + exit.words)
                }
        }
    }

    private static func row(_ certainty: Certainty, _ section: String, _ card: CommandCard, _ fact: String) -> String {
        [certainty.rawValue.left(5), section.left(5), card.name.left(14), fact].joined(separator: " ")
    }
}
