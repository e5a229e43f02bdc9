// A command's manual page, in the macros of man(7), made from its card.

package enum ManualPage {
    /// The page's text, with a line end behind its last line.
    package static func text(_ card: CommandCard) -> String {
        var lines = [
            ".\\\" Made from the command's declaration: raidmanager manual \(card.name)",
            ".TH \(plain(card.name.uppercased())) 1 \"\" \"ArrayBench\" \"RAID Manager\"", ".SH NAME",
            "\(plain(card.name)) \\- \(plain(card.summary))", ".SH SYNOPSIS", ".B \(plain(card.name))", "[options]",
            ".SH OPTIONS",
        ]
        lines += (card.options + (card.hasCommonOptions ? CommonOptions.cards : [])).flatMap(option)
        lines += [".SH EXIT STATUS"] + exits(card.exits).flatMap { item("\($0.title)", $0.words) }
        lines += [
            ".SH NOTES",
            "This is ArrayBench's RAID Manager, made after public documents. The mark in brackets says how",
            "sure a fact is: S2+ several sources, S1 one, REAL a real listing, K known of the manuals, INF inferred,",
            "OURS chosen here because the manuals are silent.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func option(_ option: OptionCard) -> [String] {
        option.lines.flatMap { line in
            item(
                line.synopsis.split(separator: " ").joined(separator: " "),
                "\(line.help). [\(option.certainty.rawValue)]")
        }
    }

    private static func item(_ title: String, _ words: String) -> [String] {
        [".TP", ".B \(plain(title))", plain(words)]
    }

    private static func exits(_ exits: [ExitMeaning]) -> [(title: String, words: String)] {
        exits.sorted { ($0.status, $0.words) < ($1.status, $1.words) }.map { exit in
            (
                exit.error.map { "\(exit.status) \($0.name)" } ?? "\(exit.status)",
                "\(exit.words). [\(exit.certainty.rawValue)]"
            )
        }
    }

    /// Keeps a text from being taken for a request or an escape.
    private static func plain(_ text: String) -> String {
        let escaped = text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\e")
            .split(separator: "-", omittingEmptySubsequences: false).joined(separator: "\\-")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
}
