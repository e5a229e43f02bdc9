// raidcom modify ldev: gives a volume a name. It is not waited for: what goes wrong is in `get command_status`.
//
// With `-request_id auto` it is a request with a number, which tells of it alone.
//
// - Source: pasted (XP7); that it is carried out later is known of the published manuals. A client reads the number of a
//   request behind ` : ` (HIR, of `add ldev`); that this sub-command numbers them as well is known of the manuals.

internal import CommandDevice
internal import ReplicationCore

struct ModifyLDEV: RaidcomAction {
    static let words = "modify ldev"
    static let summary = "Name an LDEV"
    static let certainty = Certainty.real

    struct Form: CommandForm {
        var ldev: LDEVNumber?
        var name: String?
        var isRequest = false
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-ldev_id <ldev#>", "Specify the LDEV", .real, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.ldev = try LDEVRange.number(try arguments.value(of: option))
            },
            CommandOption("-ldev_name <name>", "Specify its name", .real, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                let name = try arguments.value(of: option)
                guard name.utf8.count <= AdministrationDesk.longestLabel else { throw HorcmFailure(.invalidArgument) }
                form.name = name
            },
            CommandOption("-request_id auto", "Give the request a number, and show it", .one, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                guard try arguments.value(of: option) == "auto" else { throw HorcmFailure(.invalidArgument) }
                form.isRequest = true
            },
        ]
    }

    static var exits: [ExitMeaning] { [.error(.rejectedByArray, .several, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom modify ldev -ldev_id {ldev} -ldev_name {volume} -s {serial}", changes: true),
        MatrixLine(
            "raidcom modify ldev -ldev_id {ldev} -ldev_name {volume} -request_id auto -s {serial}", changes: true),
    ]

    private let ldev: LDEVNumber
    private let name: String
    private let isRequest: Bool

    init(_ form: Form) throws(HorcmFailure) {
        guard let ldev = form.ldev, let name = form.name else { throw HorcmFailure(.argumentMissing) }
        self.ldev = ldev
        self.name = name
        isRequest = form.isRequest
    }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        guard isRequest else {
            _ = try array.administer(.label(ldev, name, array.client))
            return 0
        }
        guard case .request(let status) = try array.administer(.labelAsRequest(ldev, name, array.client)) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        array.show([RaidcomWords.requestNumber(RequestNumber.shown(status.number))])
        return 0
    }
}
