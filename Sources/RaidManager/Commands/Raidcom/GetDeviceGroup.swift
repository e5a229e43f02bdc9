// raidcom get device_grp: the groups of volumes that the array knows, or the volumes of one.
//
// - Source: RAID Manager reference, section 2.16 (CIN). What is shown without a name is known of the published manuals. That a
//   group which is not there has a heading and no rows follows from CIN, whose driver looks before it makes the group.

internal import CommandDevice

struct GetDeviceGroup: RaidcomAction {
    static let words = "get device_grp"
    static let summary = "Show the device groups, or the LDEVs of one"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var name: String?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-device_grp_name <name>", "Specify the device group", .several, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.name = try arguments.value(of: option)
            }
        ]
    }

    static let matrix = [
        MatrixLine("raidcom get device_grp -s {serial}"),
        MatrixLine("raidcom get device_grp -device_grp_name {group}P -s {serial}"),
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        guard case .deviceGroups(let groups) = try array.administer(.deviceGroups) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        guard let name = form.name else {
            array.show(GroupsScreen.deviceGroups.lines(groups.map { DeviceGroupRow(group: $0, serial: array.serial) }))
            return 0
        }
        let members = groups.first { $0.name == name }?.members ?? []
        let rows = members.map { DeviceRow(group: name, member: $0, serial: array.serial) }
        array.show(GroupsScreen.devices(isHexadecimal: array.isHexadecimal).lines(rows))
        return 0
    }
}
