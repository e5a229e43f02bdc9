// How raidcom says that its command line is wrong: a line that names the option, then the error. Other commands name the
// error first, and where their log is.
//
// - Source: RAID Manager reference, section 2.1 (pasted).

enum RaidcomWords {
    static func unknown(_ option: String) -> String { "Arguments of an option is incorrect '\(option)'" }
    static func invalid(_ option: String) -> String { "An option or arguments of an option are incorrect '\(option)'" }
    /// `-check_status` found another status.
    static let conditionFailed = "testing condition has failed with exit(1)."

    /// What `-request_id auto` shows.
    static func requestNumber(_ number: String) -> String { "REQID : \(number)" }

    static var facts: [FactLine] {
        [
            FactLine("sentence of raidcom", requestNumber("{}"), .one, "2.16"),
            FactLine("sentence of raidcom", unknown("{}"), .real, "2.1"),
            FactLine("sentence of raidcom", invalid("{}"), .real, "2.1"),
            FactLine("sentence of raidcom", conditionFailed, .one, "2.16"),
            FactLine("sentence of raidcom", "User for Serial#[{}] : ", .real, "2.16"),
            FactLine("sentence of raidcom", "Password : ", .real, "2.16"),
        ]
    }

    /// What a failure leaves on stderr. The error's bracketed word is the only one.
    static func report(_ failure: HorcmFailure) -> [String] {
        let token = "raidcom: [\(failure.error.name)] \(failure.error.message)"
        switch failure.error {
        case .unknownWord, .invalidWord: return failure.shownNotes.map { "raidcom: \($0)" } + [token]
        // The sentence goes on with who and where.
        case .authenticationFailed:
            return [([token] + failure.shownNotes.prefix(1)).joined(separator: " ")] + failure.shownNotes.dropFirst()
        case _: return [token] + failure.shownNotes
        }
    }
}

extension HorcmFailure {
    /// What an option says of its values, as raidcom says it.
    func asWord(of option: String) -> HorcmFailure {
        switch error {
        case .argumentMissing, .invalidArgument: HorcmFailure(.invalidWord, RaidcomWords.invalid(option))
        case _: self
        }
    }
}
