// raidcom get command_status: what became of the orders that this session did not wait for.
//
// - Source: RAID Manager reference, section 2.16 (CIN), and section 7; a client asks for a request by its number (HIR). That
//   numbers are hexadecimal, as handles are, follows from their eight digits.

internal import CommandDevice
internal import ReplicationCore

struct GetCommandStatus: RaidcomAction {
    static let words = "get command_status"
    static let summary = "Show errors of orders that were not waited for"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var request: UInt32?
    }

    static var options: [CommandOption<Form>] {
        [
            // The status is the session's, whichever volume is named.
            CommandOption("-ldev_id <ldev#>", "Specify the LDEV", .real, "7", isInHelp: false) {
                (_, option, arguments) throws(HorcmFailure) in
                _ = try LDEVRange.number(try arguments.value(of: option))
            },
            CommandOption("-request_id <id>", "Specify the request", .one, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.request = try RequestNumber.value(of: option, &arguments)
            },
        ]
    }

    static var exits: [ExitMeaning] { [.error(.noSuchObject, .ours, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom get command_status -s {serial}"),
        MatrixLine("raidcom get command_status -ldev_id {ldev} -s {serial}"),
        MatrixLine("raidcom get command_status -request_id 1 -s {serial}"),
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        if let number = form.request {
            guard case .request(let status) = try array.administer(.request(number, array.client)) else {
                throw HorcmFailure(.invalidReturnCode)
            }
            array.show(CommandStatusScreen.requests.lines([RequestStatusRow(status: status, serial: array.serial)]))
            return 0
        }
        guard case .commandStatus(let status) = try array.administer(.commandStatus(array.client)) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        array.show(CommandStatusScreen.table.lines([CommandStatusRow(status: status, serial: array.serial)]))
        return 0
    }
}
