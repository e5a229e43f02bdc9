// The shape of every command: what it is called, its declared options, what its exit statuses mean, and what it does in a
// session. Parsing, `-h`, the manual page, the README's table, the matrix and the fuzzer's grammar are all made from the
// same declaration: a command that is in the registry cannot be missing in one of them.
//
// To add one, write a file like its neighbours and name it in its package's list in `Commands/Registry`.

/// What a command's options write into. It starts with the values that count when no option is given.
package protocol CommandForm: Sendable {
    init()
    /// Takes the MU# behind `-FHORC` or `-FMRCF`, where volumes are looked at.
    mutating func look(at mirror: UInt8)
}

extension CommandForm {
    package mutating func look(at mirror: UInt8) {}
}

package protocol Command: Sendable {
    associatedtype Form: CommandForm

    static var name: String { get }
    /// What it does, in a few words: `suspend or end pairs`.
    static var summary: String { get }
    /// In the order of `-h`. Computed, not stored: a command pays only for its own options.
    static var options: [CommandOption<Form>] { get }
    static var exits: [ExitMeaning] { get }
    /// At least one; together they use every option.
    static var matrix: [MatrixLine] { get }
    static var place: InstallPlace { get }
    /// Where the help texts of `-h` begin.
    static var helpColumn: Int { get }

    static var card: CommandCard { get }
    /// Takes a command line apart; the options of all commands are taken out of it already.
    /// - Throws: EX_UNWOPT, EX_REQARG, EX_INVARG.
    static func read(_ arguments: [String], mirror: UInt8?) throws(HorcmFailure) -> Self
    /// What a failure leaves on stderr.
    static func report(
        _ failure: HorcmFailure, _ environment: InstanceEnvironment, _ hostName: String
    ) -> [String]
    /// What the command log holds of a call.
    static func logEntry(_ call: CommandLog.Call) -> String
    /// What the machine's syslog gets of a call, whether it is in the command log or not.
    static func systemLogLines(_ call: CommandLog.Call) -> [String]

    /// - Throws: EX_REQARG, EX_INVARG: what is missing, or does not go together.
    init(_ form: Form) throws(HorcmFailure)
    /// - Returns: the exit status, 0 to 127.
    func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32
}

extension Command {
    package static var place: InstallPlace { .usrBin }
    package static var helpColumn: Int { 22 }

    package static func read(_ arguments: [String], mirror: UInt8? = nil) throws(HorcmFailure) -> Self {
        var form = try OptionParser.form(arguments, options)
        if let mirror { form.look(at: mirror) }
        return try Self(form)
    }

    package static var card: CommandCard {
        CommandCard(
            name: name, summary: summary, options: options.map(\.card), exits: exits, matrix: matrix, place: place,
            helpColumn: helpColumn)
    }

    /// Exactly one word in brackets: clients take it for the code.
    /// - Source: RAID Manager reference, section 2.1.
    package static func report(
        _ failure: HorcmFailure, _ environment: InstanceEnvironment, _ hostName: String
    ) -> [String] {
        let lines = ["\(name): [\(failure.error.name)] \(failure.error.message)"] + failure.shownNotes
        // The entry itself follows.
        if environment.isCommandLogShown { return lines }
        let file = "\(environment.commandLogDirectory)/\(CommandLog.fileName(hostName))"
        return lines + ["Refer to the command log(\(file)) for details."]
    }

    package static func logEntry(_ call: CommandLog.Call) -> String { CommandLog.entry(name, call) }
    package static func systemLogLines(_ call: CommandLog.Call) -> [String] { [] }
}

/// Where the installer of the original puts a program.
/// - Source: RAID Manager reference, section 1.1.
package enum InstallPlace: String, Hashable, Sendable, CaseIterable {
    /// In `/HORCM/usr/bin`, with a link in `/usr/bin`.
    case usrBin
    /// In `/HORCM/usr/bin` alone.
    case horcmOnly
    /// In `/HORCM/etc`, with a link in `/etc`.
    case etc
}

/// What one exit status says.
package struct ExitMeaning: Hashable, Sendable {
    package let status: Int32
    package let words: String
    package let certainty: Certainty
    package let section: String
    /// Set for the statuses above 127.
    package let error: HorcmError?

    package static func status(_ status: Int32, _ words: String, _ certainty: Certainty, _ section: String) -> Self {
        Self(status: status, words: words, certainty: certainty, section: section, error: nil)
    }

    /// The words are the error's own.
    package static func error(_ error: HorcmError, _ certainty: Certainty, _ section: String) -> Self {
        Self(
            status: error.exitStatus, words: error.message, certainty: certainty, section: section, error: error)
    }

    /// What every command can end with.
    package static var ofAll: [ExitMeaning] {
        [
            .error(.notAttached, .several, "1.12"), .error(.connectionLost, .several, "1.12"),
            .error(.unknownOption, .known, "2.1"), .error(.invalidArgument, .known, "2.1"),
            .error(.argumentMissing, .known, "2.1"),
        ]
    }

    /// What every command can end with that looks volumes up.
    package static var ofVolumes: [ExitMeaning] {
        [
            .error(.noSuchDeviceOrGroup, .one, "4.6"), .error(.noSuchDevice, .known, "4.6"),
            .error(.commandDeviceFailed, .one, "4.7"), .error(.noRemoteHost, .several, "1.12"),
        ] + ofAll
    }
}

/// One command line that the matrix runs in every cell.
///
/// In braces: `{group}`, `{volume}` (the dev_name of its first volume), `{file}` (that volume's device), `{serial}`,
/// `{ldev}`, `{port}` (of the local side), `{fence}` (the fence of the cell, in lower case), `{instance}`.
package struct MatrixLine: Hashable, Sendable {
    package let line: String
    /// Whether it may change a pair or an instance: what it leaves is restored before the next line.
    package let changes: Bool
    package let modes: [CopyMode]

    package init(_ line: String, changes: Bool = false, modes: [CopyMode] = CopyMode.allCases) {
        self.line = line
        self.changes = changes
        self.modes = modes
    }
}
