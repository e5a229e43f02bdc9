// One declared option of a command: how it is written, what `-h` says of it, and what it does to the command's form.

package struct CommandOption<Form>: Sendable {
    package typealias Take = @Sendable (inout Form, _ option: String, inout ArgumentReader) throws(HorcmFailure) -> Void

    /// As they are written. A last `*` stands for letters that follow: `-f*`.
    package let names: [String]
    /// The lines of help: at least one.
    package let lines: [UsageLine]
    package let certainty: Certainty
    package let section: String
    package let modes: [CopyMode]
    /// Whether `-h` shows it. What is accepted without effect is not shown.
    package let isInHelp: Bool
    package let take: Take

    /// - Parameters:
    ///   - synopsis: `-t  <timeout>` or `-f[g] <fence> [CTGID]`. Its first word gives the names, unless `names` does.
    ///   - more: other ways to write it.
    package init(
        _ synopsis: String, _ help: String, _ certainty: Certainty, _ section: String, names: [String]? = nil,
        more: [UsageLine] = [], modes: [CopyMode] = CopyMode.allCases, isInHelp: Bool = true, take: @escaping Take
    ) {
        self.names = names ?? Self.names(in: synopsis)
        self.lines = [UsageLine(synopsis, help)] + more
        self.certainty = certainty
        self.section = section
        self.modes = modes
        self.isInHelp = isInHelp
        self.take = take
    }

    /// An option without a value.
    package static func flag(
        _ name: String, _ help: String, _ certainty: Certainty, _ section: String,
        modes: [CopyMode] = CopyMode.allCases, isInHelp: Bool = true, _ set: @escaping @Sendable (inout Form) -> Void
    ) -> Self {
        Self(name, help, certainty, section, modes: modes, isInHelp: isInHelp) { form, _, _ in set(&form) }
    }

    /// `-f[g] <fence>` has two names, `-t <timeout>` one.
    private static func names(in synopsis: String) -> [String] {
        let word = String(synopsis.prefix { $0 != " " })
        guard let bracket = word.firstIndex(of: "["), word.last == "]" else { return [word] }
        let base = String(word[..<bracket])
        return [base, base + word[word.index(after: bracket)...].dropLast()]
    }

    package var card: OptionCard {
        OptionCard(
            names: names, lines: lines, certainty: certainty, section: section, modes: modes, isInHelp: isInHelp)
    }
}

package struct UsageLine: Hashable, Sendable {
    /// In the original's spacing: `-t  <timeout>`.
    package let synopsis: String
    package let help: String

    package init(_ synopsis: String, _ help: String) {
        self.synopsis = synopsis
        self.help = help
    }

    /// - Parameters:
    ///   - column: where the help begins.
    ///   - wide: where it begins if the synopsis does not leave it a blank there.
    func text(column: Int, wide: Int) -> String {
        let start = " " + synopsis
        let count = start.utf8.count
        return (count < column ? start.left(column) : count < wide ? start.left(wide) : start + " ") + help
    }
}

/// Takes a command line apart by declared options.
enum OptionParser {
    /// - Throws: EX_UNWOPT for a word that no option has; what an option says of its value.
    static func form<Form: CommandForm>(
        _ arguments: [String], _ options: [CommandOption<Form>]
    ) throws(HorcmFailure) -> Form {
        var form = Form()
        var reader = ArgumentReader(arguments)
        while let word = reader.next() {
            guard let option = option(word, options) else { throw .unknown(word) }
            try option.take(&form, word, &reader)
        }
        return form
    }

    /// A name that fits exactly goes before one with letters behind it: `-find` is not `-f` with letters.
    private static func option<Form>(_ word: String, _ options: [CommandOption<Form>]) -> CommandOption<Form>? {
        if let exact = options.first(where: { $0.names.contains(word) }) { return exact }
        return options.first { option in
            option.names.contains { $0.last == "*" && word.count >= $0.count && word.hasPrefix($0.dropLast()) }
        }
    }
}
