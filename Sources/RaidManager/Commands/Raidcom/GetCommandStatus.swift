// raidcom get command_status: what became of the orders that this session did not wait for.
//
// - Source: RAID Manager reference, section 2.16 (CIN), and section 7.

internal import CommandDevice

struct GetCommandStatus: RaidcomAction {
    static let words = "get command_status"
    static let summary = "Show errors of orders that were not waited for"
    static let certainty = Certainty.several

    struct Form: CommandForm {}

    static var options: [CommandOption<Form>] {
        [
            // The status is the session's, whichever volume is named.
            CommandOption("-ldev_id <ldev#>", "Specify the LDEV", .real, "7", isInHelp: false) {
                (_, option, arguments) throws(HorcmFailure) in
                _ = try LDEVRange.number(try arguments.value(of: option))
            }
        ]
    }

    static let matrix = [
        MatrixLine("raidcom get command_status -s {serial}"),
        MatrixLine("raidcom get command_status -ldev_id {ldev} -s {serial}"),
    ]

    init(_ form: Form) {}

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        guard case .commandStatus(let status) = try array.administer(.commandStatus(array.client)) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        array.show(CommandStatusScreen.table.lines([CommandStatusRow(status: status, serial: array.serial)]))
        return 0
    }
}
