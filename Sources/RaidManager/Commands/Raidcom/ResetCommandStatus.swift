// raidcom reset command_status: forgets what went wrong with orders that this session did not wait for.
//
// - Source: clients call it before they order (CIN, HIR).

internal import CommandDevice

struct ResetCommandStatus: RaidcomAction {
    static let words = "reset command_status"
    static let summary = "Forget errors of orders that were not waited for"
    static let certainty = Certainty.several

    struct Form: CommandForm {}

    static var options: [CommandOption<Form>] { [] }

    static let matrix = [MatrixLine("raidcom reset command_status -s {serial}", changes: true)]

    init(_ form: Form) {}

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        _ = try array.administer(.resetCommandStatus(array.client))
        return 0
    }
}
