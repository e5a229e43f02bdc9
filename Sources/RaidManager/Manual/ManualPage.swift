// A command's manual page, in the macros of man(7), made from its card. `man/` holds the pages of all commands; a test
// compares them with what is made here.

package enum ManualPage {
    /// The name of the page's file: `pairsplit.1`.
    package static func file(_ card: CommandCard) -> String { "\(card.name).1" }

    /// The page's text, with a line end behind its last line.
    /// - Parameter cards: all commands, for the references to the other pages.
    package static func text(_ card: CommandCard, among cards: [CommandCard]) -> String {
        let name = plain(card.name)
        var lines = [
            ".\\\" Made from the command's declaration by: raidmanager manual \(card.name)",
            ".TH \(plain(card.name.uppercased())) 1 \"\" \"ArrayBench\" \"RAID Manager\"",
            ".SH NAME", "\(name) \\- \(plain(card.summary))",
            ".SH SYNOPSIS", ".B \(name)",
            (card.actions.isEmpty ? "" : "[\\fIsub\\-command\\fR] ") + "[\\fIoptions\\fR]",
            ".SH OPTIONS",
        ]
        lines += card.options.flatMap(option)
        if card.hasCommonOptions { lines += [".SS Options of all commands"] + CommonOptions.cards.flatMap(option) }
        if !card.actions.isEmpty { lines += [".SH SUB\\-COMMANDS"] + card.actions.flatMap(action) }
        lines += [".SH EXIT STATUS"] + exits(card)
        if card.hasCommonOptions { lines += environment + files }
        lines += [".SH MARKS"] + marks + seeAlso(card, cards)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func action(_ action: ActionCard) -> [String] {
        let words = "\(action.summary). [\(action.certainty.rawValue), \(action.section)]"
        return [".SS \(plain(action.words))", plain(words)] + action.options.flatMap(option)
    }

    private static func option(_ option: OptionCard) -> [String] {
        option.lines.flatMap { line in
            let modes = option.modes == CopyMode.allCases ? "" : modes(option.modes)
            return item(
                line.synopsis.split(separator: " ").joined(separator: " "),
                "\(line.help)\(modes). [\(option.certainty.rawValue), \(option.section)]")
        }
    }

    private static func modes(_ modes: [CopyMode]) -> String {
        modes.contains(.horc) ? " (remote copies only)" : " (local copies only)"
    }

    private static func exits(_ card: CommandCard) -> [String] {
        card.exits.sorted { ($0.status, $0.words) < ($1.status, $1.words) }.flatMap { exit in
            item(
                exit.error.map { "\(exit.status) \($0.name)" } ?? "\(exit.status)",
                "\(exit.words.last == "." ? String(exit.words.dropLast()) : exit.words)."
                    + " [\(exit.certainty.rawValue), \(exit.section)]")
        }
    }

    private static var environment: [String] {
        [".SH ENVIRONMENT"] + EnvironmentVariable.allCases.filter { $0.reader == .commands }.flatMap(variable)
    }

    private static func variable(_ variable: EnvironmentVariable) -> [String] {
        let effect = variable.effect
        return item(variable.rawValue, "\(effect.value) [\(effect.certainty.rawValue), \(effect.section)]")
    }

    /// - Source: RAID Manager reference, section 1.1.
    private static var files: [String] {
        [".SH FILES"]
            + [
                ("/etc/horcmN.conf", "The configuration of instance N."),
                ("/HORCM/logN/horcc_HOST.log", "The command log: each failure with what can be done about it."),
            ].flatMap { item($0, $1) }
    }

    private static var marks: [String] {
        [
            "This is ArrayBench's RAID Manager, made after public documents. Brackets hold how sure a fact is, and the",
            "section of the reference that has it:",
        ]
            + Certainty.allCases.flatMap { mark in
                let words =
                    switch mark {
                    case .several: "two or more independent sources"
                    case .one: "one source"
                    case .real: "a listing of a real installation, or the vendor's own script"
                    case .known: "known of the published manuals, and not found again"
                    case .inferred: "follows from other facts"
                    case .ours: "the manuals are silent: chosen here"
                    }
                return [".TP 8", ".B \(plain(mark.rawValue))", words]
            }
    }

    private static func seeAlso(_ card: CommandCard, _ cards: [CommandCard]) -> [String] {
        let others = cards.map(\.name).filter { $0 != card.name }
        guard let last = others.last else { return [] }
        return [".SH SEE ALSO"] + others.dropLast().map { ".BR \(plain($0)) (1)," } + [".BR \(plain(last)) (1)"]
    }

    private static func item(_ title: String, _ words: String) -> [String] {
        [".TP", ".B \(plain(title))", plain(words)]
    }

    /// Keeps a text from being taken for a request or an escape.
    private static func plain(_ text: String) -> String {
        let escaped = text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\e")
            .split(separator: "-", omittingEmptySubsequences: false).joined(separator: "\\-")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
}
