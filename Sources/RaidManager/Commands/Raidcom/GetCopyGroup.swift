// raidcom get copy_grp: the groups of pairs that the array knows, a row for each half that it holds.
//
// - Source: RAID Manager reference, section 2.16 (CIN).

internal import CommandDevice

struct GetCopyGroup: RaidcomAction {
    static let words = "get copy_grp"
    static let summary = "Show the copy groups"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var name: String?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-copy_grp_name <name>", "Specify the copy group", .known, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.name = try arguments.value(of: option)
            }
        ]
    }

    static var exits: [ExitMeaning] { [.error(.noSuchObject, .real, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom get copy_grp -s {serial}"),
        MatrixLine("raidcom get copy_grp -copy_grp_name {group} -s {serial}"),
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        guard case .copyGroups(let all) = try array.administer(.copyGroups) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        let groups = all.filter { form.name == nil || $0.name == form.name }
        guard form.name == nil || !groups.isEmpty else { throw HorcmFailure(.noSuchObject) }
        array.show(GroupsScreen.copyGroups.lines(groups.map { CopyGroupRow(group: $0, serial: array.serial) }))
        return 0
    }
}
