// The shape of every sub-command of raidcom: two words, `get ldev`, options of its own, and what it does to one array.
// Parsing, `-h`, the manual page, the matrix and the fuzzer's grammar are made from the declaration, as those of a command
// are.
//
// To add one, write a file like its neighbours and name it in `RaidcomActions`.

package protocol RaidcomAction: Sendable {
    associatedtype Form: CommandForm

    /// `get ldev`
    static var words: String { get }
    /// What it does, in a few words.
    static var summary: String { get }
    /// How sure it is that the original has it.
    static var certainty: Certainty { get }
    static var section: String { get }
    /// Those that all sub-commands share are not among them.
    static var options: [CommandOption<Form>] { get }
    /// Beside those that every sub-command can end with.
    static var exits: [ExitMeaning] { get }
    /// Together they use every option.
    static var matrix: [MatrixLine] { get }

    /// - Throws: EX_REQARG: what is missing.
    init(_ form: Form) throws(HorcmFailure)
    /// Whoever called is known to the array.
    /// - Returns: the exit status.
    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32
}

extension RaidcomAction {
    package static var section: String { "2.16" }
    package static var exits: [ExitMeaning] { [] }

    package static var card: ActionCard {
        ActionCard(
            words: words, summary: summary, certainty: certainty, section: section, options: options.map(\.card))
    }

    /// - Throws: EW_UNWOPT, EW_INVOPT with the option, EX_REQARG.
    static func read(_ arguments: [String]) throws(HorcmFailure) -> Self {
        var form = Form()
        var reader = ArgumentReader(arguments)
        while let word = reader.next() {
            guard word.hasPrefix("-"), word != "-", word != "--" else { throw HorcmFailure(.invalidWord) }
            guard let option = options.first(where: { $0.names.contains(word) }) else {
                throw HorcmFailure(.unknownWord, RaidcomWords.unknown(word))
            }
            do throws(HorcmFailure) {
                try option.take(&form, word, &reader)
            } catch {
                throw error.asWord(of: word)
            }
        }
        return try Self(form)
    }
}

enum RaidcomActions {
    static var list: [any RaidcomAction.Type] {
        [
            AddCopyGroup.self, AddDeviceGroup.self, DeleteCopyGroup.self, DeleteDeviceGroup.self,
            GetCommandStatus.self, GetCopyGroup.self, GetDeviceGroup.self, GetJournal.self, GetLDEV.self,
            GetPath.self, GetPort.self, GetRCU.self, GetResource.self, LockResource.self, ModifyLDEV.self,
            ResetCommandStatus.self, UnlockResource.self,
        ]
    }

    static func action(_ words: String) -> (any RaidcomAction.Type)? { list.first { $0.words == words } }
}

/// A sub-command as data.
package struct ActionCard: Hashable, Sendable {
    package let words: String
    package let summary: String
    package let certainty: Certainty
    package let section: String
    package let options: [OptionCard]

    /// Its lines of `-h`: itself, then its options, further in.
    /// - Parameter column: where the help begins.
    package func usage(column: Int) -> [String] {
        [UsageLine(words, summary).text(column: column, wide: 30)]
            + options.filter(\.isInHelp).flatMap(\.lines).map { "  " + $0.text(column: column, wide: 30) }
    }
}
