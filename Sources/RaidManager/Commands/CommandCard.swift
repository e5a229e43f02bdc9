// A command or a script as data: what its help, its manual page, the README's row, the matrix and the fuzzer's grammar
// are made from.

package struct OptionCard: Hashable, Sendable {
    package let names: [String]
    package let lines: [UsageLine]
    package let certainty: Certainty
    package let section: String
    package let modes: [CopyMode]
    package let isInHelp: Bool

    package init(
        names: [String], lines: [UsageLine], certainty: Certainty, section: String,
        modes: [CopyMode] = CopyMode.allCases, isInHelp: Bool = true
    ) {
        self.names = names
        self.lines = lines
        self.certainty = certainty
        self.section = section
        self.modes = modes
        self.isInHelp = isInHelp
    }

    /// An option whose only name is the first word of its synopsis.
    package init(_ synopsis: String, _ help: String, _ certainty: Certainty, _ section: String) {
        self.init(
            names: [String(synopsis.prefix { $0 != " " })], lines: [UsageLine(synopsis, help)], certainty: certainty,
            section: section)
    }
}

package struct CommandCard: Hashable, Sendable {
    package let name: String
    package let summary: String
    package let options: [OptionCard]
    package let exits: [ExitMeaning]
    package let matrix: [MatrixLine]
    package let place: InstallPlace
    package let helpColumn: Int
    /// Sub-commands, each with options beside those above.
    package let actions: [ActionCard]
    /// Whether the options of all commands (`-h`, `-I`) are its options too.
    package let hasCommonOptions: Bool

    package init(
        name: String, summary: String, options: [OptionCard], exits: [ExitMeaning], matrix: [MatrixLine],
        place: InstallPlace, helpColumn: Int, actions: [ActionCard] = [], hasCommonOptions: Bool = true
    ) {
        self.name = name
        self.summary = summary
        self.options = options
        self.exits = exits
        self.matrix = matrix
        self.place = place
        self.helpColumn = helpColumn
        self.actions = actions
        self.hasCommonOptions = hasCommonOptions
    }

    /// The lines of `-h` behind the common ones.
    package var usage: [String] {
        options.filter(\.isInHelp).flatMap(\.lines).map { $0.text(column: helpColumn, wide: 30) }
            + actions.flatMap { $0.usage(column: helpColumn) }
    }

    /// The options of the command itself, then those of its sub-commands, each with the words before it.
    package var everyOption: [(words: String, option: OptionCard)] {
        options.map { (name, $0) }
            + actions.flatMap { action in
                action.options.map { ("\(name) \(action.words)", $0) }
            }
    }

    /// What a fuzzer may put together, a line for each way to write an option: the words that name it, then its values as
    /// the help writes them.
    package var grammar: [String] {
        let common = (hasCommonOptions ? CommonOptions.cards : []).map { (words: name, option: $0) }
        return (everyOption + common).flatMap { words, option in
            option.lines.map { line in
                let values = line.synopsis.split(separator: " ").dropFirst()
                return "\(words): " + (option.names + values.map(String.init)).joined(separator: " ")
            }
        } + actions.filter(\.options.isEmpty).map { "\(name) \($0.words):" }
    }
}
