// raidcom modify ldev: gives a volume a name. It is not waited for: what goes wrong is in `get command_status`.
//
// - Source: pasted (XP7); that it is carried out later is known of the published manuals.

internal import CommandDevice
internal import ReplicationCore

struct ModifyLDEV: RaidcomAction {
    static let words = "modify ldev"
    static let summary = "Name an LDEV"
    static let certainty = Certainty.real

    struct Form: CommandForm {
        var ldev: LDEVNumber?
        var name: String?
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
        ]
    }

    static var exits: [ExitMeaning] { [.error(.rejectedByArray, .several, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom modify ldev -ldev_id {ldev} -ldev_name {volume} -s {serial}", changes: true)
    ]

    private let ldev: LDEVNumber
    private let name: String

    init(_ form: Form) throws(HorcmFailure) {
        guard let ldev = form.ldev, let name = form.name else { throw HorcmFailure(.argumentMissing) }
        self.ldev = ldev
        self.name = name
    }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        _ = try array.administer(.label(ldev, name, array.client))
        return 0
    }
}
