// raidcom add device_grp: puts a volume into a group under a name. The first volume makes the group.
//
// - Source: clients order it with these very words (CIN, HIR). What the group is for is in HP's XP7 RAID Manager user guide,
//   "Device group function".

internal import CommandDevice
internal import ReplicationCore

struct AddDeviceGroup: RaidcomAction {
    static let words = "add device_grp"
    static let summary = "Put an LDEV into a device group"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var group: String?
        var name: String?
        var ldev: LDEVNumber?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-device_grp_name <group> <name>", "Specify the group, and the LDEV's name", .several, "2.16")
            {
                (form, option, arguments) throws(HorcmFailure) in
                form.group = try GroupNames.name(of: option, &arguments)
                form.name = try GroupNames.name(of: option, &arguments)
            },
            CommandOption("-ldev_id <ldev#>", "Specify the LDEV", .several, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.ldev = try LDEVRange.number(try arguments.value(of: option))
            },
        ]
    }

    static var exits: [ExitMeaning] { [.error(.rejectedByArray, .several, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom add device_grp -device_grp_name more {volume} -ldev_id {ldev} -s {serial}", changes: true)
    ]

    private let group: String
    private let member: DeviceGroup.Member

    init(_ form: Form) throws(HorcmFailure) {
        guard let group = form.group, let name = form.name, let ldev = form.ldev else {
            throw HorcmFailure(.argumentMissing)
        }
        self.group = group
        member = DeviceGroup.Member(name: name, ldev: ldev)
    }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        _ = try array.administer(.changeGroups(.add(member, to: group), array.client))
        return 0
    }
}
