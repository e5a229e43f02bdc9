// raidcom delete copy_grp: takes a group of pairs away, or one half of it. Its device groups and its pairs stay.
//
// - Source: clients order it with the name alone (CIN) and with a device group (HIR).

internal import CommandDevice

struct DeleteCopyGroup: RaidcomAction {
    static let words = "delete copy_grp"
    static let summary = "Delete a copy group"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var name: String?
        var deviceGroup: String?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-copy_grp_name <group>", "Specify the copy group", .several, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.name = try arguments.value(of: option)
            },
            CommandOption("-device_grp_name <group>", "Delete this half alone", .one, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.deviceGroup = try arguments.value(of: option)
            },
        ]
    }

    static var exits: [ExitMeaning] {
        [.error(.rejectedByArray, .several, "2.16"), .error(.noSuchObject, .ours, "2.16")]
    }

    static let matrix = [
        MatrixLine("raidcom delete copy_grp -copy_grp_name more -device_grp_name {group}P -s {serial}", changes: true),
        MatrixLine("raidcom delete copy_grp -copy_grp_name more -s {serial}", changes: true),
    ]

    private let change: GroupChange

    init(_ form: Form) throws(HorcmFailure) {
        guard let name = form.name else { throw HorcmFailure(.argumentMissing) }
        change = .removeCopyGroup(name, deviceGroup: form.deviceGroup)
    }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        _ = try array.administer(.changeGroups(change, array.client))
        return 0
    }
}
