// raidcom: the array's own administration. `raidcom <action> <object> [options]`; what a pair of words does is in a file of
// its own beside this one. A session is opened with `-login`, alone or behind any other words, and lasts until `-logout`: it
// belongs to the host's account, not to a process.
//
// - Source: RAID Manager reference, sections 2.1, 2.16 and 7; clients' scripts for `-login` behind other words.

internal import CommandDevice
internal import ReplicationCore

package struct Raidcom: Command {
    package static let name = "raidcom"
    package static let summary = "administer an array: sessions, resource locks, LDEVs, groups, journals, links"
    package static let helpColumn = 32

    enum LogIn: Hashable, Sendable {
        case asking
        case known(user: String, password: String)
    }

    package struct Form: CommandForm {
        var serial: ArraySerial?
        var logIn: LogIn?
        var logsOut = false
        var isHexadecimal = false
        var action: (any RaidcomAction)?

        package init() {}
    }

    /// Those that all sub-commands share; the options of each are its own.
    package static var options: [CommandOption<Form>] {
        [
            CommandOption("-s <seq#>", "Specify the array by its serial", .several, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.serial = ArraySerial(try arguments.number(of: option, in: 0...UInt64.max))
            },
            CommandOption("-login [<user> <pw>]", "Log in; without values they are read from stdin", .several, "2.16") {
                (form, _, arguments) throws(HorcmFailure) in
                form.logIn = logIn(&arguments)
            },
            .flag("-logout", "Log out, and give back what was locked", .several, "2.16") { $0.logsOut = true },
            .flag("-fx", "Show LDEV# in hexadecimal", .real, "2.16") { $0.isHexadecimal = true },
            // All tables have fixed columns anyway.
            .flag("-CLI", "Show fixed columns", .known, "2.16", isInHelp: false) { _ in },
        ]
    }

    private static func logIn(_ arguments: inout ArgumentReader) -> LogIn {
        func isValue(_ word: String) -> Bool { !word.hasPrefix("-") }
        guard let user = arguments.next(if: isValue), let password = arguments.next(if: isValue) else { return .asking }
        return .known(user: user, password: password)
    }

    package static var exits: [ExitMeaning] {
        let every: [ExitMeaning] = [
            .status(0, "done, or shown", .several, "4.5"), .error(.notAttached, .real, "2.1"),
            .error(.connectionLost, .several, "1.12"), .error(.commandDeviceFailed, .one, "4.6"),
            .error(.unitNotConnected, .known, "4.6"), .error(.authenticationFailed, .one, "2.16"),
            .error(.unknownWord, .real, "2.1"), .error(.invalidWord, .real, "2.1"),
            .error(.invalidOperand, .ours, "4.6"), .error(.commandMissing, .ours, "4.6"),
            .error(.argumentMissing, .ours, "4.6"),
        ]
        var exits = every
        for exit in RaidcomActions.list.flatMap({ $0.exits }) where !exits.contains(exit) { exits.append(exit) }
        return exits
    }

    /// Each line logs in itself: what ran before it does not count.
    package static var matrix: [MatrixLine] {
        let known = "-login maintenance raid-maintenance"
        return [
            MatrixLine("raidcom \(known) -s {serial}", changes: true),
            MatrixLine("raidcom -login nobody not-known -s {serial}"),
            MatrixLine("raidcom get resource -CLI -fx -s {serial} \(known)"),
            MatrixLine("raidcom get resource -s {serial} \(known) -logout", changes: true),
        ]
            + RaidcomActions.list.flatMap { $0.matrix }.map {
                MatrixLine("\($0.line) \(known)", changes: $0.changes, modes: $0.modes)
            } + [MatrixLine("raidcom -logout -s {serial}", changes: true)]
    }

    package static var card: CommandCard {
        CommandCard(
            name: name, summary: summary, options: options.map(\.card), exits: exits, matrix: matrix, place: place,
            helpColumn: helpColumn, actions: RaidcomActions.list.map { $0.card })
    }

    package static func report(
        _ failure: HorcmFailure, _ environment: InstanceEnvironment, _ hostName: String
    ) -> [String] { RaidcomWords.report(failure) }

    package static func logEntry(_ call: CommandLog.Call) -> String { RaidcomLog.entry(call) }
    package static func systemLogLines(_ call: CommandLog.Call) -> [String] { RaidcomLog.rows(call) }

    // MARK: The command line

    /// - Throws: EW_REQCMD, EW_INVOPA, EW_UNWOPT, EW_INVOPT, EX_REQARG.
    package static func read(_ arguments: [String], mirror: UInt8?) throws(HorcmFailure) -> Self {
        var form = Form()
        var reader = ArgumentReader(arguments)
        var rest: [String] = []
        while let word = reader.next() {
            guard let option = options.first(where: { $0.names.contains(word) }) else {
                rest.append(word)
                continue
            }
            do throws(HorcmFailure) {
                try option.take(&form, word, &reader)
            } catch {
                throw error.asWord(of: word)
            }
        }
        form.action = try action(rest)
        return try Self(form)
    }

    private static func action(_ words: [String]) throws(HorcmFailure) -> (any RaidcomAction)? {
        guard let first = words.first else { return nil }
        if first.hasPrefix("-") { throw HorcmFailure(.unknownWord, RaidcomWords.unknown(first)) }
        guard words.count > 1, let type = RaidcomActions.action("\(first) \(words[1])") else {
            throw HorcmFailure(
                .invalidOperand, "'\(words.prefix(2).joined(separator: " "))' is no sub-command. See raidcom -h.")
        }
        return try type.read(Array(words.dropFirst(2)))
    }

    private let form: Form

    package init(_ form: Form) throws(HorcmFailure) {
        guard form.action != nil || form.logIn != nil || form.logsOut else {
            throw HorcmFailure(.commandMissing, "A sub-command, -login or -logout is needed. See raidcom -h.")
        }
        self.form = form
    }

    // MARK: Running

    /// Without `-s` sessions are opened and ended at all arrays of the instance, and the first is administered.
    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let units = try session.information().arrays.map(\.serial)
        let arrays = try UnitChoice(serial: form.serial).serials(units).map {
            RaidcomArray(session: session, serial: $0, isHexadecimal: form.isHexadecimal)
        }
        guard let first = arrays.first else {
            throw HorcmFailure(.commandDeviceFailed, "The instance reaches no array.")
        }
        for array in arrays {
            switch form.logIn {
            case .known(let user, let password): try array.logIn(user: user, password: password)
            case .asking: try array.askWho()
            case nil: break
            }
        }
        let status = try run(on: first)
        if form.logsOut { for array in arrays { _ = try array.administer(.logOut(array.client)) } }
        return status
    }

    private func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        guard let action = form.action else { return 0 }
        try array.requireSession()
        return try action.run(on: array)
    }
}
