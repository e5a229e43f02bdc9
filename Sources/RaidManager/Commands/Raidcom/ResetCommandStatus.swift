// raidcom reset command_status: forgets what went wrong with orders that this session did not wait for.
//
// - Source: clients call it before they order, and with a request's number after it (CIN, HIR). `all` is known of the
//   published manuals.

internal import CommandDevice

struct ResetCommandStatus: RaidcomAction {
    static let words = "reset command_status"
    static let summary = "Forget errors of orders that were not waited for"
    static let certainty = Certainty.several

    enum Requests: Hashable, Sendable {
        case one(UInt32)
        case all
    }

    struct Form: CommandForm {
        var requests: Requests?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-request_id <id>|all", "Forget a request, or all", .one, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                let isAll = arguments.next { $0 == "all" } != nil
                form.requests = isAll ? .all : .one(try RequestNumber.value(of: option, &arguments))
            }
        ]
    }

    static var exits: [ExitMeaning] { [.error(.noSuchObject, .ours, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom reset command_status -s {serial}", changes: true),
        MatrixLine("raidcom reset command_status -request_id all -s {serial}", changes: true),
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        switch form.requests {
        case nil: _ = try array.administer(.resetCommandStatus(array.client))
        case .all: _ = try array.administer(.resetRequests(request: nil, array.client))
        case .one(let number): _ = try array.administer(.resetRequests(request: number, array.client))
        }
        return 0
    }
}
