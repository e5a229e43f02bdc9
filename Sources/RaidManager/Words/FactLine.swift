// All facts with their marks, as one list: what a listing from a real array could correct.

package struct FactLine: Hashable, Sendable {
    package let subject: String
    package let text: String
    package let certainty: Certainty
    package let section: String

    package init(_ subject: String, _ text: String, _ certainty: Certainty, _ section: String) {
        self.subject = subject
        self.text = text
        self.certainty = certainty
        self.section = section
    }

    init(_ subject: String, _ fact: Fact<String>) {
        self.init(subject, fact.value, fact.certainty, fact.section)
    }

    /// `K    4.6  error EX_ENORMT: No remote host alive …`
    package var line: String { "\(certainty.rawValue.left(4)) \(section.left(5)) \(subject): \(text)" }

    package static var all: [FactLine] {
        errors + sentences + messages + variables + CommandRegistry.cards.flatMap(ofCard) + CommandRegistry.screens
    }

    private static var errors: [FactLine] {
        HorcmError.allCases.map { FactLine("error \($0.exitStatus) \($0.name)", $0.fact) }
    }

    private static var sentences: [FactLine] { Sentence.allCases.map { FactLine("sentence", $0.fact) } }

    private static var messages: [FactLine] {
        DaemonMessage.allCases.map { FactLine("message" + ($0.code.map { " \($0)" } ?? ""), $0.fact) }
    }

    private static var variables: [FactLine] {
        EnvironmentVariable.allCases.map { FactLine("variable \($0.rawValue)", $0.effect) }
    }

    private static func ofCard(_ card: CommandCard) -> [FactLine] {
        card.everyOption.flatMap { words, option in
            option.lines.map { FactLine("\(words) \($0.synopsis)", $0.help, option.certainty, option.section) }
        } + card.actions.map { FactLine("\(card.name) \($0.words)", $0.summary, $0.certainty, $0.section) }
            + card.exits.map { FactLine("\(card.name) exit \($0.status)", $0.words, $0.certainty, $0.section) }
    }
}
