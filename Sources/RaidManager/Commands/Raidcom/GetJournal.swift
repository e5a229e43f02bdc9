// raidcom get journal: the journals, as `raidvchkscan -v jnl` shows them.
//
// - Source: RAID Manager reference, sections 2.16 and 3.8.

internal import CommandDevice

struct GetJournal: RaidcomAction {
    static let words = "get journal"
    static let summary = "Show the journals"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var number: UInt8?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-journal_id <id>", "Specify the journal", .known, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.number = try arguments.number(of: option, in: 0...UInt8.max)
            }
        ]
    }

    static var exits: [ExitMeaning] { [.error(.noSuchObject, .real, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom get journal -s {serial}"), MatrixLine("raidcom get journal -journal_id 0 -s {serial}"),
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        guard case .journals(let all) = try array.session.inventory(.journals, array.serial) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        let journals = all.filter { form.number == nil || $0.number == form.number }
        guard form.number == nil || !journals.isEmpty else { throw HorcmFailure(.noSuchObject) }
        array.show(JournalScreen.table.lines(journals.map { JournalScreen.Row($0, in: array.serial) }))
        return 0
    }
}
